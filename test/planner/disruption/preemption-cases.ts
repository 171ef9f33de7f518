/**
 * Victims on a node: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/defaultpreemption/
 * default_preemption_test.go (Apache-2.0): TestDryRunPreemption. All nodes are looked at here, so those that stop at a
 * number of candidates list more of them; those with disruptedPods have no counterpart, as pods that are ordered to stop
 * are no victims.
 */
import { podTerm } from '../scheduler/filters/inter-pod-affinity-cases.js'
import { spreadOver } from '../scheduler/filters/topology-spread-cases.js'
import { HIGH, held, LOW, MID, nodesOf, type PreemptionCase, wants } from './preemption-case.js'

const TWO = nodesOf('n1', 'n2')

export const victimCases: readonly PreemptionCase[] = [
  {
    name: 'it fits nowhere, whoever goes',
    nodes: TWO,
    pod: { ...wants('whole'), nodeSelector: { no: 'node' } },
    held: held('n1: large 100', 'n2: large 100'),
    victims: {},
  },
  {
    name: 'it fits as it is',
    nodes: TWO,
    pod: wants('small'),
    held: held('n1: small 100', 'n2: small 100'),
    victims: {},
  },
  {
    name: 'one goes on either node',
    nodes: TWO,
    pod: wants('large'),
    held: held('n1: large 100', 'n2: large 100'),
    victims: { n1: ['n1.1'], n2: ['n2.1'] },
  },
  {
    name: 'nobody is of lower priority',
    nodes: TWO,
    pod: wants('large', LOW),
    held: held('n1: large 100', 'n2: large 100'),
    victims: {},
  },
  {
    name: 'the lower one is small and stays',
    nodes: TWO,
    pod: wants('large'),
    held: held('n1: small 0, large 100', 'n2: large 100'),
    victims: { n1: ['n1.2'], n2: ['n2.1'] },
  },
  {
    name: 'priorities are mixed',
    nodes: TWO,
    pod: wants('large'),
    held: held('n1: small 100, small 0, medium 100, small 1000', 'n2: large 1000'),
    victims: { n1: ['n1.2', 'n1.3'] },
  },
  {
    name: 'of equal priority the one that started later',
    nodes: TWO,
    pod: wants('large'),
    held: held('n1: small 0@5, small 0@4, medium 100@3, small 1000@2', 'n2: large 1000@1'),
    victims: { n1: ['n1.1', 'n1.3'] },
  },
  {
    name: 'the one whose anti-affinity means the pod',
    nodes: TWO,
    pod: wants('small', HIGH, { labels: 'foo' }),
    held: [
      {
        ...held('n1: small 0')[0]!,
        labels: 'foo',
        affinity: {
          podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [podTerm('hostname: foo Exists')] },
        },
      },
      ...held('n1: small 0, small 100, small 1000').slice(1),
      ...held('n2: small 1000'),
    ],
    // n2 takes the pod without victims.
    victims: { n1: ['n1.1'] },
  },
  {
    name: 'one that is in the way of a spread',
    nodes: nodesOf('a/zone1', 'b/zone1', 'x/zone2'),
    pod: {
      priority: HIGH,
      labels: 'foo',
      topologySpreadConstraints: [spreadOver('zone'), spreadOver('hostname')],
    },
    held: [
      { name: 'a1', node: 'a', priority: MID, labels: 'foo' },
      { name: 'a2', node: 'a', priority: LOW, labels: 'foo' },
      { name: 'b1', node: 'b', priority: LOW, labels: 'foo' },
      { name: 'x1', node: 'x', priority: HIGH, labels: 'foo' },
      { name: 'x2', node: 'x', priority: HIGH, labels: 'foo' },
    ],
    victims: { a: ['a2'], b: ['b1'] },
  },
  {
    name: 'two of one budget that allows one',
    nodes: nodesOf('n1'),
    pod: wants('whole'),
    held: held('n1: medium 100, medium 100').map((item) => ({ ...item, budgets: ['foo'] })),
    allowed: { foo: 1 },
    victims: { n1: ['n1.1', 'n1.2'] },
    violations: { n1: 1 },
  },
  {
    name: 'two of one budget that allows two',
    nodes: nodesOf('n1'),
    pod: wants('whole'),
    held: held('n1: medium 100, medium 100').map((item) => ({ ...item, budgets: ['foo'] })),
    allowed: { foo: 2 },
    victims: { n1: ['n1.1', 'n1.2'] },
    violations: { n1: 0 },
  },
  {
    name: 'a budget that allows none is broken on some nodes only, and not chosen',
    nodes: nodesOf('n1', 'n2', 'n3'),
    pod: wants('large'),
    held: held('n1: large 100', 'n2: large 100', 'n3: large 100').map((item) => ({
      ...item,
      budgets: item.node === 'n3' ? [] : ['foo'],
    })),
    allowed: { foo: 0 },
    victims: { n1: ['n1.1'], n2: ['n2.1'], n3: ['n3.1'] },
    violations: { n1: 1, n2: 1, n3: 0 },
    chosen: ['n3'],
  },
]
