/**
 * The manager dies at every await of its store in turn, from the moment a commit comes until that has converged: before
 * and after each write, between commit and dispatch too. Whichever it is, all invariants hold and nothing is lost or done
 * twice.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { watchAll } from '../../src/simulation/invariants/invariants.js'
import type { WrittenManifest } from '../../src/simulation/simulated-git.js'
import { createWorld } from '../../src/simulation/world.js'
import { deployment, drainedNode, hosts, images, service } from './manifests.js'
import { runningImages, settle } from './settle.js'

const tests = suite('crash at every await')

/** More than any of these commits takes: a run that never ends would fail here. */
const STEPS_MAX = 1_000

const web = (image: string, replicas: number): readonly WrittenManifest[] => [
  deployment('web', { image, replicas, maxSurge: 1, maxUnavailable: 0 }),
  service('web'),
]

const rows: readonly {
  readonly name: string
  readonly before: readonly WrittenManifest[]
  readonly after: readonly WrittenManifest[]
  readonly runs: number
  readonly images: readonly string[]
  /** Containers that may be started in all: none is started for nothing. */
  readonly starts: number
}[] = [
  { name: 'a first commit', before: [], after: web('web:1', 2), runs: 2, images: ['web:1'], starts: 2 },
  { name: 'a rollout', before: web('web:1', 2), after: web('web:2', 2), runs: 2, images: ['web:2'], starts: 4 },
  { name: 'scaling', before: web('web:1', 3), after: web('web:1', 1), runs: 1, images: ['web:1'], starts: 3 },
  {
    name: 'a drain',
    before: web('web:1', 2),
    after: [...web('web:1', 2), drainedNode('node1')],
    runs: 2,
    images: ['web:1'],
    starts: 3,
  },
]

/** True when the manager died before all had converged. */
async function runWithDeath(row: (typeof rows)[number], step: number): Promise<boolean> {
  const world = createWorld({ seed: 1, nodes: hosts(2), images, watcher: watchAll() })
  world.commit(row.before)
  await settle(world)
  world.commit(row.after)
  world.manager.crashAt(step, 200)
  await settle(world)
  const hasDied = world.trace().some((line) => line.includes('dies at the store'))
  world.manager.store.outlive()
  await world.advance(5_000)
  await settle(world)
  const what = `${row.name}, step ${step}`
  assert.is([...world.running().values()].flat().length, row.runs, what)
  assert.equal(
    runningImages(world).map((id) => world.imageOf(id)?.reference),
    row.images,
    what,
  )
  assert.is(world.starts(), row.starts, what)
  return hasDied
}

for (const row of rows)
  tests(row.name, async () => {
    let step = 0
    while (step < STEPS_MAX && (await runWithDeath(row, step))) step++
    // A plan that is committed takes several.
    assert.ok(step >= 10 && step < STEPS_MAX, `${step} steps`)
  })

tests.run()
