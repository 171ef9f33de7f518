/** BalancedAllocation over other resources than cpu and memory, with values worked out from the reference (Kubernetes: semantics §3.4). */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultClusterConfiguration } from '../../../src/model/cluster-configuration.js'
import { profileOf } from '../../../src/planner/scheduler/configured-profile.js'
import { NodeTable } from '../../../src/planner/scheduler/node-table.js'
import { makeRequest } from '../../../src/planner/scheduler/request.js'
import { balancedAllocation } from '../../../src/planner/scheduler/scores/balanced-allocation.js'

const GPU = 'nvidia.com/gpu'

interface Row {
  readonly name: string
  readonly resources?: readonly string[]
  readonly asks: Readonly<Record<string, string>>
  /** On the node already. */
  readonly present?: Readonly<Record<string, string>>
  readonly gpus?: number
  readonly score: number | null
}

/** A node of 4 cpu, 10,000 bytes of memory, 1,000 of storage and 4 devices. */
const rows: readonly Row[] = [
  { name: 'cpu and memory when nothing is configured', asks: { cpu: '3', memory: '5000' }, score: 68 },
  // 0.25, 0.5 and 0.25: std 0.1178, so 88 of 100 before.
  {
    name: 'three resources',
    resources: ['cpu', 'memory', GPU],
    asks: { cpu: '1', memory: '5000', [GPU]: '1' },
    score: 69,
  },
  // 0.5, 0.5 and 0.5 after 0.25, 0.5 and 0.25: from 88 to 100.
  {
    name: 'back into balance',
    resources: ['cpu', 'memory', GPU],
    present: { cpu: '1', memory: '5000', [GPU]: '1' },
    asks: { cpu: '1', [GPU]: '1' },
    score: 81,
  },
  // 0.25 and 0.5: std 0.125.
  {
    name: 'a device that is not asked for',
    resources: ['cpu', 'memory', GPU],
    asks: { cpu: '1', memory: '5000' },
    score: 68,
  },
  {
    name: 'a device that the node has none of',
    resources: ['cpu', 'memory', GPU],
    asks: { cpu: '1', memory: '5000', [GPU]: '1' },
    gpus: 0,
    score: 68,
  },
  { name: 'one resource is in balance with itself', resources: ['cpu'], asks: { cpu: '3' }, score: 75 },
  { name: 'the order of cpu and memory', resources: ['memory', 'cpu'], asks: { cpu: '3', memory: '5000' }, score: 68 },
  {
    name: 'storage',
    resources: ['cpu', 'ephemeral-storage'],
    asks: { cpu: '3', 'ephemeral-storage': '500' },
    score: 68,
  },
  { name: 'more than there is counts as all', resources: [GPU, 'cpu'], asks: { [GPU]: '9', cpu: '2' }, score: 62 },
  { name: 'a pod that asks for none of them', resources: ['cpu', GPU], asks: { memory: '5000' }, score: null },
  { name: 'a pod that asks for nothing', asks: {}, score: null },
]

const balance = suite('balance')
for (const row of rows)
  balance(row.name, () => {
    const table = new NodeTable()
    table.setNode({
      name: 'n1',
      isOpen: true,
      isUnschedulable: false,
      labels: {},
      taints: [],
      cpuMilli: 4_000,
      memoryBytes: 10_000,
      ephemeralStorageBytes: 1_000,
      podsMax: 10,
      extended: { [GPU]: row.gpus ?? 4 },
      images: new Map(),
    })
    const asking = (requests: Readonly<Record<string, string>>) =>
      makeRequest({ containers: [{ name: 'main', resources: { requests } }] })
    if (row.present !== undefined) table.assume(0, asking(row.present))
    const schedulerProfiles = [{ schedulerName: 'even', ...(row.resources && { balancedResources: row.resources }) }]
    const profile = profileOf({ ...defaultClusterConfiguration, schedulerProfiles }, 'even')!
    const prepared = balancedAllocation.prepare({ request: asking(row.asks), nodes: table, own: new Map(), profile })
    assert.is(prepared === null ? null : prepared.score(0), row.score)
  })

balance.run()
