/**
 * NodeName: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/nodename/node_name_test.go (Apache-2.0):
 * TestNodeName; the last two are ours. NodeHeard has no counterpart there: a silent node has a taint, which can be tolerated.
 */
import type { FilterCase } from './filter-case.js'

const NAME = ["node(s) didn't match the requested node name"]
const SILENT = ['node(s) had untolerated taint {node.kubernetes.io/unreachable: }']

export const nodeNameCases: readonly FilterCase[] = [
  { name: 'no node named', nodes: { foo: {} }, pod: {}, outcome: '+' },
  { name: 'this node named', nodes: { foo: {} }, pod: { nodeName: 'foo' }, outcome: '+' },
  { name: 'another node named', nodes: { bar: {} }, pod: { nodeName: 'foo' }, outcome: 'x', reasons: NAME },
  { name: 'a name that begins alike', nodes: { foo1: {}, foo: {} }, pod: { nodeName: 'foo' }, outcome: 'x+' },
  { name: 'a name in other letters', nodes: { Foo: {} }, pod: { nodeName: 'foo' }, outcome: 'x', reasons: NAME },
]

export const nodeHeardCases: readonly FilterCase[] = [
  { name: 'all are heard', nodes: { a: {}, b: {} }, pod: {}, outcome: '++' },
  { name: 'one is silent', nodes: { a: {}, b: { isOpen: false } }, pod: {}, outcome: '+x', reasons: SILENT },
  {
    name: 'one is silent, and everything is tolerated',
    nodes: { a: { isOpen: false }, b: {} },
    pod: { tolerations: [{ operator: 'Exists' }] },
    outcome: 'x+',
    reasons: SILENT,
  },
]
