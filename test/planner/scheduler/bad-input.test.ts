/**
 * Input that makes no sense, behind validation: impossible rules, rules that contradict each other, unknown keys, amounts
 * that are no numbers, thousands of terms. It ends in a placement that all filters allow or in a diagnosis, the table is as
 * before when all pods are gone, and work grows with the input, not with its square: looks at labels are counted.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodSpec, Taint, Toleration } from '../../../src/model/generated/kubernetes.js'
import type { Labels } from '../../../src/model/selector.js'
import { diagnose, renderDiagnosis } from '../../../src/planner/scheduler/diagnosis.js'
import { DryRun } from '../../../src/planner/scheduler/dry-run.js'
import type { NodeTable } from '../../../src/planner/scheduler/node-table.js'
import { Placement } from '../../../src/planner/scheduler/placement.js'
import { defaultProfile, type Profile } from '../../../src/planner/scheduler/profile.js'
import type { ScheduleRequest } from '../../../src/planner/scheduler/request.js'
import { type CaseNode, type CasePod, inZone, requestOf, tableOf } from './case-world.js'
import { podTerm } from './filters/inter-pod-affinity-cases.js'
import { termOf } from './filters/node-affinity-cases.js'
import { spreadOver } from './filters/topology-spread-cases.js'

const NODES = { ...inZone('a', 'zone1'), ...inZone('b', 'zone1'), ...inZone('c', 'zone2') }
const AFFINITY = "3 node(s) didn't match Pod's node affinity/selector"
const badInput = suite('bad input')

function required(...terms: readonly string[]): CasePod {
  return {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms.map(termOf) } },
    },
  }
}

function together(near: readonly string[], far: readonly string[]): CasePod {
  return {
    labels: { app: 'web' },
    affinity: {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near.map(podTerm) },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: far.map(podTerm) },
    },
  }
}

interface Row {
  readonly name: string
  readonly pod: CasePod
  /** Of the same pods, that are there. */
  readonly present?: number
  /** After `0/3 nodes are available: `. */
  readonly says: string
  /** What keeps it from the nearest node; where it is told of another node, nothing. */
  readonly nearest?: string
}

const rows: readonly Row[] = [
  {
    name: 'one label with two values',
    pod: required('zone In zone1 & zone In zone2'),
    says: AFFINITY,
    nearest: 'a does not match zone In (zone2)',
  },
  {
    name: 'a value and not that value',
    pod: required('zone In zone1 & zone NotIn zone1'),
    says: AFFINITY,
    nearest: 'a does not match zone NotIn (zone1)',
  },
  {
    name: 'a label that is there and is not',
    pod: required('zone Exists & zone DoesNotExist'),
    says: AFFINITY,
    nearest: 'a does not match zone DoesNotExist',
  },
  {
    name: 'a selector against affinity',
    pod: { ...required('zone In zone1'), nodeSelector: { zone: 'zone2' } },
    says: AFFINITY,
    nearest: 'a lacks the label zone=zone2',
  },
  {
    name: 'an operator nobody knows',
    pod: required('zone Like zone1'),
    says: AFFINITY,
    nearest: 'a does not match zone Like (zone1)',
  },
  {
    name: 'above and below one number',
    pod: required('node Gt 5 & node Lt 6'),
    says: AFFINITY,
    nearest: 'a does not match node Gt (5), does not match node Lt (6)',
  },
  { name: 'no terms at all', pod: required(), says: AFFINITY },
  {
    name: 'a label of every JavaScript object',
    pod: required('constructor Exists'),
    says: AFFINITY,
    nearest: 'a does not match constructor Exists',
  },
  {
    name: 'a node by name that the selector leaves out',
    pod: { nodeName: 'c', nodeSelector: { zone: 'zone1' } },
    says: "1 node(s) didn't match Pod's node affinity/selector, 2 node(s) didn't match the requested node name",
    nearest: 'c lacks the label zone=zone1',
  },
  {
    name: 'near its own kind and far from it, the second pod',
    pod: together(['zone: app In web'], ['zone: app In web']),
    present: 1,
    says: "1 node(s) didn't match pod affinity rules, 2 node(s) didn't match pod anti-affinity rules",
    nearest:
      'a has pods in zone=zone1 that its anti-affinity keeps it away from, has pods in zone=zone1 whose anti-affinity keeps it away',
  },
  {
    name: 'near what is nowhere',
    pod: together(['zone: app In nobody'], []),
    says: "3 node(s) didn't match pod affinity rules",
    nearest: 'a has no pod in zone=zone1 that its affinity asks for',
  },
  {
    name: 'affinity by a key that no node has',
    pod: together(['rack: app In web'], []),
    says: "3 node(s) didn't match pod affinity rules",
    nearest: 'a lacks the label rack',
  },
  {
    name: 'a topology key of every JavaScript object',
    pod: { labels: 'foo', topologySpreadConstraints: [spreadOver('constructor')] },
    says: "3 node(s) didn't match pod topology spread constraints (missing required label)",
    nearest: 'a lacks the label constructor',
  },
  {
    name: 'more domains than there are',
    pod: { labels: 'foo', topologySpreadConstraints: [spreadOver('zone', 'foo', { minDomains: 1e9 })] },
    present: 2,
    says: "3 node(s) didn't match pod topology spread constraints",
    nearest:
      'a would have 2 pods of the spread in zone=zone1, and may have 1 as long as there are fewer than 1000000000 such domains',
  },
  {
    name: 'more than any node has',
    pod: { asks: [{ cpu: '1e30', memory: '9'.repeat(400) }] },
    says: '3 Insufficient cpu, 3 Insufficient memory',
    nearest: `a lacks ${2 ** 52 - 64_000}m cpu and 4194240Gi memory`,
  },
  {
    name: 'a device that nobody has',
    pod: { asks: [{ 'example.com/gpu': 1 }] },
    says: '3 Insufficient example.com/gpu',
    nearest: 'a lacks 1 example.com/gpu',
  },
]

