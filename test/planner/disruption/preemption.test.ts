/** Preemption in whole passes: eligibility, nomination, grace, budgets at best effort, and no second round. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Action } from '../../../src/model/plan.js'
import type { PlannedPod } from '../../../src/model/planned-state.js'
import { type DeploymentOptions, deployment, image, nodeManifest, World } from '../world.js'
import { budget, priorityClass } from './objects.js'

const images = [image('demo:1')]

/** Nodes of 2 cpu; classes gold (1000), silver (100) and patient (1000, Never). */
function start(nodes = 2): World {
  const world = new World()
  for (let i = 1; i <= nodes; i++) world.addNode(`n${i}`, { images, cpuMilli: 2_000, stopAfterMs: 3_000 })
  world.apply(
    priorityClass('gold', 1_000),
    priorityClass('silver', 100),
    priorityClass('patient', 1_000, { preemptionPolicy: 'Never' }),
  )
  return world
}

function classed(name: string, priorityClassName: string, options: DeploymentOptions = {}) {
  return deployment(name, { replicas: 1, cpu: '1', ...options, pod: { priorityClassName, ...options.pod } })
}

function on(node: string) {
  return { nodeSelector: { 'kubernetes.io/hostname': node } }
}

function preemptions(actions: readonly Action[]) {
  return actions.filter((action) => action.type === 'preempt')
}

function podsOf(world: World, name: string): PlannedPod[] {
  return world.pods().filter((pod) => pod.workload === `Deployment.apps/default/${name}`)
}

function schedulingOf(world: World, name: string): string {
  const pod = podsOf(world, name).find((item) => item.node === null)
  return (
    world.last?.waiting.find((item) => item.on === 'scheduling' && item.key?.endsWith(`/${pod?.name}`))?.detail ?? ''
  )
}

const preemption = suite('preemption')

preemption('evicts a pod of lower priority, within its grace, and takes its place', () => {
  const world = start()
  world.apply(deployment('low', { replicas: 4, cpu: '1' }))
  world.run(4_000)
  world.apply(classed('high', 'gold'))
  const actions = world.run(500)
  const [preempt, ...more] = preemptions(actions)
  assert.is(more.length, 0)
  assert.ok(preempt?.type === 'preempt' && preempt.victims.length === 1)
  assert.is(preempt.victims[0]?.owner, 'Deployment.apps/default/low')
  const stop = actions.find((action) => action.type === 'stop-pod')
  assert.ok(stop?.type === 'stop-pod' && stop.reason === 'preemption' && stop.graceMs === 10_000)
  assert.is(podsOf(world, 'high')[0]?.nominatedNode, preempt.node)
  assert.match(
    schedulingOf(world, 'high'),
    /Insufficient cpu; nearest: .*\. Nominated to node n\d: 1 pod makes room there$/,
  )
  assert.equal(preemptions(world.run(2_000)), [], 'it does not preempt again while the victim stops')
  world.run(10_000)
  const high = podsOf(world, 'high')[0]
  assert.is(high?.node, preempt.node)
  assert.is(high?.nominatedNode, undefined)
  assert.is(podsOf(world, 'low').filter((pod) => pod.node === null).length, 1)
})

preemption('a pod without victims in reach waits, and says why', () => {
  const world = start()
  world.apply(deployment('low', { replicas: 4, cpu: '1' }))
  world.run(4_000)
  world.apply(classed('huge', 'gold', { cpu: '3' }))
  world.run(1_000)
  assert.is(
    schedulingOf(world, 'huge'),
    '0/2 nodes are available: 2 Insufficient cpu; nearest: n1 lacks 3000m cpu. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
  )
  assert.is(podsOf(world, 'low').filter((pod) => pod.node !== null).length, 4)
})

preemption('says of each node why evicting does not help', () => {
  const world = new World()
  for (const slot of ['a', 'b', 'c']) world.addNode(`n${slot}`, { images, cpuMilli: 2_000, labels: { slot } })
  const on = (slot: string) => ({ nodeSelector: { slot } })
  world.apply(
    priorityClass('gold', 1_000),
    priorityClass('silver', 100),
    classed('full', 'gold', { cpu: '2', pod: on('a') }),
    classed('half', 'gold', { cpu: '1', pod: on('b') }),
    deployment('low', { replicas: 1, cpu: '1', pod: on('b') }),
    nodeManifest('nc', { unschedulable: true }),
  )
  world.run(4_000)
  world.apply(classed('waits', 'silver', { cpu: '1500m' }))
  world.run(1_000)
  assert.match(
    schedulingOf(world, 'waits'),
    / preemption: 0\/3 nodes are available: 1 Insufficient cpu, 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling\.$/,
  )
})

