/** The whole pass on small clusters: from a push to ready pods, rollouts, removal, failure, drains, and a lost store. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isEmptyPlan } from '../../src/model/plan.js'
import { emptyPlannedState } from '../../src/model/planned-state.js'
import { createPlanIndex } from '../../src/planner/plan-index.js'
import { configMap, deployment, image, nodeManifest, podManifest, service, World } from './world.js'

const demo = [image('demo:1'), image('demo:2')]
const plan = suite('makePlan')

function threeNodes(): World {
  const world = new World()
  for (const name of ['n1', 'n2', 'n3']) world.addNode(name, { images: demo })
  return world
}

function nodesOf(world: World): string[] {
  return world
    .pods()
    .map((pod) => pod.node ?? 'none')
    .sort()
}

plan('creates, places, assigns and serves a Deployment', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }), service('web'))
  world.settle()
  assert.equal(nodesOf(world), ['n1', 'n2', 'n3'])
  assert.is(world.endpoints('web'), 0)
  world.run(3_000)
  assert.is(world.endpoints('web'), 3)
  assert.equal(world.last?.waiting, [])
  assert.ok(isEmptyPlan(world.pass()))
})

plan('rolls one at a time, and endpoints never fall below the desired number', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }), service('web'))
  world.run(3_000)
  world.apply(deployment('web', { replicas: 3, image: 'demo:2' }), service('web'))
  let lowest = 3
  let most = 0
  for (let i = 0; i < 60; i++) {
    world.run(500)
    lowest = Math.min(lowest, world.endpoints('web'))
    most = Math.max(most, world.pods().filter((pod) => pod.stop === null).length)
  }
  assert.is(lowest, 3)
  assert.is(most, 4)
  assert.equal(world.last?.waiting, [])
  assert.is(new Set(world.ready().map((pod) => pod.templateHash)).size, 1)
  assert.is(world.ready()[0]?.templateHash, world.planned.workloads.get('Deployment.apps/default/web')?.templateHash)
})

plan('a pod leaves the endpoints before it is told to stop, and waits for acknowledgement', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }), service('web'))
  world.run(3_000)
  for (const agent of world.agents.values()) agent.isAcknowledging = false
  world.apply(deployment('web', { replicas: 2 }), service('web'))
  const actions = world.run(5_000)
  assert.is(world.endpoints('web'), 2)
  assert.equal(
    actions.filter((action) => action.type === 'leave-endpoints' || action.type === 'stop-pod').map(({ type }) => type),
    ['leave-endpoints'],
  )
  assert.is(world.last?.waiting[0]?.on, 'endpoint-acknowledgement')
  for (const agent of world.agents.values()) agent.isAcknowledging = true
  world.run(3_000)
  assert.is(world.pods().length, 2)
})

plan('a broken image holds the rollout; the next commit supersedes it at once', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }), service('web'))
  world.run(3_000)
  for (const agent of world.agents.values()) agent.broken.add('demo:2')
  world.apply(deployment('web', { replicas: 3, image: 'demo:2' }), service('web'))
  world.run(10_000)
  assert.is(world.endpoints('web'), 3)
  assert.is(world.pods().length, 4)
  const kept = new Set(world.ready().map((pod) => pod.uid))
  world.apply(deployment('web', { replicas: 3 }), service('web'))
  world.run(5_000)
  assert.is(world.pods().length, 3)
  assert.equal(new Set(world.pods().map((pod) => pod.uid)), kept)
})

plan('removal winds down in order and leaves nothing behind', () => {
  const world = threeNodes()
  world.apply(deployment('web'), deployment('other'), service('web'))
  world.run(3_000)
  world.remove('Deployment.apps/default/web', 'Service./default/web')
  world.settle()
  assert.is(world.last?.brake?.keys.length, 2)
  assert.is(world.endpoints('web'), 2)
  world.confirmed = world.last?.brake?.hash ?? null
  world.run(5_000)
  assert.is(world.pods().length, 2)
  assert.equal([...world.planned.workloads.keys()], ['Deployment.apps/default/other'])
  assert.is(world.planned.replicaSets.size, 1)
  assert.is(world.table().services.size, 0)
  assert.equal([...world.planned.inventory.keys()], ['Deployment.apps/default/other'])
})

plan('a dead node: endpoints leave after the silence, its pods are replaced after the delay', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }), service('web'))
  world.run(3_000)
  world.agents.get('n1')!.silentSince = world.now
  world.run(3_500)
  assert.is(world.endpoints('web'), 3)
  world.run(1_000)
  assert.is(world.endpoints('web'), 2)
  assert.is(world.pods().filter((pod) => pod.node === 'n1').length, 1)
  world.run(8_000)
  assert.is(world.pods().filter((pod) => pod.node === 'n1').length, 0)
  world.run(2_000)
  assert.is(world.endpoints('web'), 3)
})

plan('a node that comes back stops what was replaced', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }))
  world.run(3_000)
  world.agents.get('n1')!.silentSince = world.now
  world.run(15_000)
  world.agents.get('n1')!.silentSince = null
  world.run(2_000)
  assert.is(world.agents.get('n1')!.pods.size, 0)
  assert.is(world.pods().length, 3)
  assert.equal(world.last?.waiting, [])
})

plan('when all nodes are silent nothing is evicted, and timers begin anew', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }))
  world.run(3_000)
  for (const agent of world.agents.values()) agent.silentSince = world.now
  world.run(60_000, 5_000)
  assert.is(world.pods().length, 3)
  world.agents.get('n1')!.silentSince = null
  world.run(7_000)
  assert.is(world.pods().filter((pod) => pod.node !== 'n1').length, 2)
  world.run(2_000)
  assert.is(world.pods().filter((pod) => pod.node !== 'n1').length, 0)
})

plan('a manager that has just begun keeps endpoints of nodes it has not heard yet', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }), service('web'))
  world.run(3_000)
  const agents = [...world.agents.values()]
  world.agents.clear()
  world.index = createPlanIndex()
  world.heardSince = world.now
  world.run(3_000)
  assert.is(world.endpoints('web'), 3)
  for (const agent of agents) world.agents.set(agent.name, agent)
  world.run(1_000)
  assert.is(world.endpoints('web'), 3)
  assert.is(world.pods().length, 3)
})

plan('an empty store takes over what runs: no pod is created or stopped', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }), service('web', { type: 'NodePort' }))
  world.run(3_000)
  const before = world.planned
  const n3 = world.agents.get('n3')!
  n3.silentSince = world.now
  world.restart(emptyPlannedState)
  world.isRecovering = true
  world.run(1_000)
  assert.is(world.pods().length, 2)
  assert.is(world.last?.waiting.at(0)?.on, 'recovery')
  n3.silentSince = null
  world.run(1_000)
  world.isRecovering = false
  const actions = world.run(5_000)
  assert.equal(
    actions.filter((action) => ['create-pod', 'stop-pod', 'forget-pod', 'leave-endpoints'].includes(action.type)),
    [],
  )
  assert.equal(
    world
      .pods()
      .map((pod) => pod.uid)
      .sort(),
    [...before.nodes.values()].flatMap((node) => node.pods.map((pod) => pod.uid)).sort(),
  )
  assert.equal(
    [...world.planned.nodes.values()].map((node) => [node.name, node.subnet]),
    [...before.nodes.values()].map((node) => [node.name, node.subnet]),
  )
  assert.equal(world.table().services.get('Service./default/web'), before.network.services.get('Service./default/web'))
  assert.ok(world.table().version > before.network.version)
})

plan('nothing happens before desired state is known', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }))
  world.run(3_000)
  world.hasDesired = false
  world.index = createPlanIndex()
  world.agents.get('n1')!.silentSince = world.now
  assert.equal(world.run(30_000, 5_000), [])
})

plan('a drain moves pods one by one, replacement first', () => {
  const world = threeNodes()
  world.apply(
    deployment('web', { replicas: 3 }),
    deployment('single', { replicas: 1 }),
    service('web'),
    service('single'),
  )
  world.run(3_000)
  const target = world.pods().find((pod) => pod.workload.endsWith('single'))!.node!
  world.apply(nodeManifest(target, { unschedulable: true }, { 'headway.dev/drain': 'true' }))
  let lowest = 3
  let lowestSingle = 1
  for (let i = 0; i < 20; i++) {
    world.run(500)
    lowest = Math.min(lowest, world.endpoints('web'))
    lowestSingle = Math.min(lowestSingle, world.endpoints('single'))
  }
  assert.equal([lowest, lowestSingle], [3, 1])
  assert.is(world.pods().filter((pod) => pod.node === target).length, 0)
  assert.is(world.pods().length, 4)
  assert.equal(world.last?.waiting, [])
})

plan('a pod that adoption has found twice is not one that a drain may count on', () => {
  const world = threeNodes()
  world.addNode('n4', { images: demo })
  world.apply(deployment('web', { replicas: 3 }), service('web'))
  world.run(3_000)
  const [lost, drained] = world.pods().map((pod) => pod.node!)
  world.agents.get(lost!)!.silentSince = world.now
  world.run(20_000)
  assert.is(world.endpoints('web'), 3)
  // The store is lost: it learns of the pods that serve, of a drain, and then of the pod that was replaced.
  world.restart(emptyPlannedState)
  world.agents.get(lost!)!.isUnseen = true
  world.run(20_000)
  world.apply(nodeManifest(drained!, { unschedulable: true }, { 'headway.dev/drain': 'true' }))
  world.run(500)
  world.agents.get(lost!)!.silentSince = null
  let lowest = 3
  for (let i = 0; i < 40; i++) {
    world.run(250)
    lowest = Math.min(lowest, world.endpoints('web'))
  }
  assert.ok(
    world.plans.some(({ actions }) => actions.some((action) => 'reason' in action && action.reason === 'duplicate')),
  )
  assert.is(lowest, 3)
  assert.is(world.pods().length, 3)
})

plan('a drain that is taken back keeps the pods that still serve', () => {
  const world = threeNodes()
  for (const agent of world.agents.values()) agent.options = { ...agent.options, readyAfterMs: 4_000 }
  world.apply(deployment('web', { replicas: 3 }), service('web'))
  world.run(6_000)
  const before = world
    .ready()
    .map((pod) => pod.uid)
    .sort()
  world.apply(nodeManifest('n1', { unschedulable: true }, { 'headway.dev/drain': 'true' }))
  world.run(1_000)
  world.apply(nodeManifest('n1', {}))
  world.run(8_000)
  assert.equal(
    world
      .ready()
      .map((pod) => pod.uid)
      .sort(),
    before,
  )
  assert.is(world.pods().length, 3)
})

plan('a NoExecute taint drives away what does not tolerate it', () => {
  const world = threeNodes()
  const tolerations = [{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }]
  world.apply(deployment('web', { replicas: 3 }), deployment('patient', { replicas: 3, pod: { tolerations } }))
  world.run(3_000)
  const on = (name: string): number =>
    world.pods().filter((pod) => pod.node === 'n1' && pod.workload.endsWith(name)).length
  world.apply(nodeManifest('n1', { taints: [{ key: 'maintenance', value: 'now', effect: 'NoExecute' }] }))
  world.run(2_000)
  assert.equal([on('web'), on('patient')], [0, 1])
  world.run(5_000)
  assert.is(on('patient'), 0)
})

plan('an image that no node has is resolved by one node, and all run the same bytes', () => {
  const world = new World()
  for (const name of ['n1', 'n2', 'n3']) world.addNode(name)
  world.apply(deployment('web', { replicas: 3, image: 'registry.example/app:7' }))
  const first = world.settle()
  assert.is(first.flatMap((item) => item.actions).filter((action) => action.type === 'resolve-image').length, 1)
  assert.ok(world.last?.waiting.some((item) => item.on === 'image-resolve'))
  assert.is([...world.assignments.values()].flatMap((item) => item.pods).length, 0)
  world.run(4_000)
  assert.is(world.ready().length, 3)
  assert.is(
    new Set([...world.assignments.values()].flatMap((item) => item.pods.map((pod) => JSON.stringify(pod.images)))).size,
    1,
  )
  assert.equal(
    [...world.planned.nodes.values()].map((node) => node.resolve),
    [[], [], []],
  )
})

plan('a mounted ConfigMap is swapped in place, one in the environment rolls', () => {
  const world = threeNodes()
  const mounted = deployment('mounted', { pod: { volumes: [{ name: 'c', configMap: { name: 'settings' } }] } })
  const read = deployment('read', {
    container: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] },
  })
  world.apply(mounted, read)
  world.run(2_000)
  assert.ok(world.last?.waiting.some((item) => item.on === 'configuration'))
  assert.is(world.ready().length, 0)
  world.apply(configMap('settings', { a: '1', b: '1' }))
  world.run(5_000)
  assert.is(world.ready().length, 4)
  const uids = (name: string): string[] =>
    world
      .ready()
      .filter((pod) => pod.workload.endsWith(name))
      .map((pod) => pod.uid)
      .sort()
  const before = { mounted: uids('mounted'), read: uids('read') }
  world.apply(configMap('settings', { a: '1', b: '2' }))
  world.run(5_000)
  assert.equal({ mounted: uids('mounted'), read: uids('read') }, before)
  assert.ok(world.plans.some((item) => item.actions.some((action) => action.type === 'update-config')))
  world.apply(configMap('settings', { a: '2', b: '2' }))
  world.run(10_000)
  assert.equal(uids('mounted'), before.mounted)
  assert.is(uids('read').filter((uid) => before.read.includes(uid)).length, 0)
  world.apply(configMap('settings', { a: '1', b: '2' }))
  world.run(10_000)
  assert.is(world.planned.replicaSets.size, 3)
})

plan('a Pod manifest runs and moves from a drained node', () => {
  const world = threeNodes()
  world.apply(podManifest('alone'))
  world.run(3_000)
  const node = world.ready()[0]!.node!
  world.apply(nodeManifest(node, { unschedulable: true }, { 'headway.dev/drain': 'true' }))
  world.run(6_000)
  assert.is(world.ready().length, 1)
  assert.is.not(world.ready()[0]!.node, node)
})

plan('what does not fit says why, and is placed when it does', () => {
  const world = new World()
  world.addNode('n1', { cpuMilli: 1_000, images: demo })
  world.addNode('n2', { cpuMilli: 4_000, images: demo })
  world.apply(deployment('big', { replicas: 3, cpu: '2' }), nodeManifest('n1', {}))
  world.run(3_000)
  assert.is(world.ready().length, 2)
  const waiting = world.last?.waiting.find((item) => item.on === 'scheduling')
  assert.is(waiting?.detail, '0/2 nodes are available: 2 Insufficient cpu; nearest: n2 lacks 2000m cpu')
  world.addNode('n3', { images: demo })
  world.run(3_000)
  assert.is(world.ready().length, 3)
})

plan('a pod whose scheduler has no profile waits, and is placed when it has one', () => {
  const world = new World()
  world.addNode('n1', { images: demo })
  world.apply(deployment('web', { replicas: 1, pod: { schedulerName: 'packing' } }))
  world.run(3_000)
  const waiting = world.last?.waiting.find((item) => item.on === 'scheduling')
  assert.match(waiting?.detail ?? '', /^no scheduler profile is named packing: add it to schedulerProfiles/)
  world.configuration = { ...world.configuration, schedulerProfiles: [{ schedulerName: 'packing' }] }
  world.commit()
  world.run(3_000)
  assert.is(world.ready().length, 1)
})

plan('a node without a subnet is not taken for a silent one', () => {
  const world = new World()
  world.configuration = { ...world.configuration, podCidr: '10.244.0.0/24', nodePrefixLength: 25 }
  for (const name of ['n1', 'n2', 'n3', 'n4']) world.addNode(name, { images: demo, cpuMilli: 1_000 })
  world.settle()
  world.agents.get('n1')!.silentSince = world.now
  world.run(6_000)
  world.apply(deployment('web', { replicas: 1, cpu: '2' }))
  world.run(1_000)
  assert.is(
    world.last?.waiting.find((item) => item.on === 'scheduling')?.detail,
    '0/4 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, ' +
      '2 node(s) had no subnet for pods; nearest: n2 lacks 1000m cpu',
  )
})

plan('a pod for which the subnets of all nodes are full waits, and says so', () => {
  const world = new World()
  world.configuration = { ...world.configuration, podCidr: '10.244.0.0/24', nodePrefixLength: 29 }
  world.addNode('n1', { images: demo })
  world.apply(deployment('web', { replicas: 6 }))
  world.run(3_000)
  assert.is(world.ready().length, 5)
  assert.is(
    world.last?.waiting.find((item) => item.on === 'scheduling')?.detail,
    '0/1 nodes are available: 1 node(s) had no free pod address; nearest: n1 lacks a free pod address',
  )
  world.apply(deployment('web', { replicas: 5 }))
  world.run(3_000)
  assert.equal(world.last?.waiting, [])
})

for (const [count, says] of [
  [1, 'x.io/g0'],
  [10, Array.from({ length: 10 }, (_, i) => `x.io/g${i}`).join(', ')],
  [12, `${Array.from({ length: 10 }, (_, i) => `x.io/g${i}`).join(', ')} and 2 more`],
] as const)
  plan(`a pod with ${count} scheduling gates waits, and names no more than can be read`, () => {
    const world = new World()
    world.addNode('n1', { images: demo })
    const schedulingGates = Array.from({ length: count }, (_, i) => ({ name: `x.io/g${i}` }))
    world.apply(deployment('web', { replicas: 1, pod: { schedulingGates } }))
    world.run(3_000)
    assert.is(
      world.last?.waiting.find((item) => item.on === 'scheduling')?.detail,
      `scheduling is blocked by its gates: ${says}`,
    )
    world.apply(deployment('web', { replicas: 1 }))
    world.run(5_000)
    assert.is(world.ready().length, 1)
  })

plan('two node ports: the second waits until the first is gone', () => {
  const world = threeNodes()
  const port = { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30_080 }] }
  world.apply(deployment('web'), service('web', port))
  world.run(3_000)
  world.apply(service('other', port))
  world.settle()
  const waiting = world.last?.waiting.find((item) => item.on === 'address')
  assert.is(waiting?.detail, 'node port 30080 belongs to service/web')
  world.apply(service('web'))
  world.settle()
  assert.is(world.table().services.get('Service./default/other')?.ports[0]?.nodePort, 30_080)
  assert.is(world.table().services.get('Service./default/web')?.ports[0]?.nodePort, null)
})

plan('Recreate stops all before it creates', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3, strategy: 'Recreate' }))
  world.run(3_000)
  world.apply(deployment('web', { replicas: 3, strategy: 'Recreate', image: 'demo:2' }))
  let mixed = false
  for (let i = 0; i < 12; i++) {
    world.run(500)
    if (new Set(world.pods().map((pod) => pod.templateHash)).size > 1) mixed = true
  }
  assert.not.ok(mixed)
  assert.is(world.ready().length, 3)
})

plan.run()
