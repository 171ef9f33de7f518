/** Proportional scaling. Rows re-typed from Kubernetes: semantics §5.1.2 (its TestScale). */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
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
scaling.run()
