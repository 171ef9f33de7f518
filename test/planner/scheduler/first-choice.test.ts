/**
 * Pods of owners that have no other pods: the row found without groups is the one that a scheduler finds which looks at
 * every node, and the one that groups give, whatever nodes, amounts, profiles and images there are.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hash32 } from '../../../src/base/hash.js'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import { refusalOf } from '../../../src/planner/scheduler/dry-run.js'
import { NodeTable } from '../../../src/planner/scheduler/node-table.js'
import { Placement } from '../../../src/planner/scheduler/placement.js'
import { defaultProfile, type Profile } from '../../../src/planner/scheduler/profile.js'
import { makeRequest, type ScheduleRequest } from '../../../src/planner/scheduler/request.js'
import { nextBetter, SCORE } from '../../../src/planner/scheduler/room.js'
import { balancedAllocation } from '../../../src/planner/scheduler/scores/balanced-allocation.js'
import { resourceFit } from '../../../src/planner/scheduler/scores/resource-fit.js'
import { chooseNode, type Placed, type ReferenceNode } from './reference.js'

const MIB = 1024 ** 2
const NOBODY: ReadonlyMap<number, number> = new Map()

/** Round amounts make scores that are whole without rounding, others do not. */
const cpu = fc.oneof(fc.constantFrom(0, 40, 100, 250, 1_000), fc.integer({ min: 1, max: 400 }))
const memory = fc.oneof(fc.constantFrom(0, 64 * MIB, 512 * MIB), fc.integer({ min: 1, max: 600 * MIB }))
const pod = fc.record({
  cpu,
  memory,
  isTolerant: fc.boolean(),
  zones: fc.constantFrom(null, null, ['z1'], ['z1', 'z2']),
  image: fc.constantFrom('here:1', 'there:1'),
})

const node = fc.record({
  zone: fc.constantFrom('z1', 'z2', 'z3'),
  cpu: fc.oneof(fc.constantFrom(1_000, 4_000), fc.integer({ min: 1, max: 5_000 })),
  memory: fc.oneof(fc.constantFrom(1_024 * MIB, 4_096 * MIB), fc.integer({ min: 1, max: 4_096 * MIB })),
  podsMax: fc.constantFrom(1, 5, 20),
  taint: fc.constantFrom('', '', '', 'NoSchedule'),
  isUnschedulable: fc.constantFrom(false, false, false, false, true),
  images: fc.constantFrom([], [], ['here:1'], ['here:1', 'there:1']),
})

type NodeShape = typeof node extends fc.Arbitrary<infer T> ? T : never
type PodShape = typeof pod extends fc.Arbitrary<infer T> ? T : never

const nodes = fc.record({ list: fc.array(node, { minLength: 1, maxLength: 30 }), hasZones: fc.boolean() })

function labelsOf(i: number, { zone }: NodeShape, hasZones: boolean): Readonly<Record<string, string>> {
  return { 'kubernetes.io/hostname': `n${i}`, z: zone, ...(hasZones && { 'topology.kubernetes.io/zone': zone }) }
}

function setNode(table: NodeTable, i: number, shape: NodeShape, hasZones: boolean, withImages: boolean): void {
  table.setNode({
    name: `n${i}`,
    isOpen: true,
    isUnschedulable: shape.isUnschedulable,
    labels: labelsOf(i, shape, hasZones),
    taints: shape.taint === '' ? [] : [{ key: 'spot', effect: shape.taint }],
    cpuMilli: shape.cpu,
    memoryBytes: shape.memory,
    ephemeralStorageBytes: 0,
    podsMax: shape.podsMax,
    extended: {},
    images: new Map(withImages ? shape.images.map((name) => [`docker.io/library/${name}`, 900 * MIB]) : []),
  })
}

function specOf(item: PodShape): PodSpec {
  const requests = {
    ...(item.cpu > 0 && { cpu: `${item.cpu}m` }),
    ...(item.memory > 0 && { memory: `${item.memory}` }),
  }
  const expressions = item.zones === null ? null : [{ key: 'z', operator: 'In', values: item.zones }]
  return {
    containers: [{ name: 'main', image: item.image, resources: { requests } }],
    ...(item.isTolerant && { tolerations: [{ key: 'spot', operator: 'Exists' }] }),
    ...(expressions && {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: expressions }] },
        },
      },
    }),
  }
}

const firstChoice = suite('first choice')

firstChoice('single pods go where a scheduler that looks at every node puts them', () => {
  fc.assert(
    fc.property(nodes, fc.array(pod, { maxLength: 25 }), ({ list, hasZones }, pods) => {
      const table = new NodeTable()
      for (const [i, shape] of list.entries()) setNode(table, i, shape, hasZones, false)
      const known: ReferenceNode[] = list.map((shape, i) => ({
        ...shape,
        name: `n${i}`,
        labels: labelsOf(i, shape, hasZones),
        taints: shape.taint === '' ? [] : [{ key: 'spot', effect: shape.taint }],
      }))
      const placed: Placed[] = []
      for (const [i, item] of pods.entries()) {
        const spec = specOf(item)
        const request = makeRequest(spec)
        const reference = { owner: `o${i}`, namespace: '', labels: {}, cpu: item.cpu, memory: item.memory, spec }
        const cluster = { nodes: known, placed, namespaces: new Map() }
        const expected = chooseNode(cluster, reference, hash32(request.classKey))
        const row = new Placement(request, table, NOBODY).best()
        assert.is(row === null ? null : table.names[row], expected?.name ?? null)
        if (row === null || expected === null) continue
        table.assume(row, request)
        placed.push({ pod: reference, node: expected, isLeaving: false })
      }
    }),
    { numRuns: 600, seed: 90125 },
  )
})

