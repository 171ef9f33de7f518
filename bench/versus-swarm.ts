/**
 * Docker Swarm and Headway on the same three lab hosts, one after the other in one run, with the same images and
 * settings, watched the same way (`docker ps` on every host each 50 ms). Each figure is the median of three rounds; the
 * rows are our time divided by Swarm's, beside both times in milliseconds. `--rows=update,scale,faults` measures some alone.
 */

import { type Cluster, openCluster } from './support/cluster.js'
import { type BenchRow, LAB_NET, type Lab, makeImages, measureUntil, median, openLab } from './support/lab.js'
import { openSwarm, requireRunning } from './support/swarm.js'

const ROUNDS = 3
const NODES = [1, 2, 3]

interface Figures {
  readonly update: number[]
  readonly fewest: number[]
  /** At the update's parallelism of two. */
  readonly rollback: number[]
  /** Swarm only: its default of one at a time. */
  readonly rollbackDefault: number[]
  readonly scale: number[]
  readonly kill: number[]
  readonly cut: number[]
}

type Part = 'update' | 'scale' | 'faults'

const choice = process.argv.find((arg) => arg.startsWith('--rows='))?.slice('--rows='.length)
const measures = (part: Part): boolean => choice === undefined || choice.split(',').includes(part)

const noFigures = (): Figures => ({
  update: [],
  fewest: [],
  rollback: [],
  rollbackDefault: [],
  scale: [],
  kill: [],
  cut: [],
})

const [v1, v2] = makeImages('headway-bench')
const lab = openLab('hwbench', 3)
try {
  for (const image of [v1, v2]) lab.run('load', image)
  const swarm = await measureSwarm()
  const ours = await measureHeadway()
  console.log(JSON.stringify(rows(swarm, ours)))
} finally {
  lab.close()
}

async function measureSwarm(): Promise<Figures> {
  const figures = noFigures()
  const swarm = openSwarm(lab, v1)
  try {
    for (let round = 0; round < ROUNDS && measures('update'); round++) {
      const update = await swarm.rollingUpdate(v2, 2)
      figures.update.push(update.ms)
      figures.fewest.push(update.fewest)
      figures.rollback.push(await swarm.rollback(v1))
      note('swarm update, rollback', round, figures.update, figures.rollback)
    }
    if (measures('update')) {
      await swarm.rollingUpdate(v2, 1)
      figures.rollbackDefault.push(await swarm.rollback(v1))
    }
    for (let round = 0; round < ROUNDS; round++) {
      if (measures('scale')) figures.scale.push(await swarm.scale(3, 30))
      if (measures('faults')) {
        figures.kill.push(await swarm.lose('kill'))
        figures.cut.push(await swarm.lose('cut'))
      }
      note('swarm scale, kill, cut', round, figures.scale, figures.kill, figures.cut)
    }
  } finally {
    swarm.close()
  }
  return figures
}

async function measureHeadway(): Promise<Figures> {
  const figures = noFigures()
  const settings = { maxUnavailable: 2, maxSurge: 0 }
  const cluster = await openCluster(lab, 3, { ...settings, image: v1, replicas: 10 })
  const act = (deployment: { image: string; replicas: number }): void => {
    cluster.push({ ...settings, ...deployment })
  }
  try {
    await reach(10, v1, () => {})
    for (let round = 0; round < ROUNDS && measures('update'); round++) {
      let fewest = 10
      figures.update.push(
        await reach(
          10,
          v2,
          () => act({ image: v2, replicas: 10 }),
          (running) => {
            fewest = Math.min(fewest, running)
          },
        ),
      )
      figures.fewest.push(fewest)
      cluster.waitConverged()
      figures.rollback.push(await reach(10, v1, () => cluster.revert()))
      cluster.waitConverged()
      note('headway update, rollback', round, figures.update, figures.rollback)
    }
    for (let round = 0; round < ROUNDS; round++) {
      if (measures('scale')) figures.scale.push(await scale(cluster, act))
      if (measures('faults')) {
        figures.kill.push(await lose(cluster, 'kill', act))
        figures.cut.push(await lose(cluster, 'cut', act))
      }
      note('headway scale, kill, cut', round, figures.scale, figures.kill, figures.cut)
    }
  } finally {
    cluster.close()
  }
  return figures
}

