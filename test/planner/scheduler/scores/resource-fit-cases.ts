/**
 * NodeResourcesFit as a score: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/noderesources/
 * least_allocated_test.go, most_allocated_test.go and requested_to_capacity_ratio_test.go (Apache-2.0). Nodes are written
 * as cpu in thousandths and bytes. What these tables say of weights that are refused stands in bad-input.test.ts.
 */
import type { ScoringStrategy } from '../../../../src/planner/scheduler/profile.js'
import type { Asked, CaseNode, CasePod, Present } from '../case-world.js'
import type { ScoreCase } from './score-case.js'

const FOO = 'intel.com/foo'
const BAR = 'intel.com/bar'
const MIB = 1024 ** 2

function node(cpuMilli: number, memoryBytes: number, extended: Readonly<Record<string, number>> = {}): CaseNode {
  return { cpuMilli, memoryBytes, extended }
}

function ask(cpuMilli: number, memory: number, more: Asked = {}): Asked {
  return { cpu: `${cpuMilli}m`, memory, ...more }
}

function holding(...asks: readonly Asked[]): CasePod[] {
  return asks.map((item) => ({ asks: [item] }))
}

/** 3000m and 5000 in two containers. */
const TWO: CasePod = { asks: [ask(1000, 2000), ask(2000, 3000)] }
const NOTHING: CasePod = { asks: [] }
const CPU = ask(3000, 0)
const BOTH = ask(3000, 5000)
const SMALL = node(4000, 10_000)
const WIDE = node(6000, 10_000)
const LARGE = node(10_000, 20_000)
const MEMORY_TWICE = [
  { name: 'memory', weight: 2 },
  { name: 'cpu', weight: 1 },
]
const WITH_FOO = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
  { name: FOO, weight: 1 },
]
const FOO_TWICE = [
  { name: FOO, weight: 2 },
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
]

type Pair = readonly [CaseNode, CaseNode]

/** Two nodes, n1 and n2. */
function on(
  strategy: Partial<ScoringStrategy>,
  name: string,
  [n1, n2]: Pair,
  [present1, present2]: readonly [readonly CasePod[], readonly CasePod[]],
  pod: CasePod,
  scores: readonly number[] | null,
): ScoreCase {
  const present: Present = { n1: present1, n2: present2 }
  return { name: `${strategy.type}: ${name}`, strategy, nodes: { n1, n2 }, present, pod, scores }
}

const NOBODY = [[], []] as const
const least = { type: 'LeastAllocated' } as const
const most = { type: 'MostAllocated' } as const
const twiceHeld = [holding(CPU, CPU), holding(CPU, BOTH)] as const
const onceHeld = [holding(CPU), holding(BOTH)] as const
const withTwo: CasePod = { asks: [ask(3000, 5000, { [FOO]: 2 })] }
const fooNodes: Pair = [node(6000, 10_000, { [FOO]: 4 }), node(6000, 10_000, { [FOO]: 10 })]
const oneFoo: Pair = [WIDE, node(6000, 10_000, { [FOO]: 4 })]

const leastCases: readonly ScoreCase[] = [
  on(least, 'nothing there, nothing asked', [SMALL, SMALL], NOBODY, NOTHING, [100, 100]),
  on(least, 'nodes of two sizes', [SMALL, WIDE], NOBODY, TWO, [37, 50]),
  on(least, 'pods without containers there', [SMALL, SMALL], [[NOTHING, NOTHING], [NOTHING]], NOTHING, [100, 100]),
  on(least, 'pods there, nothing asked', [LARGE, LARGE], twiceHeld, NOTHING, [70, 57]),
  on(least, 'pods there, resources asked', [LARGE, LARGE], onceHeld, TWO, [57, 45]),
  on(least, 'pods there, nodes of two sizes', [LARGE, node(10_000, 50_000)], onceHeld, TWO, [57, 60]),
  on(least, 'more than there is', [SMALL, SMALL], onceHeld, { asks: [CPU] }, [50, 25]),
  on(least, 'nodes without anything', [node(0, 0), node(0, 0)], onceHeld, NOTHING, [0, 0]),
  on({ ...least, resources: MEMORY_TWICE }, 'memory weighs twice', [SMALL, WIDE], NOBODY, TWO, [41, 50]),
  on({ ...least, resources: WITH_FOO }, 'an extended resource that is not asked for', oneFoo, NOBODY, TWO, [50, 50]),
  on({ ...least, resources: WITH_FOO }, 'an extended resource that is asked for', fooNodes, NOBODY, withTwo, [50, 60]),
  on(
    { ...least, resources: FOO_TWICE },
    'a node without one of the resources',
    oneFoo,
    NOBODY,
    { asks: [ask(3000, 4000)] },
    [55, 55],
  ),
]

