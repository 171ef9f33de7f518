/**
 * Rules over several pods and nodes, on worked cases (Kubernetes: semantics §3.4 to §3.8; figures of the kind of
 * Kubernetes' own scoring and filtering tests, Apache-2.0, re-typed), profiles, and input that makes no sense.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultClusterConfiguration } from '../../../src/model/cluster-configuration.js'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import { profileOf } from '../../../src/planner/scheduler/configured-profile.js'
import { diagnose, renderDiagnosis } from '../../../src/planner/scheduler/diagnosis.js'
import { refusalOf } from '../../../src/planner/scheduler/dry-run.js'
import { NodeTable } from '../../../src/planner/scheduler/node-table.js'
import { Placement } from '../../../src/planner/scheduler/placement.js'
import { defaultProfile, type Profile } from '../../../src/planner/scheduler/profile.js'
import { makeRequest, type ScheduleRequest } from '../../../src/planner/scheduler/request.js'
import { resourceFit } from '../../../src/planner/scheduler/scores/resource-fit.js'
import { spreadPreference } from '../../../src/planner/scheduler/scores/spread-preference.js'

const ZONE = 'topology.kubernetes.io/zone'
const NONE: ReadonlyMap<number, number> = new Map()

function tableOf(zones: readonly string[], cpuMilli = 4_000, memoryBytes = 10_000): NodeTable {
  const table = new NodeTable()
  zones.forEach((zone, i) => {
    table.setNode({
      name: `n${i}`,
      isOpen: true,
      isUnschedulable: false,
      labels: { 'kubernetes.io/hostname': `n${i}`, ...(zone && { [ZONE]: zone }) },
      taints: [],
      cpuMilli,
      memoryBytes,
      ephemeralStorageBytes: 0,
      podsMax: 110,
      extended: {},
      images: new Map(),
    })
  })
  return table
}

function request(
  spec: Partial<PodSpec> = {},
  app = 'a',
  requests: Readonly<Record<string, string>> = {},
): ScheduleRequest {
  const container = { name: 'main', image: 'demo:1', resources: { requests } }
  return makeRequest({ containers: [container], ...spec }, { namespace: 'default', labels: { app } })
}

function spread(whenUnsatisfiable: string, change: object = {}, topologyKey = ZONE): Partial<PodSpec> {
  const labelSelector = { matchLabels: { app: 'a' } }
  return { topologySpreadConstraints: [{ maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector, ...change }] }
}

function anti(topologyKey = ZONE, app = 'a'): Partial<PodSpec> {
  const term = { topologyKey, labelSelector: { matchLabels: { app } } }
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
}

function together(app: string, topologyKey = ZONE): Partial<PodSpec> {
  const term = { topologyKey, labelSelector: { matchLabels: { app } } }
  return { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
}

const rules = suite('rules')

rules('soft spread: zones with 1, 3 and 5 pods are 100, 62 and 25', () => {
  const table = tableOf(['x', 'y', 'z'])
  const pod = request(spread('ScheduleAnyway'))
  ;[1, 3, 5].forEach((count, row) => {
    for (let i = 0; i < count; i++) table.assume(row, pod)
  })
  const score = spreadPreference.prepare({ request: pod, nodes: table, own: NONE, profile: defaultProfile })
  const scores = new Float64Array(3)
  score?.score(new Int32Array([0, 1, 2]), new Int32Array([1, 1, 1]), 3, scores)
  assert.equal([...scores], [100, 62, 25])
})

interface HardRow {
  readonly name: string
  /** Pods that are there, by row; the zones are x, x, y, z. */
  readonly pods: readonly number[]
  readonly change?: object
  readonly fits: readonly boolean[]
}

const hardRows: readonly HardRow[] = [
  { name: 'the emptiest zone', pods: [1, 0, 1, 0], fits: [false, false, false, true] },
  { name: 'equal zones', pods: [1, 0, 1, 1], fits: [true, true, true, true] },
  { name: 'a larger skew', pods: [1, 0, 1, 0], change: { maxSkew: 2 }, fits: [true, true, true, true] },
  {
    name: 'zones enough for minDomains',
    pods: [1, 0, 1, 1],
    change: { minDomains: 3 },
    fits: [true, true, true, true],
  },
  {
    name: 'a zone short of minDomains',
    pods: [1, 0, 1, 1],
    change: { minDomains: 4 },
    fits: [false, false, false, false],
  },
]
for (const { name, pods, change, fits } of hardRows)
  rules(`hard spread: ${name}`, () => {
    const table = tableOf(['x', 'x', 'y', 'z'])
    const pod = request(spread('DoNotSchedule', change))
    pods.forEach((count, row) => {
      for (let i = 0; i < count; i++) table.assume(row, pod)
    })
    assert.equal(
      fits.map((_, row) => refusalOf(pod, table, row).status === 'fits'),
      fits,
    )
  })

