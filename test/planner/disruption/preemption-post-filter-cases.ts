/**
 * Whether some node is won at all, also where a rule narrows them: cases after kubernetes/kubernetes v1.36,
 * pkg/scheduler/framework/plugins/defaultpreemption/default_preemption_test.go (Apache-2.0): TestPostFilter, and those of
 * TestCustomSelection whose rule names a node (here a node selector of the pod) or refuses nobody. The others of it bring
 * a rule that can be set in code only.
 */
import type { CaseNode } from '../scheduler/case-world.js'
import { HIGH, HIGHEST, held, LOW, MID, nodesOf, type PreemptionCase, wants } from './preemption-case.js'

/** Room for one pod. */
const onePod: CaseNode = { podsMax: 1 }
const small: CaseNode = { cpuMilli: 200, memoryBytes: 400 }

/** Without requests: `p1 n1 100`. */
function idle(text: string, budgets: readonly string[] = []): PreemptionCase['held'][number] {
  const [name, node, priority] = text.split(' ') as [string, string, string]
  return { name, node, priority: Number(priority), budgets }
}

const postFilter: readonly PreemptionCase[] = [
  {
    name: 'pod with higher priority can be made schedulable',
    nodes: { n1: onePod },
    pod: { priority: HIGH },
    held: [idle('p1 n1 0')],
    victims: { n1: ['p1'] },
    chosen: ['n1'],
  },
  {
    name: 'pod with tied priority is still unschedulable',
    nodes: { n1: onePod },
    pod: { priority: LOW },
    held: [idle('p1 n1 0')],
    victims: {},
  },
  {
    name: 'a node that refuses for good is respected',
    nodes: { n1: { ...onePod, isUnschedulable: true } },
    pod: { priority: HIGH },
    held: [idle('p1 n1 0')],
    victims: {},
  },
  {
    name: 'pod can be made schedulable on one node',
    nodes: { n1: onePod, n2: onePod },
    pod: { priority: MID },
    held: [idle('p1 n1 1000'), idle('p2 n2 0')],
    victims: { n2: ['p2'] },
    chosen: ['n2'],
  },
  {
    name: 'pod can be made schedulable on the node of the lowest highest priority, budgets broken alike',
    nodes: { n1: onePod, n2: onePod },
    pod: { priority: HIGHEST },
    held: [idle('p1 n1 1000', ['loose']), idle('p2 n1 0', ['tight']), idle('p3 n2 100', ['tight'])],
    allowed: { tight: 0, loose: 2 ** 31 - 1 },
    victims: { n1: ['p1', 'p2'], n2: ['p3'] },
    violations: { n1: 1, n2: 1 },
    chosen: ['n2'],
  },
  {
    name: 'too little resources after removing pods of lower priority',
    nodes: { n1: small, n2: small },
    pod: wants('large'),
    held: [idle('p1 n1 0'), idle('p2 n2 0')],
    victims: {},
  },
  {
    name: 'mixed reasons: nobody of lower priority, and too little cpu',
    nodes: { n1: onePod, n2: small, n3: onePod },
    pod: wants('large'),
    held: [idle('p1 n1 1000'), idle('p2 n2 0'), idle('p3 n3 1000')],
    victims: {},
  },
  {
    name: 'mixed reasons: two nodes that refuse for good, two with too little cpu',
    nodes: {
      n1: small,
      n2: small,
      n3: { ...small, isUnschedulable: true },
      n4: { ...small, isUnschedulable: true },
    },
    pod: wants('large'),
    held: [idle('p1 n1 0'), idle('p2 n2 0')],
    victims: {},
  },
]

/** The victims of a large pod of this priority that may go to n1 only. */
function onFirst(name: string, priority: number, first: string, ...victims: readonly string[]): PreemptionCase {
  return {
    name: `victims on one node only: ${name} priority`,
    nodes: nodesOf('n1', 'n2', 'n3'),
    pod: wants('large', priority, { nodeSelector: { hostname: 'n1' } }),
    held: held(`n1: ${first}`, 'n2: large 100', 'n3: large 0'),
    victims: victims.length === 0 ? {} : { n1: victims },
  }
}

const customSelection: readonly PreemptionCase[] = [
  onFirst('high', HIGH, 'medium 1000, small 100, small 0', 'n1.2', 'n1.3'),
  onFirst('mid', MID, 'small 1000, small 100, small 0', 'n1.3'),
  onFirst('low', LOW, 'small 1000, small 100, small 0'),
  {
    // Twice there: a rule for those who preempt, and one for those who are preempted.
    name: 'a rule by priority that refuses nobody: high priority preempts anything but its own',
    nodes: nodesOf('n1', 'n2', 'n3'),
    pod: wants('large', HIGH),
    held: held('n1: large 1000', 'n2: large 100', 'n3: large 0'),
    victims: { n2: ['n2.1'], n3: ['n3.1'] },
  },
  {
    name: 'low priority preempts nobody on any of four nodes',
    nodes: nodesOf('n1', 'n2', 'n3', 'n4'),
    pod: wants('large', LOW),
    held: held('n1: large 100', 'n2: large 100', 'n3: large 0', 'n4: large 0'),
    victims: {},
  },
]

export const postFilterCases: readonly PreemptionCase[] = [...postFilter, ...customSelection]