for (const { name, pod, present = 0, says, nearest } of rows)
  badInput(`waits with a reason: ${name}`, () => {
    const names = Object.keys(NODES)
    const held: Record<string, CasePod[]> = {}
    for (let i = 0; i < present; i++) held[names[2 * i]!] = [pod]
    const table = tableOf({ nodes: NODES, present: held })
    const request = requestOf(pod)
    assert.is(new Placement(request, table, new Map()).best(), null)
    const near = nearest === undefined ? '' : `; nearest: ${nearest}`
    assert.is(renderDiagnosis(diagnose(request, table)), `0/3 nodes are available: ${says}${near}`)
  })

badInput('amounts below zero ask for nothing, and nodes without numbers have nothing', () => {
  const broken = {
    cpuMilli: Number.NaN,
    memoryBytes: -5,
    podsMax: Number.POSITIVE_INFINITY,
    extended: { 'x.io/y': Number.NaN },
  }
  const table = tableOf({ nodes: { a: broken } })
  const greedy = requestOf({ asks: [{ cpu: '-5', memory: '-1Gi' }] })
  assert.equal([greedy.cpuMilli, greedy.memoryBytes, greedy.scoreCpuMilli], [0, 0, 0])
  assert.is(new Placement(greedy, table, new Map()).best(), 0)
  assert.is(new Placement(requestOf({ asks: [{ cpu: '1m' }] }), table, new Map()).best(), null)
  assert.is(new Placement(requestOf({ asks: [{ 'x.io/y': 1 }] }), table, new Map()).best(), null)
})

type PlainTerm = {
  readonly matchExpressions: readonly {
    readonly key: string
    readonly operator: string
    readonly values: readonly string[]
  }[]
}