rules(
  'hard spread: pods that are to stop and pods of other namespaces do not count, a missing key is unresolvable',
  () => {
    const table = tableOf(['x', 'y', ''])
    const pod = request(spread('DoNotSchedule'))
    table.assume(0, pod, true)
    table.assume(0, makeRequest({ containers: [] }, { namespace: 'other', labels: { app: 'a' } }))
    assert.is(refusalOf(pod, table, 0).status, 'fits')
    assert.equal(refusalOf(pod, table, 2), {
      status: 'unresolvable',
      reasons: ["node(s) didn't match pod topology spread constraints (missing required label)"],
    })
    table.forget(0, pod, true)
    table.assume(0, pod)
    assert.is(refusalOf(pod, table, 0).status, 'unschedulable')
  },
)

rules('anti-affinity holds both ways, and for pods that are to stop', () => {
  const table = tableOf(['x', 'x', 'y'])
  const shy = request(anti())
  table.assume(0, shy, true)
  assert.equal(refusalOf(shy, table, 1), {
    status: 'unschedulable',
    reasons: ["node(s) didn't match pod anti-affinity rules"],
  })
  assert.equal(refusalOf(request(), table, 1), {
    status: 'unschedulable',
    reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"],
  })
  assert.is(refusalOf(request({}, 'b'), table, 1).status, 'fits')
  assert.is(refusalOf(shy, table, 2).status, 'fits')
})

rules('affinity: the first of its kind goes anywhere, the next one to its zone; others wait', () => {
  const table = tableOf(['x', 'y', ''])
  const pod = request(together('a'))
  assert.is(refusalOf(pod, table, 0).status, 'fits')
  assert.is(refusalOf(pod, table, 2).status, 'unresolvable')
  assert.is(refusalOf(request(together('b')), table, 0).status, 'unresolvable')
  table.assume(1, pod)
  assert.is(refusalOf(pod, table, 1).status, 'fits')
  assert.equal(refusalOf(pod, table, 0).reasons, ["node(s) didn't match pod affinity rules"])
})

rules('namespaces are selected by their labels, also after these changed', () => {
  const table = tableOf(['x', 'y'])
  const term = { topologyKey: ZONE, namespaceSelector: { matchLabels: { team: 't' } }, labelSelector: {} }
  const pod = request({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } })
  table.assume(0, makeRequest({ containers: [] }, { namespace: 'other', labels: {} }))
  assert.is(refusalOf(pod, table, 0).status, 'fits')
  table.setNamespaces(new Map([['other', { team: 't' }]]))
  assert.is(refusalOf(pod, table, 0).status, 'unschedulable')
  table.setNamespaces(new Map())
  assert.is(refusalOf(pod, table, 0).status, 'fits')
})

rules('a pod goes where its bound volume is', () => {
  const table = tableOf(['x', 'y'])
  const volumeTerms = [[{ matchExpressions: [{ key: ZONE, operator: 'In', values: ['y'] }] }]]
  const pod = { ...request(), volumeTerms }
  assert.equal(refusalOf(pod, table, 0), {
    status: 'unresolvable',
    reasons: ["node(s) didn't match PersistentVolume's node affinity"],
  })
  assert.is(refusalOf(pod, table, 1).status, 'fits')
})

rules('matchLabelKeys counts a revision by itself', () => {
  const table = tableOf(['x', 'y'])
  const template = (image: string): ScheduleRequest =>
    makeRequest(
      { containers: [{ name: 'main', image }], ...spread('DoNotSchedule', { matchLabelKeys: ['pod-template-hash'] }) },
      { namespace: 'default', labels: { app: 'a' } },
    )
  table.assume(0, template('demo:1'))
  assert.is(refusalOf(template('demo:1'), table, 0).status, 'unschedulable')
  assert.is(refusalOf(template('demo:2'), table, 0).status, 'fits')
})

