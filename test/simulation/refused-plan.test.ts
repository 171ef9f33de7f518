/** A planner with a fault in it: its plans are refused, people are told, the commit before stays in force, and it is not tried without end. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Deployment } from '../../src/model/generated/kubernetes.js'
import type { Plan } from '../../src/model/plan.js'
import { makePlan } from '../../src/planner/make-plan.js'
import type { PlanIndex } from '../../src/planner/plan-index.js'
import type { PlanInput } from '../../src/planner/plan-input.js'
import { makeImage } from '../../src/simulation/image-profile.js'
import { createWorld, type World } from '../../src/simulation/world.js'
import { deployment } from './manifests.js'
import { settle } from './settle.js'

const NODES = [{ name: 'node1' }, { name: 'node2' }, { name: 'node3' }]

/** Begins anew with the parent's generation, which no plan may have, for every commit that runs the image. */
function brokenFor(image: string, calls: number[]) {
  return (input: PlanInput, index?: PlanIndex): Plan => {
    const plan = makePlan(input, index)
    const runs = [...(input.desired?.objects.values() ?? [])].some(
      ({ kind, manifest }) =>
        kind === 'Deployment' && (manifest as Deployment).spec?.template?.spec?.containers[0]?.image === image,
    )
    if (!runs) return plan
    calls.push(input.now)
    return { ...plan, generation: input.planned.generation }
  }
}

function makeWorld(calls: number[]): World {
  const images = [makeImage('web:1'), makeImage('web:2'), makeImage('web:3')]
  return createWorld({ seed: 1, nodes: NODES, images, makePlan: brokenFor('web:2', calls) })
}

const tests = suite('refused plan')

tests('people are told which rule, what is in force and what to do', async () => {
  const world = makeWorld([])
  const first = world.commit([deployment('web', { image: 'web:1' })])
  await world.converge()
  world.commit([deployment('web', { image: 'web:2' })])
  await world.advance(1_500)
  assert.not(world.isConverged())
  const { waiting } = world.status()
  const [told] = waiting.filter(({ on }) => on === 'plan-check')
  assert.is(told?.key, null)
  assert.match(told?.detail ?? '', 'refused by rule generation')
  assert.match(told?.detail ?? '', `commit ${first.slice(0, 10)} stays in force`)
  assert.match(told?.detail ?? '', 'revert the commit')
  assert.is(waiting.filter(({ on }) => on === 'plan-check').length, 1)
  assert.is(world.core().history[0]?.outcome, 'failed')
})

tests('it is tried again later and later, twice at a time', async () => {
  const calls: number[] = []
  const world = makeWorld(calls)
  world.commit([deployment('web', { image: 'web:1' })])
  await world.converge()
  world.commit([deployment('web', { image: 'web:2' })])
  await world.advance(300_000)
  const times = [...new Set(calls)]
  const gaps = times.slice(1).map((at, i) => Math.round((at - (times[i] ?? 0)) / 1_000))
  assert.equal(gaps.slice(0, 8), [1, 2, 4, 8, 16, 32, 60, 60])
  assert.is(calls.length, 2 * times.length)
})

tests('pods of a lost host are replaced all the same', async () => {
  const world = makeWorld([])
  world.commit([deployment('web', { image: 'web:1', replicas: 3 })])
  await world.converge()
  world.commit([deployment('web', { image: 'web:2', replicas: 3 })])
  await world.advance(2_000)
  world.killNode('node1')
  await world.runUntil('replacements', 16_000, (w) => {
    const pods = [...w.core().observed.nodes].filter(([name]) => name !== 'node1')
    return pods.flatMap(([, node]) => [...node.pods.values()]).filter((pod) => pod.ready).length === 3
  })
  assert.ok(world.status().waiting.some(({ on }) => on === 'plan-check'))
})

for (const [what, mend] of [
  ['a revert', (world: World) => world.revert()],
  ['another commit', (world: World) => world.commit([deployment('web', { image: 'web:3' })])],
] as const)
  tests(`${what} ends it at once`, async () => {
    const world = makeWorld([])
    world.commit([deployment('web', { image: 'web:1' })])
    await world.converge()
    world.commit([deployment('web', { image: 'web:2' })])
    await world.advance(120_000)
    mend(world)
    const ms = await world.converge(20_000)
    assert.ok(ms < 20_000)
    await settle(world)
  })

tests('without any commit before it everything runs on as it is', async () => {
  const world = makeWorld([])
  world.commit([deployment('web', { image: 'web:2' })])
  await world.advance(5_000)
  const told = world.status().waiting.find(({ on }) => on === 'plan-check')
  assert.match(told?.detail ?? '', 'everything runs on as it is')
  assert.is(world.starts(), 0)
})

tests.run()
