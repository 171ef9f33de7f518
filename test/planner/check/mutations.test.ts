/** Invariants of disruption and of pods among themselves, each broken on purpose in an otherwise good plan. */
import { suite } from 'uvu'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import type { PlannedStop } from '../../../src/model/planned-state.js'
import { annotated, budget, priorityClass } from '../disruption/objects.js'
import { deployment, nodeManifest, type World } from '../world.js'
import {
  bindMore,
  bindNew,
  blank,
  type Case,
  judge,
  newPod,
  type Row,
  start,
  stopped,
  web,
  withNode,
  withPods,
  ZONE,
} from './spoil.js'

/** Stops the pods of web on one node. */
function stopWeb(world: World, reason: PlannedStop['reason'], count = 1): Case {
  let left = count
  let found = blank(world)
  for (const name of ['n1', 'n2', 'n3'])
    found = withPods(found, name, (pods) =>
      pods.map((pod) => (left > 0 && pod.workload.endsWith('/web') && left-- > 0 ? stopped(pod, reason) : pod)),
    )
  return found
}

function apart(topologyKey: string): Partial<PodSpec> {
  const term = { topologyKey, labelSelector: { matchLabels: { app: 'web' } } }
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
}

/** One pod of web on each node, which may have four. */
function fewPods(): World {
  const world = start(web(apart('kubernetes.io/hostname')))
  world.configuration = { ...world.configuration, podsPerNode: 4 }
  world.commit()
  return world
}

