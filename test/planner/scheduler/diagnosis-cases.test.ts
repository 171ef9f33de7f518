/**
 * What is said of a pod that fits nowhere, filter by filter, in kube-scheduler's words: order by count and reason as text,
 * commas, no closing full stop (kubernetes/kubernetes v1.36, the reasons of pkg/scheduler/framework/plugins and the
 * FitError of pkg/scheduler/framework/types.go, Apache-2.0). The named taint is the wording of releases before 1.35, kept
 * because it says which.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { diagnose, renderDiagnosis } from '../../../src/planner/scheduler/diagnosis.js'
import { type CaseNode, type CasePod, requestOf, tableOf } from './case-world.js'
import { podTerm } from './filters/inter-pod-affinity-cases.js'
import { termOf } from './filters/node-affinity-cases.js'
import { spreadOver } from './filters/topology-spread-cases.js'

const ZONE = (zone: string): CaseNode => ({ labels: { zone } })
const port: CasePod = { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] }
const near = podTerm('zone: app In other')
const far = podTerm('zone: app In other')
const other: CasePod = { labels: { app: 'other' } }
const taint = (key: string, value = ''): CaseNode => ({
  taints: [{ key, effect: 'NoSchedule', ...(value && { value }) }],
})
const full: CaseNode = { cpuMilli: 100, memoryBytes: 100 }
const used: CaseNode = { cpuMilli: 200, memoryBytes: 1_000 }
const most: CasePod = { asks: [{ cpu: '100m' }] }
const half: CasePod = { asks: [{ cpu: '200m', memory: 200 }] }

interface Row {
  readonly name: string
  readonly nodes: Readonly<Record<string, CaseNode>>
  readonly present?: Readonly<Record<string, readonly CasePod[]>>
  readonly pod: CasePod
  readonly says: string
  /** What keeps it from the nearest node; left out: nothing of a node could be changed. */
  readonly nearest?: string
}