preemption('equal priority is never preempted', () => {
  const world = start(1)
  world.apply(classed('first', 'silver', { replicas: 2 }), priorityClass('low', -1))
  world.run(4_000)
  world.apply(classed('second', 'silver'))
  assert.equal(preemptions(world.run(2_000)), [])
})

preemption('under preemptionPolicy Never it goes first in the queue and evicts nobody', () => {
  const world = start(1)
  world.apply(deployment('low', { replicas: 2, cpu: '1' }))
  world.run(4_000)
  world.apply(classed('calm', 'patient'))
  assert.equal(preemptions(world.run(2_000)), [])
  assert.match(schedulingOf(world, 'calm'), /not eligible due to preemptionPolicy=Never\.$/)
  world.apply(deployment('low', { replicas: 1, cpu: '1' }), deployment('later', { replicas: 1, cpu: '1' }))
  world.run(10_000)
  assert.is(podsOf(world, 'calm')[0]?.node, 'n1')
  assert.is(podsOf(world, 'later')[0]?.node, null)
})

preemption('a node that no eviction helps is not looked at', () => {
  const world = start()
  world.apply(deployment('low', { replicas: 4, cpu: '1' }), nodeManifest('n1', { unschedulable: true }))
  world.run(4_000)
  world.apply(nodeManifest('n1', {}))
  world.run(3_000)
  world.apply(nodeManifest('n1', { unschedulable: true }))
  world.apply(classed('high', 'gold', { replicas: 1 }))
  const [preempt] = preemptions(world.run(1_000))
  assert.ok(preempt?.type === 'preempt')
  assert.is(preempt.node, 'n2')
})

preemption('the node with the fewest violated budgets is chosen', () => {
  const world = start()
  world.apply(
    deployment('kept', { replicas: 2, cpu: '1', pod: { nodeSelector: { 'kubernetes.io/hostname': 'n1' } } }),
    deployment('free', {
      replicas: 2,
      cpu: '1',
      pod: { nodeSelector: { 'kubernetes.io/hostname': 'n2' }, priorityClassName: 'silver' },
    }),
    budget('kept', { minAvailable: 2 }),
  )
  world.run(4_000)
  world.apply(classed('high', 'gold'))
  const [preempt] = preemptions(world.run(1_000))
  assert.ok(preempt?.type === 'preempt')
  // n1 has the lower priorities, but its budget allows none.
  assert.is(preempt.node, 'n2')
})

preemption('a budget does not hold up a pod that has no other place', () => {
  const world = start(1)
  world.apply(deployment('kept', { replicas: 2, cpu: '1' }), budget('kept', { minAvailable: 2 }))
  world.run(4_000)
  world.apply(classed('high', 'gold'))
  assert.is(preemptions(world.run(1_000)).length, 1)
  world.run(10_000)
  assert.is(podsOf(world, 'high')[0]?.node, 'n1')
})

preemption('several at once are nominated to rooms of their own', () => {
  const world = start(2)
  world.apply(deployment('low', { replicas: 4, cpu: '1' }))
  world.run(4_000)
  world.apply(classed('high', 'gold', { replicas: 3 }))
  const found = preemptions(world.run(500))
  assert.is(found.length, 3)
  const victims = found.flatMap((action) => (action.type === 'preempt' ? action.victims : []))
  assert.is(new Set(victims.map((victim) => victim.pod)).size, 3)
  assert.equal(preemptions(world.run(12_000)), [])
  assert.is(podsOf(world, 'high').filter((pod) => pod.node !== null).length, 3)
})

preemption('what the victims leave is not taken by a pod of lower priority', () => {
  const world = start(1)
  world.apply(deployment('low', { replicas: 2, cpu: '1' }))
  world.run(4_000)
  world.apply(classed('high', 'gold', { cpu: '2' }))
  world.run(500)
  // Room for a small one appears first, when the first victim is gone.
  world.apply(classed('middle', 'silver', { cpu: '500m' }))
  world.run(12_000)
  assert.is(podsOf(world, 'high')[0]?.node, 'n1')
  assert.is(podsOf(world, 'middle')[0]?.node, null)
})