/** 250m and 1000 MiB. */
const TINY = node(250, 1000 * MIB)
const SILENT: CasePod = { asks: [{}] }
const EVEN = { asks: [ask(2000, 4000), ask(3000, 5000)] }

const mostCases: readonly ScoreCase[] = [
  on(most, 'nothing there, nothing asked', [SMALL, SMALL], NOBODY, NOTHING, [0, 0]),
  on(most, 'nodes of two sizes', [SMALL, WIDE], NOBODY, TWO, [62, 50]),
  on(most, 'pods there, nothing asked', [LARGE, LARGE], twiceHeld, NOTHING, [30, 42]),
  on(most, 'pods there, resources asked', [LARGE, LARGE], onceHeld, TWO, [42, 55]),
  on(most, 'exactly what there is', [node(5000, 10_000), node(10_000, 9000)], NOBODY, EVEN, [95, 75]),
  on({ ...most, resources: MEMORY_TWICE }, 'memory weighs twice', [SMALL, WIDE], NOBODY, TWO, [58, 50]),
  on(most, 'silent containers count 100m and 200 MiB', [TINY, TINY], [[SILENT, SILENT], []], SILENT, [80, 30]),
  on({ ...most, resources: WITH_FOO }, 'an extended resource that is not asked for', oneFoo, NOBODY, TWO, [50, 50]),
  on({ ...most, resources: WITH_FOO }, 'an extended resource that is asked for', fooNodes, NOBODY, withTwo, [50, 40]),
  on(
    { ...most, resources: FOO_TWICE },
    'a node without one of the resources',
    oneFoo,
    NOBODY,
    { asks: [ask(3000, 4000)] },
    [45, 45],
  ),
]

/** Silent containers of a pod with init containers and sidecars, on 1000m and 1000 MiB: what is counted in MostAllocated. */
const KILO = node(1000, 1000 * MIB)
const quietCases: readonly ScoreCase[] = (
  [
    [
      'a silent sidecar counts too',
      { initContainers: [{ name: 's', restartPolicy: 'Always' }], containers: [{ name: 'c' }] },
      30,
    ],
    ['a silent init container is no more than the app container', { initAsks: [{}], asks: [{}] }, 15],
    [
      'a large init container hides a silent app container',
      { initAsks: [{ cpu: '500m', memory: 500 * MIB }], asks: [{}] },
      50,
    ],
    ['zero asked for is not silent', { asks: [{ cpu: 0, memory: 0 }] }, 0],
    [
      'what the pod asks for as a whole stands for its silent containers',
      { asks: [{}, {}], resources: { requests: { cpu: '300m', memory: `${300 * MIB}` } } },
      30,
    ],
    ['overhead is added to them', { asks: [{}], overhead: { cpu: '100m', memory: `${100 * MIB}` } }, 25],
  ] as const
).map(([name, pod, score]) => on(most, name, [KILO, KILO], NOBODY, pod as CasePod, [score, score]))

function ratio(
  scores: readonly (readonly [number, number])[],
  resources?: ScoringStrategy['resources'],
): Partial<ScoringStrategy> {
  const shape = scores.map(([utilization, score]) => ({ utilization, score }))
  return { type: 'RequestedToCapacityRatio', shape, ...(resources && { resources }) }
}

