/** Rolling-update arithmetic. Rows re-typed from Kubernetes: semantics §5.1.1 and its worked trace. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { advanceRollout, type RolloutSizes, stepRollout } from '../../src/reconcile/rollout.js'
import { resolveLimits } from '../../src/reconcile/rollout-limits.js'

const limits = suite('rollout limits')
const limitRows = [
  { replicas: 10, surge: '25%', unavailable: '25%', S: 3, U: 2 },
  { replicas: 4, surge: '25%', unavailable: '25%', S: 1, U: 1 },
  { replicas: 3, surge: '25%', unavailable: '25%', S: 1, U: 0 },
  { replicas: 1, surge: '25%', unavailable: '25%', S: 1, U: 0 },
  { replicas: 10, surge: 0, unavailable: '9%', S: 0, U: 1 },
  { replicas: 10, surge: 0, unavailable: '10%', S: 0, U: 1 },
  { replicas: 10, surge: 1, unavailable: '9%', S: 1, U: 0 },
  { replicas: 3, surge: 0, unavailable: 5, S: 0, U: 3 },
  { replicas: 3, surge: '100%', unavailable: '100%', S: 3, U: 3 },
  { replicas: 0, surge: '25%', unavailable: '25%', S: 0, U: 0 },
  { replicas: 10, surge: '2', unavailable: 0, S: 2, U: 0 },
]
for (const row of limitRows) {
  limits(`${row.replicas} replicas at ${row.surge} and ${row.unavailable}`, () => {
    assert.equal(resolveLimits(row.surge, row.unavailable, row.replicas), { maxSurge: row.S, maxUnavailable: row.U })
  })
}
limits.run()

const step = suite('one step of a rollout')
interface StepRow {
  readonly name: string
  readonly R: number
  readonly S: number
  readonly U: number
  readonly current: readonly [number, number]
  readonly old: readonly (readonly [number, number, number?])[]
  readonly up: number
  readonly down: readonly number[]
}
// Sets are [replicas, available], and where a budget is kept [replicas, available, healthy].
const stepRows: readonly StepRow[] = [
  { name: 'surges first', R: 10, S: 3, U: 2, current: [0, 0], old: [[10, 10]], up: 3, down: [2] },
  { name: 'fills the room that old pods left', R: 10, S: 3, U: 2, current: [3, 0], old: [[8, 8]], up: 2, down: [0] },
  { name: 'waits for readiness', R: 10, S: 3, U: 2, current: [5, 0], old: [[8, 8]], up: 0, down: [0] },
  { name: 'one ready lets one go', R: 10, S: 3, U: 2, current: [5, 1], old: [[8, 8]], up: 0, down: [1] },
  { name: 'all five ready', R: 10, S: 3, U: 2, current: [5, 5], old: [[8, 8]], up: 0, down: [5] },
  { name: 'room for the rest', R: 10, S: 3, U: 2, current: [5, 5], old: [[3, 3]], up: 5, down: [0] },
  { name: 'the last old ones go', R: 10, S: 3, U: 2, current: [10, 10], old: [[3, 3]], up: 0, down: [3] },
  { name: 'is done', R: 10, S: 3, U: 2, current: [10, 10], old: [[0, 0]], up: 0, down: [0] },
  { name: 'a single replica surges', R: 1, S: 1, U: 0, current: [0, 0], old: [[1, 1]], up: 1, down: [0] },
  { name: 'without surge old goes first', R: 3, S: 0, U: 1, current: [0, 0], old: [[3, 3]], up: 0, down: [1] },
  { name: 'cuts a set above R', R: 3, S: 1, U: 0, current: [5, 5], old: [], up: -2, down: [] },
  {
    name: 'unhealthy old pods go first, oldest set first',
    R: 10,
    S: 0,
    U: 2,
    current: [0, 0],
    old: [
      [5, 3],
      [5, 4],
    ],
    up: 0,
    down: [2, 0],
  },
  { name: 'unhealthy ones as far as allowed', R: 10, S: 3, U: 2, current: [2, 2], old: [[8, 0]], up: 3, down: [2] },
  {
    name: 'a stuck rollout is superseded',
    R: 3,
    S: 1,
    U: 0,
    current: [0, 0],
    old: [
      [3, 3],
      [1, 0],
    ],
    up: 0,
    down: [0, 1],
  },
  { name: 'unavailable new pods hold old ones', R: 10, S: 0, U: 2, current: [2, 0], old: [[8, 8]], up: 0, down: [0] },
  // Ready for too short a time: as good as broken to Kubernetes, not to a budget.
  {
    name: 'settling pods go freely',
    R: 4,
    S: 0,
    U: 2,
    current: [0, 0],
    old: [
      [2, 0],
      [2, 0],
    ],
    up: 0,
    down: [2, 0],
  },
  {
    name: 'with a budget broken ones go first, of whichever set',
    R: 4,
    S: 0,
    U: 2,
    current: [0, 0],
    old: [
      [2, 0, 2],
      [2, 0, 0],
    ],
    up: 0,
    down: [0, 2],
  },
  {
    name: 'then settling ones, as many as are healthy above what is needed',
    R: 4,
    S: 0,
    U: 2,
    current: [0, 0],
    old: [
      [2, 2, 2],
      [2, 0, 1],
    ],
    up: 0,
    down: [0, 2],
  },
  {
    name: 'and none when no more are healthy than that',
    R: 4,
    S: 0,
    U: 2,
    current: [0, 0],
    old: [
      [2, 0, 2],
      [1, 0, 0],
    ],
    up: 1,
    down: [0, 1],
  },
  { name: 'scaled to nothing', R: 0, S: 0, U: 0, current: [0, 0], old: [[3, 3]], up: 0, down: [3] },
]
for (const row of stepRows) {
  step(row.name, () => {
    const size = ([replicas, available, healthy]: readonly [number, number, number?]) => ({
      replicas,
      available,
      ...(healthy !== undefined && { healthy }),
    })
    const sizes = { current: size(row.current), old: row.old.map(size) }
    const answer = stepRollout(row.R, { maxSurge: row.S, maxUnavailable: row.U }, sizes)
    assert.equal(answer, { up: row.up, down: row.down })
  })
}
step.run()

const trace = suite('the rollout of ten')
trace('in as few passes as readiness allows', () => {
  const ten = { maxSurge: 3, maxUnavailable: 2 }
  let sizes: RolloutSizes = { current: { replicas: 0, available: 0 }, old: [{ replicas: 10, available: 10 }] }
  const seen: (readonly [number, number])[] = []
  for (let pass = 0; pass < 4; pass++) {
    sizes = advanceRollout(10, ten, sizes)
    seen.push([sizes.old[0]!.replicas, sizes.current.replicas])
    sizes = { ...sizes, current: { replicas: sizes.current.replicas, available: sizes.current.replicas } }
  }
  assert.equal(seen, [
    [8, 5],
    [3, 10],
    [0, 10],
    [0, 10],
  ])
})
trace('step by step it is the trace of Kubernetes', () => {
  const ten = { maxSurge: 3, maxUnavailable: 2 }
  let current = { replicas: 0, available: 0 }
  let old = { replicas: 10, available: 10 }
  const seen: (readonly [number, number])[] = [[old.replicas, current.replicas]]
  // As Kubernetes: a pass scales up or down, never both, and pods become ready when nothing else moves.
  for (let pass = 0; pass < 20 && old.replicas > 0; pass++) {
    const { up, down } = stepRollout(10, ten, { current, old: [old] })
    if (up > 0) current = { ...current, replicas: current.replicas + up }
    else if (down[0]! > 0) old = { replicas: old.replicas - down[0]!, available: old.replicas - down[0]! }
    else {
      current = { replicas: current.replicas, available: current.replicas }
      continue
    }
    seen.push([old.replicas, current.replicas])
  }
  assert.equal(seen, [
    [10, 0],
    [10, 3],
    [8, 3],
    [8, 5],
    [3, 5],
    [3, 10],
    [0, 10],
  ])
})
trace.run()

const properties = suite('rollout properties')
const setSize = fc
  .tuple(fc.nat(12), fc.nat(12))
  .map(([replicas, available]) => ({ replicas, available: Math.min(replicas, available) }))
const budgetedSize = fc
  .tuple(fc.nat(12), fc.nat(12), fc.nat(12))
  .map((numbers) => numbers.sort((left, right) => left - right))
  .map(([available, healthy, replicas]) => ({ replicas: replicas!, available: available!, healthy: healthy! }))
const situation = fc
  .record({
    desired: fc.nat(12),
    maxSurge: fc.nat(4),
    maxUnavailable: fc.nat(4),
    current: setSize,
    old: fc.oneof(fc.array(setSize, { maxLength: 3 }), fc.array(budgetedSize, { maxLength: 3 })),
  })
  .filter((s) => s.maxSurge + s.maxUnavailable > 0 && s.maxUnavailable <= Math.max(1, s.desired))
properties('never more than R + S in total by growing, never fewer than R − U available by shrinking', () => {
  fc.assert(
    fc.property(situation, ({ desired, maxSurge, maxUnavailable, ...sizes }) => {
      const after = advanceRollout(desired, { maxSurge, maxUnavailable }, sizes)
      const total = (s: RolloutSizes) => s.current.replicas + s.old.reduce((sum, set) => sum + set.replicas, 0)
      const available = (s: RolloutSizes) => s.current.available + s.old.reduce((sum, set) => sum + set.available, 0)
      // A budget counts what is ready: it holds for that too.
      const healthy = (s: RolloutSizes) =>
        s.current.available + s.old.reduce((sum, set) => sum + (set.healthy ?? set.available), 0)
      assert.ok(healthy(after) >= Math.min(healthy(sizes), desired - maxUnavailable))
      assert.ok(total(after) <= Math.max(desired + maxSurge, total(sizes)))
      assert.ok(after.current.replicas <= desired)
      assert.ok(available(after) >= Math.min(available(sizes), desired - maxUnavailable))
      assert.equal(advanceRollout(desired, { maxSurge, maxUnavailable }, after), after)
    }),
    { numRuns: 2000 },
  )
})
properties.run()
