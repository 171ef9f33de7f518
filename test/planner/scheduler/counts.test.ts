/**
 * Counts kept while pods and nodes come and go equal counts made from nothing, swept or not; and what is kept for kinds of
 * pods that are gone does not grow for ever.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { LabelSelector, PodSpec } from '../../../src/model/generated/kubernetes.js'
import { DomainCounts } from '../../../src/planner/scheduler/domain-counts.js'
import { NodeTable } from '../../../src/planner/scheduler/node-table.js'
import { matchesTerm, type PodTerm } from '../../../src/planner/scheduler/pod-terms.js'
import { makeRequest, type ScheduleRequest } from '../../../src/planner/scheduler/request.js'
import { deployment, image, World } from '../world.js'

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const KEYS = [ZONE, HOSTNAME, 'nowhere']
const NAMESPACES = new Map([
  ['one', { team: 'a' }],
  ['two', { team: 'b' }],
])
const NODES = 5

const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  fc.constantFrom('a', 'b', 'c').map((app) => ({ matchLabels: { app } })),
  fc.constant({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] }),
  fc.constant({}),
)
const term = fc
  .record({ key: fc.constantFrom(...KEYS), selector, isSelected: fc.boolean() })
  .map(({ key, selector: labelSelector, isSelected }) => ({
    topologyKey: key,
    labelSelector,
    ...(isSelected && { namespaceSelector: { matchLabels: { team: 'b' } } }),
  }))

const request: fc.Arbitrary<ScheduleRequest> = fc
  .record({
    namespace: fc.constantFrom('one', 'two'),
    app: fc.constantFrom('a', 'b', 'c'),
    affinity: fc.array(term, { maxLength: 1 }),
    antiAffinity: fc.array(term, { maxLength: 1 }),
    preferred: fc.array(fc.record({ weight: fc.constantFrom(1, 7), podAffinityTerm: term }), { maxLength: 1 }),
  })
  .map(({ namespace, app, affinity, antiAffinity, preferred }) => {
    const spec: PodSpec = {
      containers: [{ name: 'main' }],
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: affinity,
          preferredDuringSchedulingIgnoredDuringExecution: preferred,
        },
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: antiAffinity },
      },
    }
    return makeRequest(spec, { namespace, labels: { app } })
  })

interface Counted {
  readonly node: string
  readonly request: ScheduleRequest
  readonly isLeaving: boolean
}

function setNode(table: NodeTable, i: number, zone: string): void {
  table.setNode({
    name: `n${i}`,
    isOpen: true,
    isUnschedulable: false,
    labels: { [HOSTNAME]: `n${i}`, ...(zone && { [ZONE]: zone }) },
    taints: [],
    cpuMilli: 1_000,
    memoryBytes: 1e9,
    ephemeralStorageBytes: 0,
    podsMax: 100,
    extended: {},
    images: new Map(),
  })
}

/** By row; rows without any are left out. */
function recount(table: NodeTable, pods: readonly Counted[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { node } of pods) {
    const row = table.rowOf(node)!
    counts.set(row, (counts.get(row) ?? 0) + 1)
  }
  return counts
}

function isMeant(terms: readonly PodTerm[], { namespace, labels }: ScheduleRequest): boolean {
  const ofNamespace = { ...NAMESPACES.get(namespace), 'kubernetes.io/metadata.name': namespace }
  return terms.every((item) => matchesTerm(item, { namespace, labels }, ofNamespace))
}

function sorted(counts: ReadonlyMap<number, number>): (readonly [number, number])[] {
  return [...counts].sort(([left], [right]) => left - right)
}