/** What a decoder might let through one day. */
const text = fc.constantFrom('', 'a', 'zone', 'node', 'NaN', '-1', '__proto__', 'constructor', 'kubernetes.io/hostname')
const number = fc.constantFrom(0, -1, 1, 3, 1e18, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
const labels: fc.Arbitrary<Labels> = fc.dictionary(text, text, { maxKeys: 3 })
const operator = fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'Like', '')
const expression = fc.record({ key: text, operator, values: fc.array(text, { maxLength: 2 }) })
const expressions = fc.array(expression, { maxLength: 2 })
const selector = fc.option(fc.record({ matchLabels: labels, matchExpressions: expressions }), { nil: undefined })
const term = fc.record({
  topologyKey: text,
  labelSelector: selector,
  namespaceSelector: selector,
  namespaces: fc.array(text, { maxLength: 1 }),
  matchLabelKeys: fc.array(text, { maxLength: 1 }),
  mismatchLabelKeys: fc.array(text, { maxLength: 1 }),
})
const terms = fc.array(term, { maxLength: 2 })
const weighted = fc.array(fc.record({ weight: number, podAffinityTerm: term }), { maxLength: 2 })
const nodeTerm = fc.record({ matchExpressions: expressions, matchFields: expressions })
const effect = fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute', 'Sometimes', '')
const taint: fc.Arbitrary<Taint> = fc.record({ key: text, value: text, effect })
const toleration: fc.Arbitrary<Toleration> = fc.record({
  key: text,
  operator: fc.constantFrom('Equal', 'Exists', 'Gt', ''),
  value: text,
  effect,
})
const constraint = fc.record({
  maxSkew: number,
  minDomains: number,
  topologyKey: text,
  whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway', 'Maybe'),
  labelSelector: selector,
  nodeAffinityPolicy: fc.constantFrom('Honor', 'Ignore', 'Perhaps'),
  nodeTaintsPolicy: fc.constantFrom('Honor', 'Ignore'),
})
const quantity = fc.constantFrom('0', '-1', '100m', '100m', '1', '1e30', '9'.repeat(400))
const port = fc.record({ containerPort: number, hostPort: number, hostIP: text, protocol: text })
/** Now and then: a pod with all of this at once fits nowhere. */
function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc
    .option(arbitrary, { nil: undefined, freq: 1 })
    .chain((value) => fc.constantFrom(value, undefined, undefined))
}
const hostilePod = fc.record({
  labels,
  namespace: text,
  containers: fc.array(
    fc.record({
      name: text,
      image: text,
      ports: fc.array(port, { maxLength: 2 }),
      resources: fc.record({
        requests: fc.dictionary(fc.constantFrom('cpu', 'memory', 'x.io/y', 'constructor'), quantity),
      }),
    }),
    { maxLength: 2 },
  ),
  hostNetwork: fc.boolean(),
  nodeName: fc.constantFrom('', '', '', '', '', 'n0', 'nowhere'),
  nodeSelector: seldom(labels),
  tolerations: fc.array(toleration, { maxLength: 2 }),
  topologySpreadConstraints: seldom(fc.array(constraint, { maxLength: 2 })),
  affinity: fc.record({
    nodeAffinity: fc.record({
      preferredDuringSchedulingIgnoredDuringExecution: fc.array(fc.record({ weight: number, preference: nodeTerm }), {
        maxLength: 2,
      }),
      requiredDuringSchedulingIgnoredDuringExecution: seldom(
        fc.record({ nodeSelectorTerms: fc.array(nodeTerm, { maxLength: 2 }) }),
      ),
    }),
    podAffinity: fc.record({
      requiredDuringSchedulingIgnoredDuringExecution: seldom(terms),
      preferredDuringSchedulingIgnoredDuringExecution: weighted,
    }),
    podAntiAffinity: fc.record({
      requiredDuringSchedulingIgnoredDuringExecution: seldom(terms),
      preferredDuringSchedulingIgnoredDuringExecution: weighted,
    }),
  }),
}) as unknown as fc.Arbitrary<CasePod & PodSpec>
const hostileNode: fc.Arbitrary<CaseNode> = fc.record({
  isOpen: fc.constantFrom(true, true, true, false),
  isUnschedulable: fc.constantFrom(false, false, true),
  labels,
  taints: fc.array(taint, { maxLength: 1 }),
  cpuMilli: fc.oneof(number, fc.constant(4_000)),
  memoryBytes: fc.oneof(number, fc.constant(2 ** 33)),
  podsMax: fc.constantFrom(Number.NaN, 2, 110),
  extended: fc.dictionary(fc.constantFrom('x.io/y', 'constructor'), number),
})
const profiles: readonly Profile[] = (['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'] as const).map(
  (type) => ({
    ...defaultProfile,
    strategy: { ...defaultProfile.strategy, type, shape: [{ utilization: 50, score: 10 }] },
  }),
)

/** Places up to four pods; each on a row that all filters allow, and where it stops there are reasons. */
function placeSome(request: ScheduleRequest, table: NodeTable, profile: Profile): number[] {
  const own = new Map<number, number>()
  const placement = new Placement(request, table, own, profile)
  const placed: number[] = []
  for (let i = 0; i < 4; i++) {
    const row = placement.best()
    if (row === null) {
      const { reasons, nodes } = diagnose(request, table, new Map(), profile)
      assert.ok(nodes === 0 || reasons.reduce((sum, { count }) => sum + count, 0) >= nodes, 'every node says why')
      break
    }
    assert.ok(new DryRun(request, table, profile).fits(row), 'all filters allow the row')
    table.assume(row, request)
    placement.placed(row)
    placed.push(row)
  }
  return placed
}

const plainTerm = fc
  .array(
    fc.record({
      key: fc.constantFrom('zone', 'node', 'rack', 'disk'),
      operator: fc.constantFrom('In', 'In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt'),
      values: fc.array(fc.constantFrom('zone1', 'zone2', 'a', 'c', '5'), { maxLength: 2 }),
    }),
    { maxLength: 2 },
  )
  .map((matchExpressions) => ({ matchExpressions }))