function withStrategy(type: 'MostAllocated' | 'RequestedToCapacityRatio'): Profile {
  const shape = [
    { utilization: 0, score: 0 },
    { utilization: 100, score: 10 },
  ]
  return { ...defaultProfile, strategy: { ...defaultProfile.strategy, type, shape } }
}

// 4000m and 10000 with 3000m and 5000 asked for.
for (const [type, score] of [
  ['MostAllocated', 62],
  ['RequestedToCapacityRatio', 63],
] as const)
  rules(`${type} of 75 % and 50 % is ${score}`, () => {
    const pod = request({}, 'a', { cpu: '3', memory: '5000' })
    const evaluation = { request: pod, nodes: tableOf(['x']), own: NONE, profile: withStrategy(type) }
    assert.is(resourceFit.prepare(evaluation)?.score(0), score)
  })

rules('a profile of the cluster packs where the default spreads', () => {
  const schedulerProfiles = [
    {
      schedulerName: 'packing',
      weights: { PodTopologySpread: 0, NodeResourcesBalancedAllocation: 0 },
      scoringStrategy: { type: 'MostAllocated' as const },
    },
  ]
  const configuration = { ...defaultClusterConfiguration, schedulerProfiles }
  const used = (name: string): number => {
    const table = tableOf(['x', 'y', 'z'], 8_000, 64e9)
    const pod = request({ schedulerName: name }, 'a', { cpu: '500m', memory: '1Gi' })
    const placement = new Placement(pod, table, NONE, profileOf(configuration, name) ?? defaultProfile)
    const rows = new Set<number>()
    for (let i = 0; i < 6; i++) {
      const row = placement.best()!
      table.assume(row, pod)
      placement.placed(row)
      rows.add(row)
    }
    return rows.size
  }
  assert.is(used('packing'), 1)
  assert.is(used('default-scheduler'), 3)
  assert.is(profileOf(configuration, 'nobody'), null)
})

/** What a decoder might let through one day: nothing of it may throw or hang. */
const anyText = fc.constantFrom('', 'a', ZONE, 'NaN', '-1', '__proto__', 'constructor')
const anyNumber = fc.constantFrom(0, -1, 1, 1e18, Number.NaN, Number.POSITIVE_INFINITY)
const anySelector = fc.oneof(
  fc.constant(undefined),
  fc.record({
    matchLabels: fc.dictionary(anyText, anyText, { maxKeys: 2 }),
    matchExpressions: fc.array(
      fc.record({ key: anyText, operator: anyText, values: fc.array(anyText, { maxLength: 2 }) }),
      {
        maxLength: 2,
      },
    ),
  }),
)
const anyTerm = fc.record({
  topologyKey: anyText,
  labelSelector: anySelector,
  namespaces: fc.array(anyText, { maxLength: 2 }),
})

rules('input that makes no sense ends in a placement or a diagnosis', () => {
  fc.assert(
    fc.property(
      fc.array(anyTerm, { maxLength: 3 }),
      fc.array(anyTerm, { maxLength: 3 }),
      fc.array(
        fc.record({ maxSkew: anyNumber, minDomains: anyNumber, topologyKey: anyText, labelSelector: anySelector }),
        {
          maxLength: 3,
        },
      ),
      anyNumber,
      fc.constantFrom('0', '-1', '1e30', '100m'),
      (near, far, constraints, weight, cpu) => {
        const table = tableOf(['x', 'y', ''])
        const spec = {
          topologySpreadConstraints: constraints.map((item, i) => ({
            ...item,
            whenUnsatisfiable: i % 2 === 0 ? 'DoNotSchedule' : 'ScheduleAnyway',
          })),
          affinity: {
            nodeAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [{ weight, preference: {} }],
            },
            podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near },
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: far,
              preferredDuringSchedulingIgnoredDuringExecution: near.map((podAffinityTerm) => ({
                weight,
                podAffinityTerm,
              })),
            },
          },
        } as unknown as Partial<PodSpec>
        const pod = request(spec, 'a', { cpu })
        const placement = new Placement(pod, table, NONE)
        for (let i = 0; i < 4; i++) {
          const row = placement.best()
          if (row === null) break
          table.assume(row, pod)
          placement.placed(row)
        }
        assert.match(renderDiagnosis(diagnose(pod, table)), /^0\/3 nodes are available/)
      },
    ),
    { numRuns: 500, seed: 1984 },
  )
})

rules.run()
