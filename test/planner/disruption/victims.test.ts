/** Who goes from a node, and which node is chosen: Kubernetes semantics §3.9 steps 3 and 4, on numbers alone. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  chooseVictims,
  compareCosts,
  costOf,
  type Preemptible,
  type VictimChoice,
} from '../../../src/planner/disruption/victims.js'

interface PodOptions {
  readonly size?: number
  readonly priority?: number
  readonly startedAt?: number
  readonly budgets?: readonly string[]
  readonly isLeaving?: boolean
}

function pod(uid: string, options: PodOptions = {}): Preemptible<number> {
  const { size = 1, priority = 0, startedAt = 100, budgets = [], isLeaving = false } = options
  return { uid, priority, startedAt, budgets, isLeaving, pod: size }
}

/** A node with this much free beside the pods, and a preemptor that needs `need`. */
function choose(
  pods: readonly Preemptible<number>[],
  need: number,
  free = 0,
  allowed: Readonly<Record<string, number>> = {},
): VictimChoice<number> | null {
  let room = pods.reduce((sum, item) => sum + item.pod, free)
  return chooseVictims(pods, (budget) => allowed[budget] ?? 0, {
    fits: () => need <= room,
    putBack: (size) => {
      if (need > room - size) return false
      room -= size
      return true
    },
  })
}

interface Row {
  readonly name: string
  readonly pods: readonly Preemptible<number>[]
  readonly need: number
  readonly free?: number
  readonly allowed?: Readonly<Record<string, number>>
  readonly victims: readonly string[] | null
  readonly violations?: number
}

const rows: readonly Row[] = [
  { name: 'nobody of lower priority', pods: [], need: 1, victims: null },
  { name: 'too large even without them', pods: [pod('a'), pod('b')], need: 3, victims: null },
  { name: 'just large enough without them', pods: [pod('a'), pod('b')], need: 2, victims: ['a', 'b'] },
  { name: 'it fits already', pods: [pod('a')], need: 1, free: 1, victims: null },
  { name: 'one of two goes: the lower priority', pods: [pod('a', { priority: 5 }), pod('b')], need: 1, victims: ['b'] },
  {
    name: 'a medium pod goes, for the lower one is too small to help',
    pods: [pod('low', { size: 1 }), pod('medium', { size: 4, priority: 5 })],
    need: 4,
    victims: ['medium'],
  },
  {
    name: 'of equal priority the one that started later',
    pods: [pod('old', { startedAt: 1 }), pod('new', { startedAt: 2 })],
    need: 1,
    victims: ['new'],
  },
  {
    name: 'the more important are put back first',
    pods: [pod('a', { priority: 3 }), pod('b', { priority: 2 }), pod('c', { priority: 1 })],
    need: 2,
    victims: ['b', 'c'],
  },
  {
    name: 'a pod that its budget spares is put back before more important ones',
    pods: [pod('spared', { budgets: ['x'] }), pod('other', { priority: 5 })],
    need: 1,
    victims: ['other'],
  },
  {
    name: 'with one disruption allowed the lower one is not spared',
    pods: [pod('spared', { budgets: ['x'] }), pod('other', { priority: 5 })],
    need: 1,
    allowed: { x: 1 },
    victims: ['spared'],
  },
  {
    name: 'one allowed, two selected: the more important uses it up, the other violates and is put back',
    pods: [pod('first', { priority: 5, budgets: ['x'] }), pod('second', { budgets: ['x'] })],
    need: 1,
    allowed: { x: 1 },
    victims: ['first'],
  },
  {
    name: 'budgets are best effort',
    pods: [pod('a', { budgets: ['x'] }), pod('b', { budgets: ['x'] })],
    need: 2,
    victims: ['a', 'b'],
    violations: 2,
  },
  {
    name: 'of two budgets one is enough to violate',
    pods: [pod('a', { budgets: ['x', 'y'] })],
    need: 1,
    allowed: { x: 1 },
    victims: ['a'],
    violations: 1,
  },
  {
    name: 'a pod that is leaving makes room, and is no victim',
    pods: [pod('a', { isLeaving: true })],
    need: 1,
    victims: [],
  },
  {
    name: 'one that is leaving is free under its budget',
    pods: [pod('a', { isLeaving: true, budgets: ['x'] }), pod('b', { budgets: ['x'] })],
    need: 2,
    allowed: { x: 1 },
    victims: ['b'],
  },
]

