/**
 * NodeResourcesBalancedAllocation: nodes and pods after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/
 * noderesources/balanced_allocation_test.go (Apache-2.0), scores by the rule of that release (the balance after placing
 * against the one before: semantics §3.4; 73, 74, 56 and 62 stand in that file).
 */
import type { Asked, CaseNode, CasePod } from '../case-world.js'
import type { ScoreCase } from './score-case.js'

const node = (cpuMilli: number, memoryBytes: number): CaseNode => ({ cpuMilli, memoryBytes })
const ask = (cpuMilli: number, memory: number): Asked => ({ cpu: `${cpuMilli}m`, memory })
const CPU: CasePod = { asks: [ask(1000, 0), ask(2000, 0)] }
const BOTH: CasePod = { asks: [ask(1000, 2000), ask(2000, 3000)] }
const HELD = { n1: [CPU], n2: [BOTH] }
const LARGE = node(10_000, 20_000)

const GPU = 'nvidia.com/gpu'
const WITH_GPU = ['cpu', 'memory', GPU]
const device = (cpuMilli: number, memoryBytes: number): CaseNode => ({
  ...node(cpuMilli, memoryBytes),
  extended: { [GPU]: 8 },
})

export const balancedAllocationCases: readonly ScoreCase[] = [
  {
    name: 'nothing asked for',
    nodes: { n1: node(4000, 10_000), n2: node(4000, 10_000) },
    pod: { asks: [] },
    scores: null,
  },
  {
    name: 'nodes of two sizes: 87 after 100, and 100 after 100',
    nodes: { n1: node(4000, 10_000), n2: node(6000, 10_000) },
    pod: BOTH,
    scores: [68, 75],
  },
  {
    name: 'pods there: 82 after 85, and 95 after 97',
    nodes: { n1: LARGE, n2: LARGE },
    present: HELD,
    pod: BOTH,
    scores: [73, 74],
  },
  {
    name: 'pods there, nodes of two sizes: 82 after 85, and 80 after 90',
    nodes: { n1: LARGE, n2: node(10_000, 50_000) },
    present: HELD,
    pod: BOTH,
    scores: [73, 70],
  },
  {
    name: 'all cpu asked for: 50 after 75, and 75 after 100',
    nodes: { n1: node(6000, 10_000), n2: node(6000, 10_000) },
    present: HELD,
    pod: CPU,
    scores: [62, 62],
  },
  {
    name: 'a device that is not asked for does not matter: 63 after 100',
    balancedResources: WITH_GPU,
    nodes: { n1: device(3500, 40_000), n2: node(3500, 40_000) },
    pod: BOTH,
    scores: [56, 56],
  },
  {
    // By the rule from the fractions of that case: 70 after 69, and 65 after 62.
    name: 'a device counts where it is asked for: 3 or none of 8 are used',
    balancedResources: WITH_GPU,
    nodes: { n1: device(3500, 40_000), n2: device(3500, 40_000) },
    present: { n1: [{ asks: [ask(1000, 2000), { ...ask(2000, 3000), [GPU]: 3 }] }], n2: [BOTH] },
    pod: { asks: [{ memory: 0, [GPU]: 1 }] },
    scores: [75, 76],
  },
  {
    name: 'better balanced than before: 95 after 82',
    nodes: { n1: LARGE },
    present: { n1: [{ asks: [ask(6000, 5000)] }] },
    pod: { asks: [ask(0, 5000)] },
    scores: [81],
  },
  {
    name: 'a node without memory is in balance',
    nodes: { n1: node(4000, 0) },
    pod: { asks: [ask(3000, 0)] },
    scores: [75],
  },
]