preemption('the node it is nominated to is tried first, also when an empty one has come', () => {
  const full = (): World => {
    const world = start()
    world.apply(deployment('low', { replicas: 4, cpu: '1' }))
    world.run(4_000)
    world.apply(classed('high', 'gold'))
    return world
  }
  const world = full()
  let ms = 0
  for (; podsOf(world, 'high')[0]?.node == null; ms += 500) world.run(500)
  const other = full()
  other.run(ms - 500)
  const nominated = podsOf(other, 'high')[0]?.nominatedNode
  other.addNode('n3', { images, cpuMilli: 2_000 })
  other.run(500)
  assert.is(podsOf(other, 'high')[0]?.node, nominated)
})

preemption('what the victims leave is not taken by an older pod of the same priority', () => {
  const world = start(1)
  world.apply(deployment('low', { replicas: 2, cpu: '1' }))
  world.run(4_000)
  world.apply(classed('calm', 'patient'))
  world.run(2_000)
  world.apply(classed('high', 'gold'))
  world.run(12_000)
  assert.is(podsOf(world, 'high')[0]?.node, 'n1')
  assert.is(podsOf(world, 'calm')[0]?.node, null)
})

preemption("hard default constraints of the pod's profile hold for preemption too", () => {
  const world = start(2)
  world.configuration = {
    ...world.configuration,
    schedulerProfiles: [
      {
        schedulerName: 'even',
        defaultConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' }],
      },
    ],
  }
  // n2 has the lower priorities, but one of the set is there already.
  world.apply(
    deployment('mid', { replicas: 2, cpu: '1', pod: { ...on('n1'), priorityClassName: 'silver' } }),
    deployment('low', { replicas: 1, cpu: '1', pod: on('n2') }),
  )
  world.run(4_000)
  world.apply(classed('high', 'gold', { pod: { schedulerName: 'even' } }))
  world.run(4_000)
  assert.is(podsOf(world, 'high')[0]?.node, 'n2')
  world.apply(classed('high', 'gold', { replicas: 2, pod: { schedulerName: 'even' } }))
  const [preempt] = preemptions(world.run(1_000))
  assert.ok(preempt?.type === 'preempt')
  assert.is(preempt.node, 'n1')
})

for (const [maxSkew, evicted] of [
  [1, 1],
  [2, 2],
  [5, 2],
] as const)
  preemption(`under hard defaults of ${maxSkew} nominated pods of the set itself count: ${evicted} evict`, () => {
    const world = start(2)
    const defaultConstraints = [
      { maxSkew, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' as const },
    ]
    world.configuration = { ...world.configuration, schedulerProfiles: [{ schedulerName: 'even', defaultConstraints }] }
    // n2 takes nobody, and is a domain all the same.
    world.apply(
      deployment('low', { replicas: 2, cpu: '1', pod: on('n1') }),
      nodeManifest('n2', { unschedulable: true }),
    )
    world.run(4_000)
    world.apply(classed('high', 'gold', { replicas: 3, pod: { schedulerName: 'even' } }))
    assert.is(preemptions(world.run(1_000)).length, evicted)
    world.run(10_000)
    assert.is(podsOf(world, 'high').filter(({ node }) => node === 'n1').length, evicted)
  })

const HOSTNAME = 'kubernetes.io/hostname'
const beside = (app: string) => ({
  podAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: HOSTNAME, labelSelector: { matchLabels: { app } } },
    ],
  },
})
/** At most one more than on the other node, whichever nodes the pod may go to. */
const evenly = {
  maxSkew: 1,
  topologyKey: HOSTNAME,
  whenUnsatisfiable: 'DoNotSchedule',
  nodeAffinityPolicy: 'Ignore',
  labelSelector: { matchLabels: { tier: 'web' } },
} as const

/** n1 is full and on its way to be empty for `high`; `there` runs on n2. */
function withNominated(): World {
  const world = start(2)
  world.apply(
    deployment('low', { replicas: 2, cpu: '1', pod: on('n1') }),
    deployment('there', { replicas: 1, cpu: '1', labels: { tier: 'web' }, pod: on('n2') }),
  )
  world.run(4_000)
  world.apply(classed('high', 'gold', { cpu: '2', labels: { tier: 'web' }, pod: on('n1') }))
  world.run(500)
  assert.is(podsOf(world, 'high')[0]?.nominatedNode, 'n1')
  return world
}

