/** Each filter on a row just inside and one just outside, with the reason it gives (Kubernetes: semantics §3). */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import { diagnose as diagnoseAll, renderDiagnosis } from '../../../src/planner/scheduler/diagnosis.js'
import { refusalOf } from '../../../src/planner/scheduler/dry-run.js'
import { type NodeDescription, NodeTable } from '../../../src/planner/scheduler/node-table.js'
import { Placement } from '../../../src/planner/scheduler/placement.js'
import { makeRequest, type ScheduleRequest } from '../../../src/planner/scheduler/request.js'

const GIB = 1024 ** 3

function describeNode(change: Partial<NodeDescription> = {}): NodeDescription {
  return {
    name: 'n1',
    isOpen: true,
    isUnschedulable: false,
    labels: {},
    taints: [],
    cpuMilli: 1_000,
    memoryBytes: GIB,
    ephemeralStorageBytes: GIB,
    podsMax: 2,
    extended: {},
    images: new Map(),
    ...change,
  }
}

function spec(change: Partial<PodSpec> = {}, requests: Readonly<Record<string, string>> = {}): PodSpec {
  return { containers: [{ name: 'main', image: 'demo:1', resources: { requests } }], ...change }
}

function requiring(key: string, operator: string, values?: readonly string[]): Partial<PodSpec> {
  const expression = { key, operator, ...(values && { values }) }
  const terms = { nodeSelectorTerms: [{ matchExpressions: [expression] }] }
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } }
}

/** Without the nearest miss. */
function diagnose(request: ScheduleRequest, table: NodeTable): string {
  return renderDiagnosis({ ...diagnoseAll(request, table), nearest: null })
}

interface Row {
  readonly name: string
  readonly node: Partial<NodeDescription>
  readonly pod: PodSpec
  /** Pods that are on the node already. */
  readonly present?: readonly PodSpec[]
  /** Empty: it fits. */
  readonly reason: string
}

const port = (number: number, hostIP?: string, protocol = 'TCP'): Partial<PodSpec> => ({
  containers: [{ name: 'main', ports: [{ containerPort: 80, hostPort: number, protocol, ...(hostIP && { hostIP }) }] }],
})
const taint = { key: 'a', value: 'b', effect: 'NoSchedule' }
const PORTS = "1 node(s) didn't have free ports for the requested pod ports"
const AFFINITY = "1 node(s) didn't match Pod's node affinity/selector"