badInput('many alternatives let in what each of them does', () => {
  const table = tableOf({ nodes: { ...NODES, ...inZone('5', 'zone2', { disk: '7' }) } })
  const fits = (nodeSelectorTerms: readonly PlainTerm[], row: number): boolean => {
    const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } }
    return new DryRun(requestOf({ affinity: { nodeAffinity } }), table).fits(row)
  }
  fc.assert(
    fc.property(fc.array(plainTerm, { minLength: 15, maxLength: 20 }), (terms) => {
      for (let row = 0; row < table.count; row++)
        assert.is(
          fits(terms, row),
          terms.some((item) => fits([item], row)),
        )
    }),
    { numRuns: 200, seed: 3 },
  )
})

badInput('random clusters: a placement or a diagnosis, and nothing is left behind', () => {
  let somewhere = 0
  let nowhere = 0
  fc.assert(
    fc.property(
      fc.array(hostileNode, { maxLength: 6 }),
      fc.array(hostilePod, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...profiles),
      (nodes, pods, profile) => {
        const table = tableOf({ nodes: Object.fromEntries(nodes.map((node, i) => [`n${i}`, node])) })
        const counted: (readonly [number, ScheduleRequest])[] = []
        for (const pod of pods) {
          const request = requestOf(pod)
          const placed = placeSome(request, table, profile)
          if (placed.length > 0) somewhere += 1
          else nowhere += 1
          for (const row of placed) counted.push([row, request])
        }
        for (const [row, request] of counted) table.forget(row, request)
        for (const column of [
          table.cpuRequested,
          table.cpuScored,
          table.memoryRequested,
          table.memoryScored,
          table.podsCount,
        ])
          assert.ok(column.every((amount) => amount === 0))
        assert.ok(table.hostPorts.every((ports) => ports.length === 0))
      },
    ),
    { numRuns: 400, seed: 1_984 },
  )
  assert.ok(somewhere > 100 && nowhere > 100, `${somewhere} placed, ${nowhere} not`)
})

/** Labels that count how often anyone looks at them. */
function counting(labels: Labels, count: () => void): Labels {
  return new Proxy(labels, {
    getOwnPropertyDescriptor(target, key) {
      count()
      return Reflect.getOwnPropertyDescriptor(target, key)
    },
  })
}

/** Looks at labels of 20 nodes and 20 kinds of pods, and at domains, until three pods with so many terms are placed. */
function looksFor(termCount: number, wants: (termCount: number) => CasePod): number {
  let looks = 0
  const count = (): void => {
    looks += 1
  }
  const nodes = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [
      `n${i}`,
      { labels: counting({ zone: `z${i % 3}`, [`own-${i}`]: '' }, count) },
    ]),
  )
  const present = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`n${i}`, [{ labels: { app: `other-${i}` } }]]),
  )
  const table = tableOf({ nodes, present })
  const request = requestOf(wants(termCount))
  const topology = table.topology.bind(table)
  table.topology = (key) => {
    count()
    return topology(key)
  }
  looks = 0
  const watched = { ...request, labels: counting(request.labels, count) }
  const placement = new Placement(watched, table, new Map())
  for (let i = 0; i < 3; i++) {
    const row = placement.best()
    assert.is.not(row, null)
    table.assume(row!, watched)
    placement.placed(row!)
  }
  return looks
}

const many = (count: number, make: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => make(i))
const shapes: readonly (readonly [string, (count: number) => CasePod])[] = [
  [
    'anti-affinity',
    (count) =>
      together(
        [],
        many(count, (i) => `zone: app In absent-${i}`),
      ),
  ],
  [
    'affinity',
    (count) =>
      together(
        many(count, () => 'zone: app In web'),
        [],
      ),
  ],
  ['node affinity', (count) => required(...many(count, (i) => `zone In z9|z${i % 3}`))],
  [
    'spread',
    (count) => ({
      labels: 'foo',
      topologySpreadConstraints: many(count, () => 'zone').map((key) => spreadOver(key, 'foo', { maxSkew: 5 })),
    }),
  ],
]
for (const [name, wants] of shapes)
  badInput(`10,000 terms of ${name} cost ten times what 1,000 do`, () => {
    const few = looksFor(1_000, wants)
    const all = looksFor(10_000, wants)
    // Linear, with what does not depend on the terms on top.
    assert.ok(all <= 10 * few + 1_000, `${all} looks for 10,000 terms, ${few} for 1,000`)
    assert.ok(all <= 10_000 * 30, `${all} looks`)
  })

badInput.run()
