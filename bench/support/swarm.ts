/** Docker Swarm's side of `versus-swarm`: the same images, settings and hosts, polled the same way. */
import { type Lab, measureUntil, SLEEP_COMMAND } from './lab.js'

export interface Swarm {
  /** Milliseconds until all 10 replicas run the other image, two at a time; and the fewest running on the way. */
  rollingUpdate(image: string, rollbackParallelism: number): Promise<{ readonly ms: number; readonly fewest: number }>
  /** `service rollback` of the last update, until all run `image` again. */
  rollback(image: string): Promise<number>
  scale(from: number, to: number): Promise<number>
  /** Milliseconds from the fault until 9 replicas run on the other two hosts. */
  lose(fault: 'kill' | 'cut'): Promise<number>
  close(): void
}

const POLL_NODES = [1, 2, 3]

export function openSwarm(lab: Lab, image: string): Swarm {
  lab.docker(1, 'swarm', 'init', '--advertise-addr', lab.address(1))
  const token = lab.docker(1, 'swarm', 'join-token', '-q', 'worker').trim()
  for (const node of [2, 3]) {
    lab.docker(node, 'swarm', 'join', '--token', token, '--advertise-addr', lab.address(node), `${lab.address(1)}:2377`)
  }
  lab.docker(
    1,
    'service',
    'create',
    '-d',
    '--no-resolve-image',
    '--name',
    'w',
    '--replicas',
    '3',
    image,
    ...SLEEP_COMMAND,
  )
  const service = (...args: string[]): void => {
    lab.docker(1, 'service', ...args)
  }
  const update = (image: string): void => service('update', '-d', '--no-resolve-image', '--image', image, 'w')
  return {
    async rollingUpdate(next, rollbackParallelism) {
      await reach(lab, POLL_NODES, 10, null, () => service('scale', '-d', 'w=10'))
      // A rollback obeys the spec that it goes back to: so this is set before the update, and restarts nothing.
      const parallelism = ['--update-parallelism', '2', '--rollback-parallelism', String(rollbackParallelism)]
      service('update', '-d', '--no-resolve-image', ...parallelism, 'w')
      let fewest = 10
      const ms = await reach(
        lab,
        POLL_NODES,
        10,
        next,
        () => update(next),
        (running) => {
          fewest = Math.min(fewest, running)
        },
      )
      return { ms, fewest }
    },
    rollback(expected) {
      return reach(lab, POLL_NODES, 10, expected, () => service('rollback', '-d', 'w'))
    },
    async scale(from, to) {
      await reach(lab, POLL_NODES, from, null, () => service('scale', '-d', `w=${from}`))
      return reach(lab, POLL_NODES, to, null, () => service('scale', '-d', `w=${to}`))
    },
    async lose(fault) {
      // From none, so that they are spread anew: Swarm moves nothing back to a host that returned.
      await reach(lab, POLL_NODES, 0, null, () => service('scale', '-d', 'w=0'))
      await reach(lab, POLL_NODES, 9, null, () => service('scale', '-d', 'w=9'))
      await requireRunning(lab, 3, 3)
      const ms = await reach(lab, [1, 2], 9, null, () => lab.run(fault, '3'))
      lab.run(fault === 'kill' ? 'start' : 'heal', '3')
      await measureUntil(
        'node 3 is ready again',
        60_000,
        () =>
          lab
            .docker(1, 'node', 'ls', '--format', '{{.Status}}')
            .split('\n')
            .filter((line) => line === 'Ready').length === 3,
      )
      return ms
    },
    close() {
      service('rm', 'w')
      for (const node of [3, 2, 1]) lab.docker(node, 'swarm', 'leave', '--force')
    },
  }
}

/** Does `act`, then polls the hosts until just `count` containers run (of `image`, when given); milliseconds from `act`. */
async function reach(
  lab: Lab,
  nodes: readonly number[],
  count: number,
  image: string | null,
  act: () => void,
  onPoll: (running: number) => void = () => {},
): Promise<number> {
  const started = performance.now()
  act()
  await measureUntil(`${count} running${image === null ? '' : ` of ${image}`}`, 120_000, async () => {
    const lists = await Promise.all(
      nodes.map((node) => lab.dockerAsync(node, 'ps', '--format', '{{.Image}}').catch(() => '')),
    )
    const running = lists.flatMap((list) => list.split('\n').filter((line) => line !== ''))
    onPoll(running.length)
    return running.length === count && (image === null || running.every((name) => name === image))
  })
  return performance.now() - started
}

/** A fault measures nothing unless the host that fails runs its share. */
export async function requireRunning(lab: Lab, node: number, count: number): Promise<void> {
  const running = (await lab.dockerAsync(node, 'ps', '-q')).split('\n').filter((line) => line !== '').length
  if (running !== count) throw new Error(`node ${node} runs ${running} containers, not ${count}: nothing to measure`)
}
