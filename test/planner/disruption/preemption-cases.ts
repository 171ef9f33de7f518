/**
 * Victims on a node: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/defaultpreemption/
 * default_preemption_test.go (Apache-2.0): TestDryRunPreemption. All nodes are looked at here, so those that stop at a
 * number of candidates list more of them. A pod in disruptedPods is one that is ordered to stop: it breaks no budget here
 * either, but is not listed as a victim again.
 */
import { podTerm } from '../scheduler/filters/inter-pod-affinity-cases.js'
import { spreadOver } from '../scheduler/filters/topology-spread-cases.js'
import { type HeldPod, HIGH, HIGHEST, held, LOW, MID, nodesOf, type PreemptionCase, wants } from './preemption-case.js'

const TWO = nodesOf('n1', 'n2')
const FIVE = nodesOf('n1', 'n2', 'n3', 'n4', 'n5')

/** Refuses the pod labelled foo, and is never a victim: what evicting others does not help against. */
function guard(node: string): HeldPod {
  return {
    name: `${node}.guard`,
    node,
    priority: HIGHEST,
    affinity: {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [podTerm('hostname: foo Exists')] },
    },
  }
}

/** Medium pods of one budget that allows one disruption; the last of them is ordered to stop. */
function lastLeaves(...victims: readonly string[]): Pick<PreemptionCase, 'held' | 'allowed' | 'victims'> {
  const pods = [...victims, 'leaving'].map((_, i) => ({
    ...held(
      `n1: ${Array(i + 1)
        .fill('medium 100')
        .join(', ')}`,
    )[i]!,
    budgets: ['foo'],
    isLeaving: i === victims.length,
  }))
  return { held: pods, allowed: { foo: 1 }, victims: { n1: victims } }
}

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
    name: 'it fits on one node as it is, and on the other nowhere, whoever goes',
    nodes: TWO,
    pod: wants('small', HIGH, { labels: 'foo' }),
    held: [...held('n1: small 100', 'n2: whole 100'), guard('n2')],
    victims: {},
  },
  {
    name: 'with the victims gone another filter still refuses',
    nodes: TWO,
    pod: wants('large', HIGH, { labels: 'foo' }),
    held: [...held('n1: large 100', 'n2: large 100'), guard('n1'), guard('n2')],
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
    name: 'two of one budget that allows one, and one of them is on its way out',
    nodes: nodesOf('n1'),
    pod: wants('whole'),
    ...lastLeaves('n1.1'),
    violations: { n1: 0 },
  },
  {
    name: 'three of one budget that allows one, and one of them is on its way out',
    nodes: nodesOf('n1'),
    pod: wants('whole'),
    ...lastLeaves('n1.1', 'n1.2'),
    violations: { n1: 1 },
  },
  {
    name: 'every node is a candidate',
    nodes: FIVE,
    pod: wants('large'),
    held: held('n1: large 100', 'n2: large 100', 'n3: large 100', 'n4: large 100', 'n5: large 100'),
    victims: { n1: ['n1.1'], n2: ['n2.1'], n3: ['n3.1'], n4: ['n4.1'], n5: ['n5.1'] },
  },
  {
    name: 'some nodes are no candidates',
    nodes: FIVE,
    pod: wants('large'),
    held: held('n1: large 100', 'n2: large 10000', 'n3: large 100', 'n4: large 100', 'n5: large 10000'),
    victims: { n1: ['n1.1'], n3: ['n3.1'], n4: ['n4.1'] },
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