const rows: readonly Row[] = [
  { name: 'cpu just fits', node: {}, pod: spec({}, { cpu: '1' }), reason: '' },
  { name: 'cpu just does not fit', node: {}, pod: spec({}, { cpu: '1001m' }), reason: '1 Insufficient cpu' },
  {
    name: 'cpu counts what is there',
    node: {},
    pod: spec({}, { cpu: '600m' }),
    present: [spec({}, { cpu: '401m' })],
    reason: '1 Insufficient cpu',
  },
  { name: 'memory just fits', node: {}, pod: spec({}, { memory: '1Gi' }), reason: '' },
  {
    name: 'both lacks are named',
    node: {},
    pod: spec({}, { cpu: '2', memory: '2Gi' }),
    reason: '1 Insufficient cpu, 1 Insufficient memory',
  },
  {
    name: 'ephemeral storage',
    node: {},
    pod: spec({}, { 'ephemeral-storage': '2Gi' }),
    reason: '1 Insufficient ephemeral-storage',
  },
  {
    name: 'an extended resource it has',
    node: { extended: { 'x.io/gpu': 1 } },
    pod: spec({}, { 'x.io/gpu': '1' }),
    reason: '',
  },
  {
    name: 'an extended resource it lacks',
    node: {},
    pod: spec({}, { 'x.io/gpu': '1' }),
    reason: '1 Insufficient x.io/gpu',
  },
  { name: 'the last pod', node: {}, pod: spec(), present: [spec()], reason: '' },
  { name: 'one pod too many', node: {}, pod: spec(), present: [spec(), spec()], reason: '1 Too many pods' },
  { name: 'cordoned', node: { isUnschedulable: true }, pod: spec(), reason: '1 node(s) were unschedulable' },
  {
    name: 'cordoned and tolerated',
    node: { isUnschedulable: true },
    pod: spec({ tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] }),
    reason: '',
  },
  {
    name: 'silent, whatever is tolerated',
    node: { isOpen: false },
    pod: spec({ tolerations: [{ operator: 'Exists' }] }),
    reason: '1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }',
  },
  { name: 'its node by name', node: {}, pod: spec({ nodeName: 'n1' }), reason: '' },
  {
    name: 'another node by name',
    node: {},
    pod: spec({ nodeName: 'n2' }),
    reason: "1 node(s) didn't match the requested node name",
  },
  { name: 'tainted', node: { taints: [taint] }, pod: spec(), reason: '1 node(s) had untolerated taint {a: b}' },
  {
    name: 'tainted and tolerated',
    node: { taints: [taint] },
    pod: spec({ tolerations: [{ key: 'a', operator: 'Equal', value: 'b', effect: 'NoSchedule' }] }),
    reason: '',
  },
  {
    name: 'tainted with another value',
    node: { taints: [taint] },
    pod: spec({ tolerations: [{ key: 'a', value: 'c' }] }),
    reason: '1 node(s) had untolerated taint {a: b}',
  },
  {
    name: 'PreferNoSchedule does not refuse',
    node: { taints: [{ ...taint, effect: 'PreferNoSchedule' }] },
    pod: spec(),
    reason: '',
  },
  {
    name: 'NoExecute tolerated for a while would drive it away again',
    node: { taints: [{ ...taint, effect: 'NoExecute' }] },
    pod: spec({ tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 60 }] }),
    reason: '1 node(s) had untolerated taint {a: b}',
  },
  { name: 'nodeSelector', node: { labels: { disk: 'ssd' } }, pod: spec({ nodeSelector: { disk: 'ssd' } }), reason: '' },
  {
    name: 'nodeSelector with another value',
    node: { labels: { disk: 'hdd' } },
    pod: spec({ nodeSelector: { disk: 'ssd' } }),
    reason: AFFINITY,
  },
  { name: 'affinity In', node: { labels: { zone: 'a' } }, pod: spec(requiring('zone', 'In', ['a', 'b'])), reason: '' },
  { name: 'affinity In, missing label', node: {}, pod: spec(requiring('zone', 'In', ['a'])), reason: AFFINITY },
  {
    name: 'affinity NotIn matches a missing label',
    node: {},
    pod: spec(requiring('zone', 'NotIn', ['a'])),
    reason: '',
  },
  {
    name: 'affinity NotIn',
    node: { labels: { zone: 'a' } },
    pod: spec(requiring('zone', 'NotIn', ['a'])),
    reason: AFFINITY,
  },
  { name: 'affinity Exists', node: { labels: { zone: '' } }, pod: spec(requiring('zone', 'Exists')), reason: '' },
  {
    name: 'affinity DoesNotExist',
    node: { labels: { zone: '' } },
    pod: spec(requiring('zone', 'DoesNotExist')),
    reason: AFFINITY,
  },
  { name: 'affinity Gt', node: { labels: { cores: '9' } }, pod: spec(requiring('cores', 'Gt', ['8'])), reason: '' },
  {
    name: 'affinity Gt, equal',
    node: { labels: { cores: '8' } },
    pod: spec(requiring('cores', 'Gt', ['8'])),
    reason: AFFINITY,
  },
  { name: 'affinity Lt', node: { labels: { cores: '7' } }, pod: spec(requiring('cores', 'Lt', ['8'])), reason: '' },
  {
    name: 'affinity by field',
    node: {},
    pod: spec({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }],
          },
        },
      },
    }),
    reason: '',
  },
  {
    name: 'an empty affinity term matches nothing',
    node: {},
    pod: spec({
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}] } } },
    }),
    reason: AFFINITY,
  },
  { name: 'a free host port', node: {}, pod: spec(port(81)), present: [spec(port(80))], reason: '' },
  { name: 'a taken host port', node: {}, pod: spec(port(80)), present: [spec(port(80))], reason: PORTS },
  {
    name: 'one host port, two addresses',
    node: {},
    pod: spec(port(80, '10.0.0.1')),
    present: [spec(port(80, '10.0.0.2'))],
    reason: '',
  },
  {
    name: 'one host port, all addresses on one side',
    node: {},
    pod: spec(port(80, '10.0.0.1')),
    present: [spec(port(80))],
    reason: PORTS,
  },
  {
    name: 'one host port, two protocols',
    node: {},
    pod: spec(port(80)),
    present: [spec(port(80, undefined, 'UDP'))],
    reason: '',
  },
  {
    name: 'under hostNetwork container ports are host ports',
    node: {},
    pod: spec({ hostNetwork: true, containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] }),
    present: [spec(port(80))],
    reason: PORTS,
  },
]