const rows: readonly Row[] = [
  { name: 'no nodes', nodes: {}, pod: {}, says: 'no nodes available to schedule pods' },
  {
    name: 'silent nodes',
    nodes: { a: { isOpen: false } },
    pod: {},
    says: '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }',
    nearest: 'a is silent',
  },
  {
    name: 'cordoned nodes',
    nodes: { a: { isUnschedulable: true }, b: { isUnschedulable: true } },
    pod: {},
    says: '0/2 nodes are available: 2 node(s) were unschedulable',
    nearest: 'a is cordoned',
  },
  {
    name: 'another node by name',
    nodes: { a: {}, b: {} },
    pod: { nodeName: 'c' },
    says: "0/2 nodes are available: 2 node(s) didn't match the requested node name",
  },
  {
    name: 'taints, each by itself; one with a value',
    nodes: { a: taint('dedicated', 'db'), b: taint('dedicated', 'db'), c: taint('gpu') },
    pod: {},
    says: '0/3 nodes are available: 1 node(s) had untolerated taint {gpu: }, 2 node(s) had untolerated taint {dedicated: db}',
    nearest: 'a has the taint dedicated=db:NoSchedule',
  },
  {
    name: 'selectors',
    nodes: { a: {} },
    pod: { nodeSelector: { disk: 'ssd' } },
    says: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector",
    nearest: 'a lacks the label disk=ssd',
  },
  {
    name: 'host ports',
    nodes: { a: {} },
    present: { a: [port] },
    pod: port,
    says: "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports",
    nearest: 'a has host port 80/TCP taken',
  },
  {
    name: 'all resources that lack, each counted',
    nodes: { a: full, b: { ...full, memoryBytes: 1_000 }, c: { ...full, podsMax: 0 } },
    pod: half,
    says: '0/3 nodes are available: 1 Too many pods, 2 Insufficient memory, 3 Insufficient cpu',
    nearest: 'b lacks 100m cpu',
  },
  {
    name: 'extended resources by name',
    nodes: { a: { extended: { 'example.com/gpu': 1 } } },
    pod: { asks: [{ 'example.com/gpu': 3 }] },
    says: '0/1 nodes are available: 1 Insufficient example.com/gpu',
    nearest: 'a lacks 2 example.com/gpu',
  },
  {
    name: 'spread, with and without the key',
    nodes: { a: ZONE('x'), b: ZONE('y'), c: {} },
    present: { a: [{ labels: 'foo' }], b: [{ labels: 'foo' }] },
    pod: {
      labels: 'foo',
      topologySpreadConstraints: [spreadOver('zone', 'foo', { minDomains: 3 })],
    },
    says:
      "0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label), " +
      "2 node(s) didn't match pod topology spread constraints",
    nearest:
      'a would have 2 pods of the spread in zone=x, and may have 1 as long as there are fewer than 3 such domains',
  },
  {
    name: 'affinity',
    nodes: { a: ZONE('x') },
    pod: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near] } } },
    says: "0/1 nodes are available: 1 node(s) didn't match pod affinity rules",
    nearest: 'a has no pod in zone=x that its affinity asks for',
  },
  {
    name: 'anti-affinity of the pod, and of one that is there',
    nodes: { a: ZONE('x'), b: ZONE('y') },
    present: {
      a: [other],
      b: [
        {
          affinity: {
            podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [podTerm('zone: app In web')] },
          },
        },
      ],
    },
    pod: {
      labels: { app: 'web' },
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [far] } },
    },
    says:
      "0/2 nodes are available: 1 node(s) didn't match pod anti-affinity rules, " +
      "1 node(s) didn't satisfy existing pods anti-affinity rules",
    nearest: 'a has pods in zone=x that its anti-affinity keeps it away from',
  },
  {
    name: 'a node counts for the first filter that refuses it',
    nodes: { a: { ...full, ...taint('gpu'), isUnschedulable: true }, b: { ...full, ...taint('gpu') }, c: full },
    pod: { ...half, nodeSelector: { disk: 'ssd' } },
    says:
      "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, " +
      '1 node(s) had untolerated taint {gpu: }, 1 node(s) were unschedulable',
    nearest: 'c lacks 100m cpu and 100 memory, lacks the label disk=ssd',
  },
  {
    name: 'counts are ordered as text: 10 before 2',
    nodes: Object.fromEntries([
      ...Array.from({ length: 10 }, (_, i) => [`full-${i}`, full] as const),
      ...Array.from({ length: 2 }, (_, i) => [`tainted-${i}`, taint('gpu')] as const),
    ]),
    pod: { asks: [{ cpu: '200m' }] },
    says: '0/12 nodes are available: 10 Insufficient cpu, 2 node(s) had untolerated taint {gpu: }',
    nearest: 'tainted-0 has the taint gpu:NoSchedule',
  },
  {
    name: 'nearest is where resources alone lack, not where less lacks and a rule refuses too',
    nodes: { a: { ...used, ...ZONE('x') }, b: { ...used, cpuMilli: 250, ...ZONE('y') } },
    present: { a: [most], b: [most, other] },
    pod: { ...half, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [far] } } },
    says: '0/2 nodes are available: 2 Insufficient cpu',
    nearest: 'a lacks 100m cpu',
  },
  {
    name: 'where a rule refuses everywhere too, both are told',
    nodes: { a: { ...used, ...ZONE('x') } },
    present: { a: [most, other] },
    pod: { ...half, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [far] } } },
    says: '0/1 nodes are available: 1 Insufficient cpu',
    nearest: 'a lacks 100m cpu, has pods in zone=x that its anti-affinity keeps it away from',
  },
  {
    name: 'nearer is what pods that go can cure than what they cannot',
    nodes: { a: taint('gpu'), b: used },
    present: { b: [most] },
    pod: half,
    says: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {gpu: }',
    nearest: 'b lacks 100m cpu',
  },
  {
    name: 'nearer is where one rule refuses than where two do',
    nodes: { a: { isUnschedulable: true, ...taint('gpu') }, b: taint('gpu') },
    pod: {},
    says: '0/2 nodes are available: 1 node(s) had untolerated taint {gpu: }, 1 node(s) were unschedulable',
    nearest: 'b has the taint gpu:NoSchedule',
  },
  {
    name: 'of alternatives the one that lacks least, and no more values than can be read',
    nodes: { a: ZONE('x') },
    pod: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: ['zone In y & disk Exists', 'zone In x & cpu In a|b|c|d|e|f|g'].map(termOf),
          },
        },
      },
    },
    says: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector",
    nearest: 'a does not match cpu In (a, b, c, d, e, … 2 more)',
  },
  {
    name: 'a sentence can be read, however many reasons there are',
    nodes: Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`n${i + 10}`, taint('host', `h${i + 10}`)])),
    pod: {},
    says: `0/25 nodes are available: ${Array.from({ length: 20 }, (_, i) => `1 node(s) had untolerated taint {host: h${i + 10}}`).join(', ')}, and 5 more reasons`,
    nearest: 'n10 has the taint host=h10:NoSchedule',
  },
]

const diagnosis = suite('diagnosis cases')

for (const { name, nodes, present = {}, pod, says, nearest } of rows)
  diagnosis(name, () => {
    const near = nearest === undefined ? '' : `; nearest: ${nearest}`
    assert.is(renderDiagnosis(diagnose(requestOf(pod), tableOf({ nodes, present }))), `${says}${near}`)
  })

diagnosis.run()
