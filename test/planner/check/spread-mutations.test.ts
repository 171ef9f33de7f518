/** Topology spread, broken on purpose by one placement too many, beside everything that says which pods and nodes count. */
import { suite } from 'uvu'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import type { PodSpec, TopologySpreadConstraint } from '../../../src/model/generated/kubernetes.js'
import { deployment, nodeManifest, type World } from '../world.js'
import { bindMore, type Case, judge, type Row, start, stopped, web, withPods, ZONE } from './spoil.js'

const HOST = 'kubernetes.io/hostname'

type Constraint = Partial<TopologySpreadConstraint>

function constraint(more: Constraint = {}): TopologySpreadConstraint {
  const labelSelector = { matchLabels: { app: 'web' } }
  return { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector, ...more }
}

function spread(...constraints: readonly Constraint[]): Partial<PodSpec> {
  return { topologySpreadConstraints: constraints.map(constraint) }
}

function inZones(...values: readonly string[]): Partial<PodSpec> {
  const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values }] }] }
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }
}

/** One pod that looks like one of web's, on n2. */
function lookalike(labels: Readonly<Record<string, string>> = {}): DesiredObject {
  const pod = { nodeSelector: { [HOST]: 'n2' } }
  return deployment('other', { replicas: 1, labels: { app: 'web', ...labels }, pod, cpu: '100m' })
}

/** web with a label of its revision. */
function revision(rev: string, pod: Partial<PodSpec>): DesiredObject {
  return deployment('web', { replicas: 3, pod, cpu: '100m', maxSurge: 2, labels: { rev } })
}

function tainted(policy: 'Honor' | 'Ignore'): World {
  const taints = [{ key: 'only', effect: 'NoSchedule' }]
  return start(nodeManifest('n3', { taints }), web(spread({ nodeTaintsPolicy: policy }), 2))
}

function byDefault(): World {
  const world = start(web())
  world.configuration = {
    ...world.configuration,
    schedulerProfiles: [
      {
        schedulerName: 'default-scheduler',
        defaultConstraints: [{ maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule' }],
      },
    ],
  }
  world.commit()
  return world
}

/** The pod on n1 begins to go, and a new one comes. */
function replaceOnFirst(node: string): Case {
  const world = start(web(spread({})))
  return withPods(bindMore(world, node), 'n1', (pods) =>
    pods.map((pod) => (pod.uid.startsWith('new') ? pod : stopped(pod, 'rollout'))),
  )
}

function withUnlabelled(): World {
  const world = start(web(spread({})))
  world.addNode('n4', {})
  world.run(1_000)
  return world
}

/** Name, what to do, and whether the rule still holds. */
const cases: readonly (readonly [name: string, spoil: () => Case, isFine?: 'fine'])[] = [
  ['one more than maxSkew', () => bindMore(start(web(spread({}))), 'n1', 'n1')],
  ['as many as maxSkew', () => bindMore(start(web(spread({}))), 'n1'), 'fine'],
  ['as many as a larger maxSkew', () => bindMore(start(web(spread({ maxSkew: 2 }))), 'n1', 'n1'), 'fine'],
  ['one more than a larger maxSkew', () => bindMore(start(web(spread({ maxSkew: 2 }))), 'n1', 'n1', 'n1')],
  ['a good order', () => bindMore(start(web(spread({}))), 'n1', 'n2', 'n3', 'n1'), 'fine'],
  ['the same in an order that is not', () => bindMore(start(web(spread({}))), 'n1', 'n1', 'n2', 'n3')],
  [
    'a soft constraint',
    () => bindMore(start(web(spread({ whenUnsatisfiable: 'ScheduleAnyway' }))), 'n1', 'n1'),
    'fine',
  ],
  [
    'two zones that the node affinity allows',
    () => bindMore(start(web({ ...spread({}), ...inZones('z0', 'z1') }, 2)), 'n1'),
    'fine',
  ],
  [
    'one more in one of two zones that the node affinity allows',
    () => bindMore(start(web({ ...spread({}), ...inZones('z0', 'z1') }, 2)), 'n1', 'n1'),
  ],
  [
    'a third zone that the inclusion policy looks at in spite of the node affinity',
    () => bindMore(start(web({ ...spread({ nodeAffinityPolicy: 'Ignore' }), ...inZones('z0', 'z1') }, 2)), 'n1'),
  ],
  [
    'one more beside a nodeSelector',
    () =>
      bindMore(start(web({ ...spread({ nodeAffinityPolicy: 'Ignore' }), nodeSelector: { [ZONE]: 'z0' } }, 1)), 'n1'),
  ],
  ['a tainted zone that is looked at', () => bindMore(tainted('Ignore'), 'n1')],
  ['a tainted zone that is not', () => bindMore(tainted('Honor'), 'n1'), 'fine'],
  ['one more where a tainted zone is not looked at', () => bindMore(tainted('Honor'), 'n1', 'n1')],
  [
    'the first of two constraints',
    () => bindMore(start(web(spread({}, { topologyKey: HOST, maxSkew: 9 }))), 'n1', 'n1'),
  ],
  [
    'the second of two constraints',
    () => bindMore(start(web(spread({ topologyKey: HOST, maxSkew: 9 }, {}))), 'n1', 'n1'),
  ],
  ['neither of two constraints', () => bindMore(start(web(spread({ topologyKey: HOST }, {}))), 'n1'), 'fine'],
  ['as many domains as minDomains', () => bindMore(start(web(spread({ minDomains: 3 }))), 'n1'), 'fine'],
  ['one domain less than minDomains', () => bindMore(start(web(spread({ minDomains: 4 }))), 'n1')],
  ["another owner's pod that counts", () => bindMore(start(lookalike(), web(spread({}))), 'n2', 'n2')],
  [
    "another owner's pod of another revision",
    () => bindMore(start(lookalike({ rev: '2' }), revision('1', spread({ matchLabelKeys: ['rev'] }))), 'n2'),
    'fine',
  ],
  [
    'one more of its own revision',
    () => bindMore(start(lookalike({ rev: '2' }), revision('1', spread({ matchLabelKeys: ['rev'] }))), 'n2', 'n2'),
  ],
  [
    'one more of its own template',
    () => bindMore(start(web(spread({ matchLabelKeys: ['pod-template-hash'] }))), 'n1', 'n1'),
  ],
  ['a pod that goes leaves its place', () => replaceOnFirst('n1'), 'fine'],
  ['a pod that goes does not count', () => replaceOnFirst('n2')],
  ['a node without the key', () => bindMore(withUnlabelled(), 'n4')],
  ["the profile's hard default", () => bindMore(byDefault(), 'n1', 'n1')],
  ["just within the profile's hard default", () => bindMore(byDefault(), 'n1'), 'fine'],
]

const mutations = suite('checkPlan on topology spread')

for (const [name, spoil, fine] of cases) {
  const row: Row = { name, invariant: 'topology-spread', isFine: fine === 'fine', spoil }
  mutations(`${fine === 'fine' ? 'allows' : 'finds'}: ${name}`, () => judge(row))
}

mutations.run()