const falling = ratio([
  [0, 10],
  [100, 0],
])
const rising = (...resources: ScoringStrategy['resources']): Partial<ScoringStrategy> =>
  ratio(
    [
      [0, 0],
      [100, 1],
    ],
    resources,
  )
const oneResource = rising({ name: FOO, weight: 1 })
const eight: Pair = [node(4000, 10_000, { [FOO]: 8 }), node(4000, 10_000, { [FOO]: 4 })]
const foo = (amount: number): CasePod => ({ asks: [{ [FOO]: amount }] })
const twoResources = rising({ name: FOO, weight: 3 }, { name: BAR, weight: 5 })
const crossed: Pair = [node(4000, 10_000, { [FOO]: 8, [BAR]: 4 }), node(4000, 10_000, { [FOO]: 4, [BAR]: 8 })]
const foobar = (first: number, second: number): CasePod => ({ asks: [{ [FOO]: first, [BAR]: second }] })

const ratioCases: readonly ScoreCase[] = [
  on(falling, 'nothing asked', [SMALL, SMALL], [[NOTHING, NOTHING], []], NOTHING, [100, 100]),
  on(falling, 'nodes of two sizes', [SMALL, WIDE], [[NOTHING, NOTHING], []], TWO, [38, 50]),
  on(falling, 'pods there, nothing asked', [SMALL, WIDE], [holding(BOTH), holding(BOTH)], NOTHING, [38, 50]),
  on(oneResource, 'an extended resource that is not asked for', eight, NOBODY, NOTHING, null),
  on(oneResource, 'a quarter and a half', eight, NOBODY, foo(2), [2, 5]),
  on(oneResource, 'a quarter and all', eight, [[], [foo(2)]], foo(2), [2, 10]),
  on(oneResource, 'a half and all', eight, NOBODY, foo(4), [5, 10]),
  on(twoResources, 'neither of two asked for', crossed, NOBODY, NOTHING, null),
  on(twoResources, 'two resources', crossed, NOBODY, foobar(2, 2), [4, 3]),
  on(twoResources, 'two resources, one node used', crossed, [[], [foobar(4, 2)]], foobar(2, 2), [4, 7]),
  on(twoResources, 'two resources, more of one', crossed, NOBODY, foobar(4, 2), [5, 5]),
]

/** Points of a shape, and percentages asked for with the score they get: TestBrokenLinearFunction, scaled to 100. */
const shapes: readonly (readonly [
  string,
  readonly (readonly [number, number])[],
  readonly (readonly [number, number])[],
])[] = [
  [
    'flat beyond the ends',
    [
      [10, 1],
      [90, 9],
    ],
    [
      [0, 10],
      [9, 10],
      [10, 10],
      [15, 15],
      [19, 19],
      [20, 20],
      [89, 89],
      [90, 90],
      [99, 90],
      [100, 90],
      [110, 90],
    ],
  ],
  [
    'up and down',
    [
      [0, 2],
      [40, 10],
      [100, 0],
    ],
    [
      [0, 20],
      [20, 60],
      [30, 80],
      [40, 100],
      [70, 50],
      [100, 0],
      [110, 0],
    ],
  ],
  [
    'level',
    [
      [0, 2],
      [40, 2],
      [100, 2],
    ],
    [
      [0, 20],
      [20, 20],
      [40, 20],
      [70, 20],
      [110, 20],
    ],
  ],
]
const shapeCases: readonly ScoreCase[] = shapes.flatMap(([name, points, rows]) =>
  rows.map(([percent, score]) => ({
    name: `RequestedToCapacityRatio: ${name}, at ${percent} %`,
    strategy: ratio(points, [{ name: 'memory', weight: 1 }]),
    nodes: { n: node(1000, 100) },
    pod: { asks: [{ memory: percent }] },
    scores: [score],
  })),
)

export const resourceFitCases: readonly ScoreCase[] = [
  ...leastCases,
  ...mostCases,
  ...quietCases,
  ...ratioCases,
  ...shapeCases,
]