const profile: fc.Arbitrary<Profile> = fc
  .record({
    type: fc.constantFrom('LeastAllocated', 'LeastAllocated', 'MostAllocated'),
    weights: fc.constantFrom(
      {},
      { NodeResourcesFit: 0 },
      { NodeResourcesBalancedAllocation: 0 },
      { NodeResourcesFit: 7, NodeResourcesBalancedAllocation: 3, ImageLocality: 0 },
      { NodeResourcesFit: 0.5 },
    ),
    balancedResources: fc.constantFrom(['cpu', 'memory'], ['memory', 'cpu'], ['memory', 'ephemeral-storage']),
  })
  .map(({ type, weights, balancedResources }) => ({
    ...defaultProfile,
    balancedResources,
    weights: { ...defaultProfile.weights, ...weights },
    strategy: { ...defaultProfile.strategy, type: type as Profile['strategy']['type'] },
  }))

/** A pod that is there already may ask for more than its node has. */
const present = fc.array(fc.record({ at: fc.nat(29), cpu: fc.constantFrom(0, 900, 6_000), memory }), { maxLength: 8 })
/** A node may lose what it had. */
const shrunk = fc.array(fc.record({ at: fc.nat(29), cpu: fc.constantFrom(0, 10), memory: fc.constantFrom(0, MIB) }), {
  maxLength: 3,
})

firstChoice('groups give the same row, also on nodes that are too full or have nothing, and with any profile', () => {
  fc.assert(
    fc.property(
      nodes,
      present,
      shrunk,
      fc.array(pod, { maxLength: 12 }),
      profile,
      (cluster, before, less, pods, by) => {
        const { list, hasZones } = cluster
        const table = new NodeTable()
        for (const [i, shape] of list.entries()) setNode(table, i, shape, hasZones, true)
        for (const item of before)
          table.assume(
            item.at % list.length,
            makeRequest(specOf({ isTolerant: false, zones: null, image: 'here:1', ...item })),
          )
        for (const { at, cpu: few, memory: little } of less)
          setNode(table, at % list.length, { ...list[at % list.length]!, cpu: few, memory: little }, hasZones, true)
        if (list.length > 3) table.removeNode('n2')
        for (const item of pods) {
          const request = makeRequest(specOf(item))
          const alone = new Placement(request, table, NOBODY, by)
          const grouped = new Placement(request, table, NOBODY, by, true)
          const row = grouped.best()
          assert.is(alone.best(), row)
          if (row === null) continue
          // A row that is refused after all, and pods that follow.
          if (item.isTolerant) {
            alone.refuse()
            grouped.refuse()
            assert.is(alone.best(), grouped.best())
          }
          for (let next = grouped.best(), i = 0; next !== null && i < 3; next = grouped.best(), i++) {
            assert.is(alone.best(), next)
            table.assume(next, request)
            alone.placed(next)
            grouped.placed(next)
          }
          assert.is(alone.best(), grouped.best())
        }
      },
    ),
    { numRuns: 600, seed: 90125 },
  )
})

/** Of one resource, in hundredths of what a whole node has, so that many scores come out whole. */
const resource = fc.record({
  unit: fc.integer({ min: 1, max: 400 }),
  all: fc.constantFrom(0, 100, 100, 100),
  asked: fc.integer({ min: 0, max: 130 }),
  wanted: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
})
const ANY_NODE: NodeShape = {
  zone: 'z1',
  cpu: 0,
  memory: 0,
  podsMax: 20,
  taint: '',
  isUnschedulable: false,
  images: [],
}

function asking(cpuMilli: number, memoryBytes: number): ScheduleRequest {
  return makeRequest(specOf({ isTolerant: false, zones: null, image: 'here:1', cpu: cpuMilli, memory: memoryBytes }))
}

firstChoice('the search over rows puts none that fits below what the plug-ins say, but those it calls odd', () => {
  fc.assert(
    fc.property(resource, resource, (forCpu, forMemory) => {
      const table = new NodeTable()
      const size = { cpu: forCpu.unit * forCpu.all, memory: forMemory.unit * forMemory.all }
      setNode(table, 0, { ...ANY_NODE, ...size }, true, false)
      table.assume(0, asking(forCpu.unit * forCpu.asked, forMemory.unit * forMemory.asked))
      const request = asking(forCpu.unit * forCpu.wanted, forMemory.unit * forMemory.wanted)
      if (refusalOf(request, table, 0).status !== 'fits' || table.oddRows.has(0)) return
      const evaluation = { request, nodes: table, own: NOBODY, profile: defaultProfile }
      const balanced = balancedAllocation.prepare(evaluation)
      const score = (resourceFit.prepare(evaluation)?.score(0) ?? 0) + (balanced?.score(0) ?? 0)
      const { room, nameHash, count } = table
      const search = { room, nameHash, count, request, weights: { least: 1, balanced: balanced ? 1 : 0 }, seed: 7 }
      const key = score * SCORE - Math.imul(nameHash[0]! ^ 7, 0x9e3779b1)
      assert.is(nextBetter(search, 0, key), 0)
      // Nor more than a balance that is whole by a hair puts it above.
      assert.is(nextBetter(search, 0, key + 2 * SCORE), -1)
    }),
    { numRuns: 20_000, seed: 90125 },
  )
})

firstChoice.run()
