/**
 * Batches placed in one go equal pods placed one by one by a scheduler that looks at everything each time, on random
 * clusters with all rules mixed; and counts kept while pods come and go equal counts made from nothing.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hash32 } from '../../../src/base/hash.js'
import type { LabelSelector, PodAffinityTerm, PodSpec } from '../../../src/model/generated/kubernetes.js'
import { DryRun, fitsAfter } from '../../../src/planner/scheduler/dry-run.js'
import { NodeTable } from '../../../src/planner/scheduler/node-table.js'
import { Placement } from '../../../src/planner/scheduler/placement.js'
import { makeRequest, type ScheduleRequest } from '../../../src/planner/scheduler/request.js'
import { chooseNode, type Placed, type ReferenceCluster, type ReferenceNode, type ReferencePod } from './reference.js'

const MIB = 1024 ** 2
const KEYS = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'rack', 'nowhere']
const NAMESPACES = new Map([
  ['one', { team: 'a' }],
  ['two', { team: 'b' }],
])

const labels = fc.record({ app: fc.constantFrom('a', 'b', 'c'), tier: fc.constantFrom('x', 'y') })
const key = fc.constantFrom(...KEYS)
const weight = fc.integer({ min: 1, max: 100 })

const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  fc.constantFrom('a', 'b', 'c').map((app) => ({ matchLabels: { app } })),
  fc
    .constantFrom('In', 'NotIn')
    .map((operator) => ({ matchExpressions: [{ key: 'app', operator, values: ['a', 'b'] }] })),
  fc.constant({ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }),
  fc.constant({}),
)

const podTerm: fc.Arbitrary<PodAffinityTerm> = fc
  .record({ key, selector, where: fc.constantFrom('own', 'named', 'selected') })
  .map(({ key: topologyKey, selector: labelSelector, where }) => ({
    topologyKey,
    labelSelector,
    ...(where === 'named' && { namespaces: ['two'] }),
    ...(where === 'selected' && { namespaceSelector: { matchLabels: { team: 'b' } } }),
  }))

const some = <T>(item: fc.Arbitrary<T>, most = 2): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.array(item, { maxLength: most }) },
  )

const preferredTerms = some(fc.record({ weight, podAffinityTerm: podTerm }))

const constraint = fc
  .record({
    topologyKey: key,
    maxSkew: fc.integer({ min: 1, max: 3 }),
    minDomains: fc.constantFrom(undefined, 2, 5),
    isHard: fc.boolean(),
    labelSelector: selector,
    keys: fc.constantFrom(undefined, ['tier']),
    affinity: fc.constantFrom(undefined, 'Ignore'),
    taints: fc.constantFrom(undefined, 'Honor'),
  })
  .map(({ topologyKey, maxSkew, minDomains, isHard, labelSelector, keys, affinity, taints }) => ({
    topologyKey,
    maxSkew,
    whenUnsatisfiable: isHard ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector,
    ...(isHard && minDomains !== undefined && { minDomains }),
    ...(keys && { matchLabelKeys: keys }),
    ...(affinity && { nodeAffinityPolicy: affinity }),
    ...(taints && { nodeTaintsPolicy: taints }),
  }))

const zoneTerm = fc
  .subarray(['z1', 'z2', 'z3'], { minLength: 1 })
  .map((values) => ({ matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values }] }))

interface PodShape {
  readonly pod: ReferencePod
  readonly request: ScheduleRequest
}

const shape: fc.Arbitrary<PodShape> = fc
  .record({
    owner: fc.constantFrom('o1', 'o2', 'o3', 'o4', 'o5'),
    namespace: fc.constantFrom('one', 'two'),
    labels,
    cpu: fc.constantFrom(0, 100, 250, 700),
    memory: fc.constantFrom(0, 100 * MIB, 512 * MIB),
    port: fc.constantFrom(0, 0, 0, 0, 8080),
    isTolerant: fc.boolean(),
    constraints: some(constraint, 3),
    affinity: some(podTerm),
    antiAffinity: some(podTerm),
    preferred: preferredTerms,
    avoided: preferredTerms,
    zones: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: zoneTerm }),
    likes: some(fc.record({ weight, preference: zoneTerm })),
  })
  .map((item) => {
    const requests = {
      ...(item.cpu > 0 && { cpu: `${item.cpu}m` }),
      ...(item.memory > 0 && { memory: `${item.memory}` }),
    }
    const port = item.port > 0 ? { ports: [{ containerPort: 80, hostPort: item.port }] } : {}
    const spec: PodSpec = {
      containers: [{ name: 'main', image: 'demo:1', resources: { requests }, ...port }],
      topologySpreadConstraints: item.constraints,
      ...(item.isTolerant && { tolerations: [{ key: 'spot', operator: 'Exists' }] }),
      affinity: {
        nodeAffinity: {
          ...(item.zones && { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [item.zones] } }),
          preferredDuringSchedulingIgnoredDuringExecution: item.likes,
        },
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: item.affinity,
          preferredDuringSchedulingIgnoredDuringExecution: item.preferred,
        },
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: item.antiAffinity,
          preferredDuringSchedulingIgnoredDuringExecution: item.avoided,
        },
      },
    }
    const { namespace, cpu, memory } = item
    // One owner has one template.
    const pod = { owner: `${item.owner} ${JSON.stringify(item)}`, namespace, labels: item.labels, cpu, memory, spec }
    return { pod, request: makeRequest(spec, { namespace, labels: item.labels }) }
  })

const node = fc.record({
  zone: fc.constantFrom('z1', 'z2', 'z3', ''),
  rack: fc.constantFrom('r1', 'r2', ''),
  hasHostname: fc.constantFrom(true, true, true, true, false),
  cpu: fc.constantFrom(500, 1_000, 2_000, 4_000),
  memory: fc.constantFrom(1_024 * MIB, 4_096 * MIB),
  podsMax: fc.constantFrom(2, 5, 20),
  taint: fc.constantFrom('', '', '', 'NoSchedule', 'PreferNoSchedule'),
  isUnschedulable: fc.constantFrom(false, false, false, false, true),
})

const nodes: fc.Arbitrary<ReferenceNode[]> = fc.array(node, { minLength: 1, maxLength: 12 }).map((list) =>
  list.map((item, i) => ({
    name: `n${i}`,
    labels: {
      ...(item.hasHostname && { 'kubernetes.io/hostname': `n${i}` }),
      ...(item.zone && { 'topology.kubernetes.io/zone': item.zone }),
      ...(item.rack && { rack: item.rack }),
    },
    taints: item.taint === '' ? [] : [{ key: 'spot', effect: item.taint }],
    isUnschedulable: item.isUnschedulable,
    cpu: item.cpu,
    memory: item.memory,
    podsMax: item.podsMax,
  })),
)

const existing = fc.array(fc.record({ shape, at: fc.nat(11), isLeaving: fc.constantFrom(false, false, true) }), {
  maxLength: 12,
})
const batches = fc.array(fc.record({ shape, count: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 4 })

function tableOf(list: readonly ReferenceNode[]): NodeTable {
  const table = new NodeTable()
  table.setNamespaces(NAMESPACES)
  for (const { name, labels: nodeLabels, taints, isUnschedulable, cpu, memory, podsMax } of list)
    table.setNode({
      name,
      isOpen: true,
      isUnschedulable,
      labels: nodeLabels,
      taints,
      cpuMilli: cpu,
      memoryBytes: memory,
      ephemeralStorageBytes: 0,
      podsMax,
      extended: {},
      images: new Map(),
    })
  return table
}

function ownPods(placed: readonly Placed[], owner: string, table: NodeTable): Map<number, number> {
  const own = new Map<number, number>()
  for (const { pod, node: where, isLeaving } of placed) {
    if (isLeaving || pod.owner !== owner) continue
    const row = table.rowOf(where.name)!
    own.set(row, (own.get(row) ?? 0) + 1)
  }
  return own
}

const placements = suite('placement')

placements('a batch is placed as one by one, whatever rules are mixed', () => {
  fc.assert(
    fc.property(nodes, existing, batches, (list, before, wanted) => {
      const table = tableOf(list)
      const placed: Placed[] = []
      const cluster: ReferenceCluster = { nodes: list, placed, namespaces: NAMESPACES }
      for (const { shape: item, at, isLeaving } of before) {
        const where = list[at % list.length]!
        placed.push({ pod: item.pod, node: where, isLeaving })
        table.assume(table.rowOf(where.name)!, item.request, isLeaving)
      }
      for (const { shape: item, count } of wanted) {
        const { pod, request } = item
        const placement = new Placement(request, table, ownPods(placed, pod.owner, table))
        for (let i = 0; i < count; i++) {
          const expected = chooseNode(cluster, pod, hash32(request.classKey))
          const row = placement.best()
          assert.is(row === null ? null : table.names[row], expected?.name ?? null)
          if (row === null || expected === null) break
          table.assume(row, request)
          placement.placed(row)
          placed.push({ pod, node: expected, isLeaving: false })
        }
      }
    }),
    { numRuns: 1500, seed: 90125 },
  )
})

placements('a pod fits after others went exactly when it fits in a table without them', () => {
  fc.assert(
    fc.property(nodes, existing, shape, fc.nat(11), (list, before, item, at) => {
      const table = tableOf(list)
      const fresh = tableOf(list)
      const row = at % list.length
      const gone = []
      for (const [i, { shape: other, at: where, isLeaving }] of before.entries()) {
        const on = where % list.length
        table.assume(on, other.request, isLeaving)
        if (on === row && i % 2 === 0) gone.push({ request: other.request, isLeaving })
        else fresh.assume(on, other.request, isLeaving)
      }
      assert.is(fitsAfter(item.request, table, row, gone), fitsAfter(item.request, fresh, row, []))
      // Asking leaves no trace.
      const again = new DryRun(item.request, table)
      const first = again.refusal(row)
      for (const pod of gone) again.remove(row, pod)
      for (const pod of gone) again.restore(row, pod)
      assert.equal(again.refusal(row), first)
    }),
    { numRuns: 500, seed: 90125 },
  )
})

placements.run()