const filters = suite('filters')
for (const row of rows)
  filters(row.name, () => {
    const table = new NodeTable()
    table.setNode(describeNode(row.node))
    for (const pod of row.present ?? []) table.assume(0, makeRequest(pod))
    const request = makeRequest(row.pod)
    const best = new Placement(request, table, new Map()).best()
    if (row.reason === '') assert.is(best, 0)
    else {
      assert.is(best, null)
      assert.is(diagnose(request, table), `0/1 nodes are available: ${row.reason}`)
    }
  })

filters('several reasons are counted and sorted as kube-scheduler does', () => {
  const table = new NodeTable()
  for (const name of ['a', 'b', 'c']) table.setNode(describeNode({ name, cpuMilli: 10 }))
  for (const name of ['d', 'e']) table.setNode(describeNode({ name, taints: [{ key: 'k', effect: 'NoSchedule' }] }))
  assert.is(
    diagnose(makeRequest(spec({}, { cpu: '1' })), table),
    '0/5 nodes are available: 2 node(s) had untolerated taint {k: }, 3 Insufficient cpu',
  )
  assert.is(diagnose(makeRequest(spec()), new NodeTable()), 'no nodes available to schedule pods')
})

filters('forgetting takes back what assuming counted, also after the table has grown', () => {
  const table = new NodeTable()
  for (let i = 0; i < 200; i++) table.setNode(describeNode({ name: `n${i}`, labels: { i: `${i}` } }))
  const request = makeRequest(spec({ ...port(80), nodeSelector: { i: '150' } }, { cpu: '1' }))
  const big = makeRequest({
    ...port(80),
    containers: [{ name: 'm', ports: [{ containerPort: 1, hostPort: 80 }], resources: { requests: { cpu: '1' } } }],
  })
  const row = new Placement(request, table, new Map()).best()!
  assert.is(table.names[row], 'n150')
  table.assume(row, big)
  assert.is(new Placement(request, table, new Map()).best(), null)
  table.forget(row, big)
  assert.is(new Placement(request, table, new Map()).best(), row)
  table.removeNode('n150')
  assert.is(new Placement(request, table, new Map()).best(), null)
})

filters('the nearest miss is the node that lacks the smallest share', () => {
  const table = new NodeTable()
  for (const [name, cpuMilli] of [
    ['a', 500],
    ['b', 800],
    ['c', 700],
  ] as const)
    table.setNode(describeNode({ name, cpuMilli }))
  const { nearest } = diagnoseAll(makeRequest(spec({}, { cpu: '1' })), table)
  assert.is(nearest?.node, 'b')
  assert.is(
    renderDiagnosis(diagnoseAll(makeRequest(spec({}, { cpu: '1', memory: '1200Mi' })), table)),
    '0/3 nodes are available: 3 Insufficient cpu, 3 Insufficient memory; nearest: b lacks 200m cpu and 176Mi memory',
  )
})

filters('more than the node has in all is unresolvable, more than is free is not', () => {
  const table = new NodeTable()
  table.setNode(describeNode())
  table.assume(0, makeRequest(spec({}, { cpu: '500m' })))
  assert.is(refusalOf(makeRequest(spec({}, { cpu: '1001m' })), table, 0).status, 'unresolvable')
  assert.is(refusalOf(makeRequest(spec({}, { cpu: '501m' })), table, 0).status, 'unschedulable')
  assert.is(refusalOf(makeRequest(spec({}, { cpu: '500m' })), table, 0).status, 'fits')
})

filters.run()
