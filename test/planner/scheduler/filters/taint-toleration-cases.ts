/**
 * TaintToleration and NodeUnschedulable: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/
 * tainttoleration/taint_toleration_test.go and nodeunschedulable/node_unschedulable_test.go (Apache-2.0). The comparing
 * operators Gt and Lt are off there by default and unknown here: they tolerate nothing.
 */
import type { Taint, Toleration } from '../../../../src/model/generated/kubernetes.js'
import type { FilterCase } from './filter-case.js'

/** `key=value:effect` */
function taint(text: string): Taint {
  const [, key, value, effect] = /^(.*)=(.*):(.*)$/.exec(text)!
  return { key: key!, effect: effect!, ...(value && { value }) }
}

interface Row {
  readonly name: string
  readonly tolerations?: readonly Toleration[]
  readonly taints: readonly string[]
  /** The taint that is named; '' when it fits. */
  readonly refusedBy: string
}

const USER1 = 'dedicated=user1:NoSchedule'
const FOO = 'foo=bar:NoSchedule'
const SLA = 'node.kubernetes.io/sla=950:NoSchedule'

const rows: readonly Row[] = [
  { name: 'no tolerations', taints: [USER1], refusedBy: '{dedicated: user1}' },
  {
    name: 'the same key, value and effect; no operator is Equal',
    tolerations: [{ key: 'dedicated', value: 'user1', effect: 'NoSchedule' }],
    taints: [USER1],
    refusedBy: '',
  },
  {
    name: 'another value',
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'user2', effect: 'NoSchedule' }],
    taints: [USER1],
    refusedBy: '{dedicated: user1}',
  },
  {
    name: 'Exists needs no value',
    tolerations: [{ key: 'foo', operator: 'Exists', effect: 'NoSchedule' }],
    taints: [FOO],
    refusedBy: '',
  },
  {
    name: 'two taints, both tolerated',
    tolerations: [
      { key: 'dedicated', operator: 'Equal', value: 'user2', effect: 'NoSchedule' },
      { key: 'foo', operator: 'Exists', effect: 'NoSchedule' },
    ],
    taints: ['dedicated=user2:NoSchedule', FOO],
    refusedBy: '',
  },
  {
    name: 'another effect',
    tolerations: [{ key: 'foo', operator: 'Equal', value: 'bar', effect: 'PreferNoSchedule' }],
    taints: [FOO],
    refusedBy: '{foo: bar}',
  },
  {
    name: 'no effect means all of them',
    tolerations: [{ key: 'foo', operator: 'Equal', value: 'bar' }],
    taints: [FOO],
    refusedBy: '',
  },
  {
    name: 'PreferNoSchedule keeps nobody away, tolerated or not',
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'user2', effect: 'NoSchedule' }],
    taints: ['dedicated=user1:PreferNoSchedule'],
    refusedBy: '',
  },
  { name: 'PreferNoSchedule without tolerations', taints: ['dedicated=user1:PreferNoSchedule'], refusedBy: '' },
  { name: 'NoExecute', taints: ['dedicated=user1:NoExecute'], refusedBy: '{dedicated: user1}' },
  { name: 'a taint without a value', taints: ['dedicated=:NoSchedule'], refusedBy: '{dedicated: }' },
  {
    name: 'no key and Exists is everything',
    tolerations: [{ operator: 'Exists' }],
    taints: [USER1, FOO],
    refusedBy: '',
  },
  {
    name: 'Gt is no operator',
    tolerations: [{ key: 'node.kubernetes.io/sla', operator: 'Gt', value: '750', effect: 'NoSchedule' }],
    taints: [SLA],
    refusedBy: '{node.kubernetes.io/sla: 950}',
  },
  {
    name: 'Gt is no operator, even where the values are equal',
    tolerations: [{ key: 'node.kubernetes.io/sla', operator: 'Gt', value: '950', effect: 'NoSchedule' }],
    taints: [SLA],
    refusedBy: '{node.kubernetes.io/sla: 950}',
  },
  {
    name: 'Equal beside Gt still holds',
    tolerations: [
      { key: 'dedicated', operator: 'Equal', value: 'user1', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/sla', operator: 'Gt', value: '750', effect: 'NoSchedule' },
    ],
    taints: [USER1],
    refusedBy: '',
  },
  {
    name: 'the second of two taints refuses',
    tolerations: [
      { key: 'dedicated', operator: 'Equal', value: 'user1', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/sla', operator: 'Lt', value: '999', effect: 'NoSchedule' },
    ],
    taints: [USER1, SLA],
    refusedBy: '{node.kubernetes.io/sla: 950}',
  },
]

export const taintTolerationCases: readonly FilterCase[] = rows.map(
  ({ name, tolerations = [], taints, refusedBy }) => ({
    name,
    pod: { tolerations },
    nodes: { n: { taints: taints.map(taint) } },
    outcome: refusedBy === '' ? '+' : 'x',
    ...(refusedBy && { reasons: [`node(s) had untolerated taint ${refusedBy}`] }),
  }),
)

export const nodeUnschedulableCases: readonly FilterCase[] = [
  {
    name: 'cordoned and not',
    pod: {},
    nodes: { a: { isUnschedulable: true }, b: {} },
    outcome: 'x+',
    reasons: ['node(s) were unschedulable'],
  },
  {
    name: 'the taint of cordoned nodes is tolerated',
    pod: { tolerations: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
    nodes: { a: { isUnschedulable: true } },
    outcome: '+',
  },
  {
    name: 'tolerated with another effect',
    pod: { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoExecute' }] },
    nodes: { a: { isUnschedulable: true } },
    outcome: 'x',
  },
]
