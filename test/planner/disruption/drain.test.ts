/** Drains by commit ask the budgets; a single replica is replaced first; what waits says on what. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Plan } from '../../../src/model/plan.js'
import { deployment, image, nodeManifest, podManifest, World } from '../world.js'
import { budget } from './objects.js'

const DRAIN = { 'headway.dev/drain': 'true' }

function start(nodes = 3, readyAfterMs = 1_000): World {
  const world = new World()
  for (let i = 1; i <= nodes; i++) world.addNode(`n${i}`, { images: [image('demo:1')], readyAfterMs })
  return world
}

function drain(world: World, ...names: string[]): void {
  world.apply(...names.map((name) => nodeManifest(name, { unschedulable: true }, DRAIN)))
}

/** Runs and notes the fewest ready pods and the most that were on their way out at once. */
function watch(world: World, ms: number, stepMs = 250): { readonly fewest: number; readonly most: number } {
  let fewest = Number.POSITIVE_INFINITY
  let most = 0
  const end = world.now + ms
  while (world.now < end) {
    world.run(stepMs, stepMs)
    const pods = world.pods()
    fewest = Math.min(fewest, pods.filter((pod) => isServing(world, pod.uid)).length)
    most = Math.max(most, pods.filter((pod) => pod.stop !== null && pod.stop.phase !== 'replacing').length)
  }
  return { fewest, most }
}

function isServing(world: World, uid: string): boolean {
  const pod = world.pods().find((item) => item.uid === uid)
  if (pod === undefined || pod.node === null || (pod.stop !== null && pod.stop.phase !== 'replacing')) return false
  return world.agents.get(pod.node)?.last?.pods.get(uid)?.ready === true
}

function waits(plan: Plan | null, on: string): string[] {
  return (plan?.waiting ?? []).filter((item) => item.on === on).map((item) => item.detail)
}

const drains = suite('drain')

drains('with a budget of one down, never two are down, over two nodes at once', () => {
  const world = start(4)
  world.apply(deployment('web', { replicas: 4, maxUnavailable: 4 }), budget('web', { maxUnavailable: 1 }))
  world.run(4_000)
  drain(world, 'n1', 'n2')
  const { fewest } = watch(world, 30_000)
  assert.ok(fewest >= 3, `${fewest} were serving`)
  assert.is(world.planned.nodes.get('n1')?.pods.length, 0)
  assert.is(world.planned.nodes.get('n2')?.pods.length, 0)
  assert.is(world.ready().length, 4)
  assert.equal(world.last?.waiting, [])
})

drains('a budget that needs all of them waits for the replacements and says so with numbers', () => {
  const world = start(3, 5_000)
  world.apply(deployment('web', { replicas: 3 }), budget('web-pdb', { maxUnavailable: 0 }, 'web'))
  world.run(8_000)
  drain(world, 'n1')
  world.run(500)
  assert.equal(waits(world.last, 'disruption-budget'), [
    'node n1 is drained; budget web-pdb allows 0 more: 3 of 3 healthy, 3 needed',
  ])
  assert.equal(waits(world.last, 'drain'), [
    '1 pod is left on node n1: 1 in service, 0 on their way out; expected to take 15 s in all',
  ])
  const { fewest } = watch(world, 20_000)
  assert.is(fewest, 3)
  assert.is(world.planned.nodes.get('n1')?.pods.length, 0)
  assert.equal(world.last?.waiting, [])
})

drains('a budget lets several go at once before their replacements are ready', () => {
  const world = start(2, 5_000)
  world.apply(deployment('web', { replicas: 8 }), budget('web', { minAvailable: '50%' }))
  world.run(8_000)
  const onFirst = world.planned.nodes.get('n1')?.pods.length ?? 0
  assert.is(onFirst, 4)
  drain(world, 'n1')
  world.settle()
  assert.is(world.pods().filter((pod) => pod.stop !== null && pod.stop.phase !== 'replacing').length, 4)
  world.run(20_000)
  assert.is(world.ready().length, 8)
})

drains('a single replica is replaced first though its budget would let it go', () => {
  const world = start(2)
  world.apply(deployment('web', { replicas: 1 }), budget('web', { maxUnavailable: 1 }))
  world.run(4_000)
  const node = world.pods()[0]?.node ?? ''
  drain(world, node)
  const { fewest } = watch(world, 15_000)
  assert.is(fewest, 1)
  assert.is(world.planned.nodes.get(node)?.pods.length, 0)
})