const victims = suite('victims')

for (const row of rows)
  victims(row.name, () => {
    const choice = choose(row.pods, row.need, row.free, row.allowed)
    assert.equal(choice?.victims.map((item) => item.uid) ?? null, row.victims)
    assert.is(choice?.violations ?? 0, row.violations ?? 0)
  })

interface CostRow {
  readonly name: string
  readonly better: VictimChoice<number>
  readonly worse: VictimChoice<number>
}

function choice(violations: number, ...pods: readonly Preemptible<number>[]): VictimChoice<number> {
  return { violations, victims: pods }
}

const costs: readonly CostRow[] = [
  {
    name: 'fewest violations, before everything else',
    better: choice(0, pod('a', { priority: 9 }), pod('b', { priority: 9 })),
    worse: choice(1, pod('a')),
  },
  {
    name: 'lowest highest priority',
    better: choice(0, pod('a', { priority: 4 }), pod('b', { priority: 4 }), pod('c', { priority: 4 })),
    worse: choice(0, pod('a', { priority: 5 })),
  },
  {
    name: 'lowest sum of priorities',
    better: choice(0, pod('a', { priority: 5 }), pod('b', { priority: 1 })),
    worse: choice(0, pod('a', { priority: 5 }), pod('b', { priority: 2 })),
  },
  {
    name: 'priorities below zero still cost: fewer pods',
    better: choice(0, pod('a', { priority: -5 })),
    worse: choice(0, pod('a', { priority: -5 }), pod('b', { priority: -9 })),
  },
  {
    name: 'the youngest work: latest of the earliest starts of the highest priority',
    better: choice(0, pod('a', { startedAt: 20 }), pod('b', { startedAt: 30 })),
    worse: choice(0, pod('a', { startedAt: 10 }), pod('b', { startedAt: 99 })),
  },
  {
    name: 'starts of lower priorities do not count',
    better: choice(0, pod('a', { priority: 5, startedAt: 20 }), pod('b', { startedAt: 1 })),
    worse: choice(0, pod('a', { priority: 5, startedAt: 19 }), pod('b', { startedAt: 50 })),
  },
  { name: 'no new victim at all', better: choice(0), worse: choice(0, pod('a', { priority: -100 })) },
]
for (const row of costs)
  victims(`node: ${row.name}`, () => {
    assert.ok(compareCosts(costOf(row.better), costOf(row.worse)) < 0)
    assert.ok(compareCosts(costOf(row.worse), costOf(row.better)) > 0)
  })

victims('equal costs are equal', () => {
  assert.is(compareCosts(costOf(choice(0, pod('a'))), costOf(choice(0, pod('b')))), 0)
  assert.is(compareCosts(costOf(choice(0)), costOf(choice(0))), 0)
})

victims('never takes one that could stay, and always makes room', () => {
  const arbitrary = fc.record({
    size: fc.integer({ min: 1, max: 5 }),
    priority: fc.integer({ min: -3, max: 3 }),
    startedAt: fc.integer({ min: 0, max: 9 }),
    budgets: fc.subarray(['x', 'y']),
  })
  fc.assert(
    fc.property(
      fc.array(arbitrary, { maxLength: 8 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 3 }),
      (options, need, free) => {
        const pods = options.map((item, i) => pod(`p${i}`, item))
        const found = choose(pods, need, free, { x: 1, y: 2 })
        if (found === null) return
        const gone = new Set(found.victims)
        const room = pods.filter((item) => gone.has(item)).reduce((sum, item) => sum + item.pod, free)
        assert.ok(room >= need)
        // The last to be looked at went only because nothing else would do.
        for (const item of found.victims) assert.ok(room - item.pod < need, `${item.uid} could have stayed`)
      },
    ),
    { numRuns: 500, seed: 7 },
  )
})

victims.run()