const rows: readonly Row[] = [
  {
    name: 'a drain beyond a budget',
    invariant: 'budget',
    spoil: () => stopWeb(start(web(), budget('web', { minAvailable: 3 })), 'drain'),
  },
  {
    name: 'a drain just within a budget',
    invariant: 'budget',
    isFine: true,
    spoil: () => stopWeb(start(web(), budget('web', { minAvailable: 2 })), 'drain'),
  },
  {
    name: 'two evictions where a percentage allows one',
    invariant: 'budget',
    spoil: () => stopWeb(start(web(), budget('web', { maxUnavailable: '30%' })), 'eviction', 2),
  },
  {
    name: 'a move beyond a budget',
    invariant: 'budget',
    spoil: () => stopWeb(start(web(), budget('web', { maxUnavailable: 0 })), 'rebalance'),
  },
  {
    name: 'an eviction under two budgets',
    invariant: 'budget',
    spoil: () =>
      stopWeb(
        start(web(), budget('a', { minAvailable: 0 }, 'web'), budget('b', { minAvailable: 0 }, 'web')),
        'eviction',
      ),
  },
  {
    name: 'a rollout that respects budgets and does not',
    invariant: 'budget',
    spoil: () =>
      stopWeb(
        start(annotated(web(), { 'headway.dev/rollout-respects-budgets': 'true' }), budget('web', { minAvailable: 3 })),
        'rollout',
      ),
  },
  {
    name: 'a rollout that asks no budget',
    invariant: 'budget',
    isFine: true,
    spoil: () => stopWeb(start(web(), budget('web', { minAvailable: 3 })), 'rollout'),
  },
  {
    name: 'a preemption for nobody',
    invariant: 'preemption',
    spoil: () => stopWeb(start(web()), 'preemption'),
  },
  {
    name: 'a preemption for a pod of equal priority',
    invariant: 'preemption',
    spoil: () => {
      const world = start(web(), priorityClass('gold', 100))
      const found = stopWeb(world, 'preemption')
      const nominatedNode = [...found.plan.delta.nodes.values()].find((node) =>
        node?.pods.some((pod) => pod.stop),
      )?.name
      const pending = [{ ...newPod(world, 'n1'), node: null, address: null, nominatedNode: nominatedNode ?? '' }]
      return { ...found, plan: { ...found.plan, delta: { ...found.plan.delta, pending } } }
    },
  },
  {
    name: 'two nodes with one subnet',
    invariant: 'unique-subnet',
    spoil: () => withNode(blank(start(web())), 'n2', (node) => ({ ...node, subnet: 0 })),
  },
  {
    name: "an address of another node's subnet",
    invariant: 'address-subnet',
    spoil: () => bindNew(start(web()), 'n1', { address: '10.244.2.250' }),
  },
  {
    name: 'the last address of its own subnet',
    invariant: 'address-subnet',
    isFine: true,
    spoil: () => bindNew(start(web()), 'n1', { address: '10.244.0.255' }),
  },
  {
    name: 'a node that the required affinity excludes',
    invariant: 'bound-against-affinity',
    spoil: () => {
      const matchExpressions = [{ key: ZONE, operator: 'In', values: ['z0'] }]
      const required = { nodeSelectorTerms: [{ matchExpressions }] }
      const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } }
      return bindNew(start(web({ affinity })), 'n2')
    },
  },
  {
    name: 'a cordoned node',
    invariant: 'bound-against-taint',
    spoil: () => bindNew(start(web(), nodeManifest('n3', { unschedulable: true })), 'n3'),
  },
  {
    name: 'two pods that are to be on different hosts',
    invariant: 'anti-affinity',
    spoil: () => bindNew(start(web(apart('kubernetes.io/hostname'))), 'n1'),
  },
  {
    name: 'two pods that are to be in different zones, on the one that is free',
    invariant: 'anti-affinity',
    isFine: true,
    spoil: () => {
      const world = start(web(apart(ZONE), 2))
      const free = ['n1', 'n2', 'n3'].find((name) => world.planned.nodes.get(name)?.pods.length === 0)!
      return bindNew(world, free)
    },
  },
  {
    name: "an old pod's anti-affinity against a new one",
    invariant: 'anti-affinity',
    spoil: () => {
      const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } }
      const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
      const on = (name: string): Partial<PodSpec> => ({ nodeSelector: { 'kubernetes.io/hostname': name } })
      const world = start(web(on('n2'), 1), deployment('shy', { replicas: 1, pod: { affinity, ...on('n1') } }))
      return bindNew(world, 'n1')
    },
  },
  {
    name: 'two pods with one host port of a sidecar',
    invariant: 'unique-host-port',
    spoil: () => {
      const side = {
        name: 'side',
        image: 'demo:1',
        restartPolicy: 'Always' as const,
        ports: [{ containerPort: 80, hostPort: 80 }],
      }
      return bindNew(start(web({ initContainers: [side] })), 'n1')
    },
  },
  {
    name: 'one host port of an init container that ends',
    invariant: 'unique-host-port',
    isFine: true,
    spoil: () => {
      const first = { name: 'first', image: 'demo:1', ports: [{ containerPort: 80, hostPort: 80 }] }
      return bindNew(start(web({ initContainers: [first] })), 'n1')
    },
  },
  {
    name: 'more pods than a node may have',
    invariant: 'node-allocatable',
    spoil: () => {
      const world = start(web())
      const more = Array.from({ length: 111 }, (_, i) =>
        newPod(world, 'n1', {
          uid: `zz${1000 + i}`,
          name: `more-${i}`,
          ordinal: 10 + i,
          address: `10.244.0.${100 + i}`,
        }),
      )
      return withPods(blank(world), 'n1', (pods) => [...pods, ...more])
    },
  },
  {
    name: 'as many pods as the configuration allows a node',
    invariant: 'node-allocatable',
    isFine: true,
    spoil: () => bindMore(fewPods(), 'n1', 'n1', 'n1'),
  },
  {
    name: 'more pods than the configuration allows a node',
    invariant: 'node-allocatable',
    spoil: () => bindMore(fewPods(), 'n1', 'n1', 'n1', 'n1'),
  },
  {
    name: 'more of an extended resource than the node reports',
    invariant: 'node-allocatable',
    spoil: () => {
      const resources = { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } }
      return bindNew(start(web({ containers: [{ name: 'main', image: 'demo:1', resources }] })), 'n1')
    },
  },
]

const mutations = suite('checkPlan on disruption and domains')

for (const row of rows) mutations(`${row.isFine === true ? 'allows' : 'finds'} ${row.name}`, () => judge(row))

mutations.run()
