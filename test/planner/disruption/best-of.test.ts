/** The tree's best is the best of a look at all, after every change. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BestOf } from '../../../src/planner/disruption/best-of.js'

const bestOf = suite('best of')

const change = fc.record({ at: fc.nat(40), value: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 5 })) })

bestOf('equals a look at all after each change', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 41 }), fc.array(change, { maxLength: 60 }), (count, changes) => {
      const values: (number | null)[] = new Array<null>(count).fill(null)
      const isBetter = (left: number, right: number): boolean => {
        const [a, b] = [values[left] ?? -1, values[right] ?? -1]
        return a === b ? left < right : a > b
      }
      const tree = new BestOf(count, isBetter)
      for (const { at, value } of changes) {
        values[at % count] = value
        tree.changed(at % count)
        const best = tree.best()
        assert.is(values[best] ?? -1, Math.max(...values.map((item) => item ?? -1)))
        if (values[best] !== null) assert.is(best, values.indexOf(values[best]!))
      }
    }),
    { numRuns: 1_000, seed: 90125 },
  )
})

bestOf('nothing that ever changed is no best', () => {
  assert.is(new BestOf(3, () => true).best(), -1)
})

bestOf.run()
