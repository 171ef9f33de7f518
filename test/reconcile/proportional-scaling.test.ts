/** Proportional scaling. Rows re-typed from Kubernetes: semantics §5.1.2 (its TestScale). */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { keepAvailable } from '../../src/reconcile/deployment-sizes.js'
import { scaleProportionally } from '../../src/reconcile/proportional-scaling.js'

const scaling = suite('proportional scaling')
interface Row {
  readonly name: string
  readonly desired: number
  readonly surge: number
  /** Replicas + surge when last scaled. */
  readonly before: number
  /** Oldest first. */
  readonly sizes: readonly number[]
  readonly after: readonly number[]
}
const rows: readonly Row[] = [
  { name: 'grows by share', desired: 15, surge: 4, before: 13, sizes: [8, 5], after: [12, 7] },
  { name: 'nothing to add', desired: 10, surge: 3, before: 13, sizes: [8, 5], after: [8, 5] },
  { name: 'shrinks by share', desired: 6, surge: 0, before: 10, sizes: [5, 5], after: [3, 3] },
  {
    name: 'two equal sets growing: leftover to the newer',
    desired: 11,
    surge: 0,
    before: 10,
    sizes: [5, 5],
    after: [5, 6],
  },
  {
    name: 'two equal sets shrinking: leftover to the older',
    desired: 8,
    surge: 0,
    before: 10,
    sizes: [5, 5],
    after: [4, 4],
  },
  { name: 'largest takes it first', desired: 12, surge: 0, before: 10, sizes: [2, 8], after: [2, 10] },
  { name: 'ten to twelve over three', desired: 12, surge: 0, before: 10, sizes: [1, 3, 6], after: [1, 4, 7] },
  { name: 'four to five, everything to the larger', desired: 5, surge: 0, before: 4, sizes: [1, 3], after: [1, 4] },
  { name: 'to zero', desired: 0, surge: 0, before: 13, sizes: [8, 5], after: [0, 0] },
  { name: 'zero with surge left is zero too', desired: 0, surge: 2, before: 13, sizes: [8, 5], after: [0, 0] },
  {
    name: 'size at last scaling unknown: leftover to the largest',
    desired: 10,
    surge: 0,
    before: 0,
    sizes: [3, 5],
    after: [3, 7],
  },
  // Sets of an older store: more pods run than it had ever wanted, though more are wanted now.
  { name: 'no set grows while all must shrink', desired: 3, surge: 0, before: 2, sizes: [2, 1, 1], after: [1, 1, 1] },
  { name: 'no set shrinks while all must grow', desired: 3, surge: 0, before: 8, sizes: [1, 1], after: [1, 2] },
  {
    name: 'size at last scaling unknown: the next gives what the largest cannot',
    desired: 1,
    surge: 0,
    before: 0,
    sizes: [3, 3, 3],
    after: [0, 0, 1],
  },
]
for (const row of rows) {
  scaling(row.name, () => {
    const sets = row.sizes.map((replicas, i) => ({
      key: `set${i}`,
      replicas,
      createdAt: i,
      revision: i + 1,
      maxReplicasAtScale: row.before,
    }))
    const sizes = scaleProportionally(sets, row.desired, row.surge)
    assert.equal(
      sets.map((set) => sizes.get(set.key)),
      row.after,
    )
  })
}
scaling('together they have what is wanted of all of them, and none goes against the change', () => {
  const set = fc.record({ replicas: fc.nat({ max: 12 }), maxReplicasAtScale: fc.nat({ max: 20 }) })
  fc.assert(
    fc.property(
      fc.array(set, { minLength: 1, maxLength: 5 }),
      fc.nat({ max: 15 }),
      fc.nat({ max: 5 }),
      (drawn, desired, surge) => {
        const sets = drawn.map((item, i) => ({ ...item, key: `set${i}`, createdAt: i, revision: i + 1 }))
        const sizes = scaleProportionally(sets, desired, surge)
        const wanted = desired === 0 ? 0 : desired + surge
        const before = sets.reduce((sum, { replicas }) => sum + replicas, 0)
        assert.is(
          sets.reduce((sum, { key }) => sum + sizes.get(key)!, 0),
          wanted,
        )
        for (const { key, replicas } of sets)
          assert.ok(wanted >= before ? sizes.get(key)! >= replicas : sizes.get(key)! <= replicas)
      },
    ),
  )
})

scaling.run()

const keeping = suite('shares and availability')
interface KeepRow {
  readonly name: string
  /** Replicas and available pods, oldest set first. */
  readonly sets: readonly (readonly [number, number])[]
  readonly sizes: readonly number[]
  readonly least: number
  readonly kept: readonly number[]
}
const keepRows: readonly KeepRow[] = [
  {
    name: 'enough stay available',
    sets: [
      [5, 5],
      [5, 5],
    ],
    sizes: [2, 3],
    least: 4,
    kept: [2, 3],
  },
  {
    name: 'starting pods go instead',
    sets: [
      [5, 5],
      [5, 0],
    ],
    sizes: [2, 3],
    least: 4,
    kept: [4, 1],
  },
  {
    name: 'of the oldest set first',
    sets: [
      [4, 0],
      [4, 0],
      [4, 4],
    ],
    sizes: [2, 2, 2],
    least: 4,
    kept: [0, 2, 4],
  },
  {
    name: 'no more than were available before',
    sets: [
      [5, 2],
      [5, 0],
    ],
    sizes: [1, 4],
    least: 4,
    kept: [2, 3],
  },
  {
    name: 'exactly enough',
    sets: [
      [5, 5],
      [5, 0],
    ],
    sizes: [4, 1],
    least: 4,
    kept: [4, 1],
  },
]
for (const row of keepRows) {
  keeping(row.name, () => {
    const sets = row.sets.map(([replicas, available]) => ({ replicas, available }))
    assert.equal(keepAvailable(sets, row.sizes, row.least), row.kept)
  })
}
keeping.run()
