/** Scores against worked examples (Kubernetes: semantics §3.4 and §3.10), and placement over many pods. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import { NodeTable } from '../../../src/planner/scheduler/node-table.js'
import { Placement } from '../../../src/planner/scheduler/placement.js'
import type { RowScorePlugin } from '../../../src/planner/scheduler/plug-in.js'
import { defaultProfile, type Profile } from '../../../src/planner/scheduler/profile.js'
import { makeRequest, type ScheduleRequest } from '../../../src/planner/scheduler/request.js'
import { balancedAllocation } from '../../../src/planner/scheduler/scores/balanced-allocation.js'
import { resourceFit } from '../../../src/planner/scheduler/scores/resource-fit.js'

const NONE = { isUnschedulable: false, isOpen: true, taints: [], ephemeralStorageBytes: 0, extended: {} }

function tableOf(cpuMilli: number, memoryBytes: number, nodes = 1): NodeTable {
  const table = new NodeTable()
  for (let i = 1; i <= nodes; i++)
    table.setNode({
      ...NONE,
      name: `n${i}`,
      labels: { 'kubernetes.io/hostname': `n${i}` },
      cpuMilli,
      memoryBytes,
      podsMax: 110,
      images: new Map(),
    })
  return table
}

function request(cpu: number, memory: number, change: Partial<PodSpec> = {}): ScheduleRequest {
  const requests = { ...(cpu > 0 && { cpu: `${cpu}m` }), ...(memory > 0 && { memory: `${memory}` }) }
  return makeRequest({ containers: [{ name: 'main', image: 'demo:1', resources: { requests } }], ...change })
}

/** What a plug-in gives row 0; null when it does not score the class. */
function scoreOf(
  plugin: RowScorePlugin,
  item: ScheduleRequest,
  nodes: NodeTable,
  profile: Profile = defaultProfile,
): number | null {
  return plugin.prepare({ request: item, nodes, own: new Map(), profile })?.score(0) ?? null
}

const scores = suite('scores')

// Nodes, requests and expected values as in Kubernetes' least_allocated_test.go and balanced_allocation_test.go (Apache-2.0).
scores('LeastAllocated: 4000m and 10000 with 3000m and 5000 asked is 37; 6000m and 10000 is 50', () => {
  assert.is(scoreOf(resourceFit, request(3_000, 5_000), tableOf(4_000, 10_000)), 37)
  assert.is(scoreOf(resourceFit, request(3_000, 5_000), tableOf(6_000, 10_000)), 50)
})

scores('LeastAllocated: more than there is counts nothing; a silent container counts 100m and 200 MiB', () => {
  assert.is(scoreOf(resourceFit, request(5_000, 5_000), tableOf(4_000, 10_000)), 25)
  const MIB = 1024 ** 2
  assert.is(scoreOf(resourceFit, request(0, 0), tableOf(1_000, 1_000 * MIB)), 85)
})

scores('BalancedAllocation: 75 for no change, less for imbalance, none for a pod that asks nothing', () => {
  assert.is(scoreOf(balancedAllocation, request(0, 0), tableOf(4_000, 10_000)), null)
  assert.is(scoreOf(balancedAllocation, request(2_000, 5_000), tableOf(4_000, 10_000)), 75)
  // f = 0.75 and 0.5: b after 87, before 100.
  assert.is(scoreOf(balancedAllocation, request(3_000, 5_000), tableOf(4_000, 10_000)), 68)
})

function place(table: NodeTable, item: ScheduleRequest, count: number, own = new Map<number, number>()): string[] {
  const placement = new Placement(item, table, own)
  const names: string[] = []
  for (let i = 0; i < count; i++) {
    const row = placement.best()
    if (row === null) break
    table.assume(row, item)
    placement.placed(row)
    names.push(table.names[row]!)
  }
  return names
}

function countByName(names: readonly string[]): number[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts.values()].sort()
}

scores('ten pods over three nodes: 3, 3 and 4', () => {
  assert.equal(countByName(place(tableOf(8_000, 64e9, 3), request(100, 1_000_000), 10)), [3, 3, 4])
})

scores('pods of the set that are there already count', () => {
  const table = tableOf(8_000, 64e9, 3)
  const row = table.rowOf('n1')!
  assert.not.ok(place(table, request(100, 1_000_000), 2, new Map([[row, 1]])).includes('n1'))
})

scores('a full node is left out, and the rest go on until nothing is left', () => {
  const table = tableOf(1_000, 64e9, 2)
  assert.is(place(table, request(300, 1_000_000), 10).length, 6)
})

scores('the heap gives what looking at every node each time gives', () => {
  const sizes = [4_000, 2_000, 8_000, 3_000, 1_000, 6_000, 5_000]
  const make = (): NodeTable => {
    const table = new NodeTable()
    sizes.forEach((cpuMilli, i) => {
      table.setNode({
        ...NONE,
        name: `n${i}`,
        labels: { 'kubernetes.io/hostname': `n${i}` },
        cpuMilli,
        memoryBytes: cpuMilli * 2e6,
        podsMax: 9,
        images: new Map(),
      })
    })
    return table
  }
  const item = request(250, 100_000_000)
  const fast = place(make(), item, 60)
  const slow: string[] = []
  const table = make()
  const own = new Map<number, number>()
  for (let i = 0; i < 60; i++) {
    const row = new Placement(item, table, own).best()
    if (row === null) break
    table.assume(row, item)
    own.set(row, (own.get(row) ?? 0) + 1)
    slow.push(table.names[row]!)
  }
  assert.equal(fast, slow)
})

scores('a node that has the image comes first, one that prefers not to take it is avoided', () => {
  const table = new NodeTable()
  const common = { ...NONE, cpuMilli: 4_000, memoryBytes: 8e9, podsMax: 110 }
  const preferNot = [{ key: 'a', effect: 'PreferNoSchedule' }]
  table.setNode({
    ...common,
    name: 'avoided',
    labels: { 'kubernetes.io/hostname': 'avoided' },
    taints: preferNot,
    images: new Map(),
  })
  table.setNode({ ...common, name: 'plain', labels: { 'kubernetes.io/hostname': 'plain' }, images: new Map() })
  table.setNode({
    ...common,
    name: 'has-image',
    labels: { 'kubernetes.io/hostname': 'has-image' },
    images: new Map([['docker.io/library/demo:1', 5e6]]),
  })
  assert.equal(place(table, request(100, 1_000_000), 2), ['has-image', 'plain'])
})

scores('the order of nodes in the table does not matter', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const tableFrom = (order: readonly string[]): NodeTable => {
    const table = new NodeTable()
    for (const name of order)
      table.setNode({
        ...NONE,
        name,
        labels: { 'kubernetes.io/hostname': name },
        cpuMilli: 4_000,
        memoryBytes: 8e9,
        podsMax: 110,
        images: new Map(),
      })
    return table
  }
  const item = request(100, 1_000_000)
  assert.equal(place(tableFrom(names), item, 7), place(tableFrom([...names].reverse()), item, 7))
})

scores.run()