/** What the table says of everything that a class asks, against a count of all pods. */
function checkClass(table: NodeTable, pods: readonly Counted[], asking: ScheduleRequest): void {
  for (const { pods: meant, topologyKey } of [...asking.affinity, ...asking.antiAffinity, ...asking.preferred]) {
    const matcher = table.pods.matcher([meant])
    const matched = pods.filter((pod) => isMeant([meant], pod.request))
    const serving = matched.filter(({ isLeaving }) => !isLeaving)
    assert.equal(sorted(matcher.serving), sorted(recount(table, serving)))
    assert.equal(
      sorted(matcher.leaving),
      sorted(
        recount(
          table,
          matched.filter(({ isLeaving }) => isLeaving),
        ),
      ),
    )
    const counts = new DomainCounts(table, topologyKey)
    counts.addAll(matcher.serving)
    for (let row = 0; row < table.count; row++) {
      if (table.isUsed[row] === 0) continue
      const value = table.labels(row)[topologyKey]
      const there = serving.filter(({ node }) => table.labels(table.rowOf(node)!)[topologyKey] === value)
      assert.is(counts.at(row), value === undefined ? 0 : there.length)
    }
  }
  // Terms of pods that are there, which mean a pod of the class.
  const carried = table.pods
    .group(asking)
    .matchers.flatMap((matcher) => matcher.carried)
    .filter(({ rows }) => rows.size > 0)
  const expected = new Set<string>()
  for (const { request: other } of pods)
    for (const [type, list] of [
      ['affinity', other.affinity],
      ['anti-affinity', other.antiAffinity],
      ['preferred', other.preferred],
    ] as const)
      for (const { pods: meant, topologyKey, weight } of list)
        if (isMeant([meant], asking)) expected.add(`${type} ${meant.id} ${topologyKey} ${weight}`)
  assert.equal(
    carried.map((item) => `${item.type} ${item.matcher.terms[0]!.id} ${item.topologyKey} ${item.weight}`).sort(),
    [...expected].sort(),
  )
  for (const item of carried) {
    const carriers = pods.filter(({ request: { affinity, antiAffinity, preferred } }) => {
      const list = { affinity, 'anti-affinity': antiAffinity, preferred }[item.type]
      return list.some(
        ({ pods: meant, topologyKey, weight }) =>
          meant.id === item.matcher.terms[0]!.id && topologyKey === item.topologyKey && weight === item.weight,
      )
    })
    assert.equal(sorted(item.rows), sorted(recount(table, carriers)))
  }
}

/** The kinds of pods of a run: the same ones come again. */
const kinds = fc.array(request, { minLength: 1, maxLength: 5 })

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('add' as const), kind: fc.nat(), at: fc.nat(), isLeaving: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('remove' as const), at: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('ask' as const), kind: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('sweep' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lose' as const), at: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('label' as const), at: fc.nat(), zone: fc.constantFrom('', 'z1', 'z2') }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('namespaces' as const) }) },
)

const counts = suite('counts')

counts('kept counts equal a recount, whatever comes, goes, is asked and is swept', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), kinds, (steps, requests) => {
      const table = new NodeTable()
      table.setNamespaces(NAMESPACES)
      for (let i = 0; i < NODES; i++) setNode(table, i, `z${i % 2}`)
      let pods: Counted[] = []
      for (const item of steps) {
        if (item.type === 'add') {
          const { at, kind, isLeaving } = item
          const pod = { node: `n${at % NODES}`, request: requests[kind % requests.length]!, isLeaving }
          table.assume(table.rowOf(pod.node)!, pod.request, isLeaving)
          pods.push(pod)
        } else if (item.type === 'remove' && pods.length > 0) {
          const [pod] = pods.splice(item.at % pods.length, 1)
          table.forget(table.rowOf(pod!.node)!, pod!.request, pod!.isLeaving)
        } else if (item.type === 'ask') checkClass(table, pods, requests[item.kind % requests.length]!)
        else if (item.type === 'sweep') table.sweep(true)
        else if (item.type === 'lose') {
          const i = item.at % NODES
          table.removeNode(`n${i}`)
          pods = pods.filter(({ node }) => node !== `n${i}`)
          setNode(table, i, 'z9')
        } else if (item.type === 'label') setNode(table, item.at % NODES, item.zone)
        else if (item.type === 'namespaces') table.setNamespaces(NAMESPACES)
      }
      for (const item of requests) checkClass(table, pods, item)
    }),
    { numRuns: 2_000, seed: 90125 },
  )
})