type Act = (deployment: { image: string; replicas: number }) => void

/** Milliseconds from the push of 30 replicas, where 3 run, until 30 run. */
async function scale(cluster: Cluster, act: Act): Promise<number> {
  await reach(3, v1, () => act({ image: v1, replicas: 3 }))
  cluster.waitConverged()
  const ms = await reach(30, v1, () => act({ image: v1, replicas: 30 }))
  cluster.waitConverged()
  return ms
}

/** Milliseconds from the fault until nine replicas run on the other two hosts; then the host comes back. */
async function lose(cluster: Cluster, fault: 'kill' | 'cut', act: Act): Promise<number> {
  await reach(0, v1, () => act({ image: v1, replicas: 0 }))
  await reach(9, v1, () => act({ image: v1, replicas: 9 }))
  cluster.waitConverged()
  await requireRunning(lab, 3, 3)
  const ms = await reach(
    9,
    v1,
    () => lab.run(fault, '3'),
    () => {},
    [1, 2],
  )
  lab.run(fault === 'kill' ? 'start' : 'heal', '3')
  if (fault === 'kill') cluster.restartAgent(3)
  await measureUntil('node 3 is ready again', 60_000, () => cluster.status().nodes.every((node) => node.ready))
  cluster.waitConverged()
  return ms
}

/** Does `act`, then polls until just `count` pods run, all of `image`; milliseconds from `act`. */
async function reach(
  count: number,
  image: string,
  act: () => unknown,
  onPoll: (running: number) => void = () => {},
  nodes: readonly number[] = NODES,
): Promise<number> {
  const expected = await imageId(lab, image)
  const started = performance.now()
  act()
  await measureUntil(`${count} running of ${image}`, 120_000, async () => {
    const lists = await Promise.all(
      nodes.map((node) => lab.dockerAsync(node, 'ps', '--no-trunc', '--format', '{{.Image}}').catch(() => '')),
    )
    const running = lists.flatMap((list) => list.split('\n').filter((line) => line !== ''))
    onPoll(running.length)
    return running.length === count && running.every((name) => name === image || name === expected)
  })
  return performance.now() - started
}

async function imageId(from: Lab, image: string): Promise<string> {
  return (await from.dockerAsync(1, 'image', 'inspect', '--format', '{{.Id}}', image)).trim()
}

function rows(swarm: Figures, ours: Figures): BenchRow[] {
  const ratio = (name: string, mine: readonly number[], theirs: readonly number[]): BenchRow[] =>
    mine.length === 0 ? [] : ratioRows(name, mine, theirs)
  return [
    ...ratio('rolling-update', ours.update, swarm.update),
    ...(ours.fewest.length === 0
      ? []
      : [
          {
            name: 'rolling-update-fewest-running',
            value: Math.min(...ours.fewest),
            unit: 'pods',
            better: 'higher' as const,
          },
        ]),
    ...ratio('rollback-equal-parallelism', ours.rollback, swarm.rollback),
    ...ratio('rollback-versus-swarm-default', ours.rollback, swarm.rollbackDefault),
    ...ratio('scale-3-to-30', ours.scale, swarm.scale),
    ...ratio('power-cut-replaced', ours.kill, swarm.kill),
    ...ratio('cable-cut-replaced', ours.cut, swarm.cut),
  ]
}

function ratioRows(name: string, mine: readonly number[], theirs: readonly number[]): BenchRow[] {
  return [
    { name: `${name}-ratio`, value: round(median(mine) / median(theirs), 100), unit: 'of swarm', better: 'lower' },
    { name: `${name}-headway`, value: round(median(mine), 1), unit: 'ms', better: 'lower' },
    { name: `${name}-swarm`, value: round(median(theirs), 1), unit: 'ms', better: 'lower' },
  ]
}

function round(value: number, factor: number): number {
  return Math.round(value * factor) / factor
}

function note(what: string, index: number, ...lists: readonly (readonly number[])[]): void {
  console.error(
    `${LAB_NET} ${what} ${index}: ${lists.map((list) => (list.length === 0 ? '-' : `${Math.round(list.at(-1) ?? 0)} ms`)).join(', ')}`,
  )
}