drains('a single replica with minAvailable 1 is drained too, where Kubernetes would wait for ever', () => {
  const world = start(2)
  world.apply(deployment('web', { replicas: 1 }), budget('web', { minAvailable: 1 }))
  world.run(4_000)
  const node = world.pods()[0]?.node ?? ''
  drain(world, node)
  const { fewest } = watch(world, 15_000)
  assert.is(fewest, 1)
  assert.is(world.planned.nodes.get(node)?.pods.length, 0)
})

drains('a budget is shared by all that it selects', () => {
  const world = start(3)
  const shared = { tier: 'front' }
  world.apply(
    deployment('a', { replicas: 3, labels: shared }),
    deployment('b', { replicas: 3, labels: shared }),
    budget('front', { minAvailable: 5, selector: { matchLabels: shared } }),
  )
  world.run(4_000)
  drain(world, 'n1', 'n2')
  const { fewest } = watch(world, 30_000)
  assert.ok(fewest >= 5, `${fewest} were serving`)
  assert.is(world.ready().length, 6)
  assert.equal(
    world.ready().map((pod) => pod.node),
    ['n3', 'n3', 'n3', 'n3', 'n3', 'n3'],
  )
})

drains('more than one budget on a pod refuses, as Kubernetes does', () => {
  const world = start(2)
  world.apply(
    deployment('web', { replicas: 2 }),
    budget('first', { minAvailable: 0 }, 'web'),
    budget('second', { minAvailable: 0 }, 'web'),
  )
  world.run(4_000)
  drain(world, 'n1')
  world.run(10_000)
  assert.is(world.planned.nodes.get('n1')?.pods.length, 1)
  assert.equal(waits(world.last, 'disruption-budget'), [
    'node n1 is drained; budgets first, second all select it, and a pod with more than one is not evicted: let one select it',
  ])
  assert.match(waits(world.last, 'drain')[0] ?? '', /0 on their way out; expected to take 1[12] s in all$/)
  world.run(5_000)
  assert.match(waits(world.last, 'drain')[0] ?? '', /; it was expected to take 1[12] s in all, and takes longer$/)
  world.remove('PodDisruptionBudget.policy/default/second')
  world.run(10_000)
  assert.is(world.planned.nodes.get('n1')?.pods.length, 0)
})

drains('a budget of another namespace, or without a selector, is none', () => {
  const world = start(2)
  const other = budget('web', { maxUnavailable: 0 })
  world.apply(deployment('web', { replicas: 2, maxUnavailable: 1 }), {
    ...other,
    key: 'PodDisruptionBudget.policy/elsewhere/web',
    namespace: 'elsewhere',
  })
  world.run(4_000)
  drain(world, 'n1')
  world.run(10_000)
  assert.is(world.planned.nodes.get('n1')?.pods.length, 0)
})

drains('a Pod manifest under an integer budget stays, one without goes', () => {
  const world = start(1)
  world.apply(podManifest('alone'), podManifest('kept'))
  world.run(4_000)
  const kept = world.pods().find((pod) => pod.name === 'kept')
  world.apply(budget('kept', { minAvailable: 2, selector: {} }))
  drain(world, 'n1')
  world.run(10_000)
  assert.ok(world.pods().some((pod) => pod.uid === kept?.uid && pod.stop === null))
  assert.is(waits(world.last, 'disruption-budget').length, 2)
  world.remove('PodDisruptionBudget.policy/default/kept')
  world.run(10_000)
  assert.is(world.planned.nodes.get('n1')?.pods.length, 0)
})

drains('unready pods go freely while the others suffice', () => {
  const world = start(2)
  world.apply(deployment('web', { replicas: 4, image: 'demo:1' }), budget('web', { minAvailable: 2 }))
  world.run(4_000)
  for (const pod of world.agents.get('n1')?.pods.values() ?? []) pod.assigned = { ...pod.assigned }
  world.agents.get('n1')?.broken.add('demo:1')
  world.run(500)
  drain(world, 'n1')
  world.settle()
  const left = world.planned.nodes.get('n1')?.pods ?? []
  assert.ok(left.every((pod) => pod.stop?.phase === 'stopping'))
})

drains('a drain that is taken back leaves the pods that still serve', () => {
  const world = start(2, 20_000)
  world.apply(deployment('web', { replicas: 2 }), budget('web', { maxUnavailable: 0 }))
  world.run(25_000)
  drain(world, 'n1')
  world.run(1_000)
  world.apply(nodeManifest('n1', {}))
  world.run(1_000)
  assert.is(world.planned.nodes.get('n1')?.pods[0]?.stop, null)
})

drains.run()