interface Follower {
  readonly name: string
  readonly pod: DeploymentOptions['pod']
  /** Null: it runs at once. */
  readonly says: RegExp | null
  readonly node: string
}

const followers: readonly Follower[] = [
  {
    name: 'beside a nominated pod',
    pod: { affinity: beside('high') },
    says: /2 node\(s\) didn't match pod affinity/,
    node: 'n1',
  },
  { name: 'beside one that is there', pod: { affinity: beside('there') }, says: null, node: 'n2' },
  {
    name: 'where a nominated pod would make the spread even',
    pod: { ...on('n2'), topologySpreadConstraints: [evenly] },
    says: /1 node\(s\) didn't match pod topology spread constraints\b/,
    node: 'n2',
  },
  {
    name: 'where the spread is even either way',
    pod: { ...on('n2'), topologySpreadConstraints: [{ ...evenly, maxSkew: 2 }] },
    says: null,
    node: 'n2',
  },
]

for (const { name, pod, says, node } of followers)
  preemption(`nobody comes because of a pod that is not there yet: ${name}`, () => {
    const world = withNominated()
    world.apply(classed('next', 'silver', { cpu: '', labels: { tier: 'web' }, ...(pod && { pod }) }))
    const actions = world.run(500)
    assert.equal(preemptions(actions), [])
    const next = podsOf(world, 'next')[0]
    assert.is(next?.node, says === null ? node : null)
    if (says !== null) assert.match(schedulingOf(world, 'next'), says)
    assert.is(next?.nominatedNode, undefined)
    assert.is(podsOf(world, 'high')[0]?.node, null)
    world.run(12_000)
    assert.is(podsOf(world, 'high')[0]?.node, 'n1')
    assert.is(podsOf(world, 'next')[0]?.node, node)
  })

preemption('a higher one takes the nomination of a lower one', () => {
  const world = start(1)
  world.apply(deployment('low', { replicas: 2, cpu: '1' }))
  world.run(4_000)
  world.apply(classed('middle', 'silver', { cpu: '2' }))
  world.run(500)
  assert.is(podsOf(world, 'middle')[0]?.nominatedNode, 'n1')
  world.apply(classed('high', 'gold', { cpu: '2' }))
  world.run(12_000)
  assert.is(podsOf(world, 'high')[0]?.node, 'n1')
  assert.is(podsOf(world, 'middle')[0]?.nominatedNode, undefined)
})

preemption('pods that an anti-affinity refuses are victims too', () => {
  const world = start(2)
  const terms = (app: string) => ({
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
      ],
    },
  })
  world.apply(deployment('noisy', { replicas: 2, cpu: '100m', pod: { affinity: terms('noisy') } }))
  world.run(4_000)
  world.apply(classed('quiet', 'gold', { cpu: '100m', pod: { affinity: terms('noisy') } }))
  const [preempt] = preemptions(world.run(1_000))
  assert.ok(preempt?.type === 'preempt' && preempt.victims.length === 1)
  world.run(10_000)
  assert.is(podsOf(world, 'quiet')[0]?.node, preempt.node)
  assert.is(podsOf(world, 'noisy').filter((pod) => pod.node !== null).length, 1)
})

preemption('the queue goes by class, and an unknown class waits with what to do', () => {
  const world = start(1)
  world.apply(classed('odd', 'platinum'))
  world.run(1_000)
  assert.is(
    schedulingOf(world, 'odd'),
    'no PriorityClass with name platinum was found: add it to the repository, or take the name out of the pod template',
  )
  world.apply(priorityClass('platinum', 5_000))
  world.run(3_000)
  assert.is(podsOf(world, 'odd')[0]?.node, 'n1')
})

preemption('a changed class restarts nothing', () => {
  const world = start(1)
  world.apply(classed('high', 'gold'))
  world.run(4_000)
  const before = podsOf(world, 'high').map((pod) => pod.uid)
  world.apply(priorityClass('gold', 5))
  const actions = world.run(5_000).filter((action) => action.type !== 'apply')
  assert.equal(actions, [])
  assert.equal(
    podsOf(world, 'high').map((pod) => pod.uid),
    before,
  )
})

preemption.run()