counts('what is kept for kinds of pods that are gone does not grow', () => {
  const table = new NodeTable()
  setNode(table, 0, 'z1')
  let most = 0
  for (let i = 0; i < 5_000; i++) {
    const labels = { app: `app-${i}` }
    const requiredDuringSchedulingIgnoredDuringExecution = [
      { topologyKey: ZONE, labelSelector: { matchLabels: labels } },
    ]
    const spec = {
      containers: [{ name: 'main' }],
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution } },
    }
    const item = makeRequest(spec, { namespace: 'one', labels })
    table.assume(0, item)
    table.forget(0, item)
    table.pods.sweep()
    most = Math.max(most, table.pods.size)
  }
  assert.ok(most < 600, `${most} at most`)
})

counts('labels, taints and resources that are asked for, or come and go with nodes, are not kept', () => {
  const table = new NodeTable()
  for (let i = 0; i < 50; i++) setNode(table, i, `z${i % 3}`)
  table.labelColumn(ZONE)
  const most = { labels: 0, taints: 0, extended: 0 }
  for (let i = 0; i < 10_000; i++) {
    const key = `rack-${i}`
    // Asked for, and no node has it.
    assert.is(table.topology(key).size, 0)
    assert.is(table.labelColumn(key)[0], -1)
    assert.is(table.extended(`vendor.example/${key}`).allocatable[0], 0)
    // A node that has all of it for a while.
    const description = {
      isOpen: true,
      isUnschedulable: false,
      cpuMilli: 1_000,
      memoryBytes: 1e9,
      ephemeralStorageBytes: 0,
      podsMax: 100,
      images: new Map(),
    }
    const name = `m${i}`
    const labels = { [key]: 'a', [ZONE]: key }
    const taints = [{ key, value: '', effect: 'NoSchedule' }]
    table.setNode({ ...description, name, labels, taints, extended: { [key]: 2 } })
    const row = table.rowOf(name)!
    assert.is(table.topology(key).size, 1)
    assert.is(table.topology(ZONE).size, 4)
    assert.is(table.valueText(table.labelColumn(ZONE)[row]!), key)
    assert.equal(table.taintSets[table.taintSet[row]!], taints)
    assert.is(table.extended(key).allocatable[row], 2)
    // Changed, and gone.
    table.setNode({ ...description, name, labels: { [ZONE]: 'z1' }, taints: [], extended: {} })
    assert.is(table.topology(key).size, 0)
    assert.is(table.topology(ZONE).size, 3)
    table.removeNode(name)
    table.sweep()
    for (const part of ['labels', 'taints', 'extended'] as const)
      most[part] = Math.max(most[part], table.interned[part])
  }
  assert.ok(most.labels < 600 && most.taints < 200 && most.extended < 100, JSON.stringify(most))
  table.sweep(true)
  assert.is(table.interned.taints, 1)
  assert.is(table.interned.extended, 0)
  assert.equal(
    [0, 1, 2, 3].map((row) => table.valueText(table.labelColumn(ZONE)[row]!)),
    ['z0', 'z1', 'z2', 'z0'],
  )
})

counts('a planner whose owners come and go keeps nothing of those that are gone', () => {
  const world = new World()
  world.addNode('n1', { images: [image('demo:1')], readyAfterMs: 0, stopAfterMs: 0 })
  let most = 0
  for (let i = 0; i < 400; i++) {
    world.apply(deployment(`app-${i}`, { replicas: 1, cpu: '10m' }))
    if (i > 1) world.remove(`Deployment.apps/default/app-${i - 2}`)
    world.run(500)
    most = Math.max(most, world.index.table.pods.size)
  }
  assert.ok(most < 300, `${most} at most`)
})

counts.run()
