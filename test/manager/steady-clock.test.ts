/** The manager's clock, by table: what it says when the host's clock and the time that has passed say this. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeSteadyClock } from '../../src/manager/steady-clock.js'

const tests = suite('steady clock')

/** What the clock says at each moment. */
function read(notBefore: number, moments: readonly (readonly [wall: number, elapsed: number])[]): readonly number[] {
  let [at = [0, 0]] = moments
  const now = makeSteadyClock(notBefore, { wallNow: () => at[0] ?? 0, elapsedMs: () => at[1] ?? 0 })
  return moments.map((moment) => {
    at = moment
    return now()
  })
}

const rows = [
  {
    name: 'a clock that nobody sets',
    notBefore: 0,
    moments: [
      [100, 0],
      [100.9, 0.9],
      [110, 10],
    ],
    says: [100, 100, 110],
  },
  {
    name: 'it is set back',
    notBefore: 0,
    moments: [
      [100, 0],
      [40, 10],
      [50, 20],
    ],
    says: [100, 110, 120],
  },
  {
    name: 'back and forth again',
    notBefore: 0,
    moments: [
      [100, 0],
      [40, 10],
      [120, 20],
    ],
    says: [100, 110, 120],
  },
  {
    name: 'it is set forth',
    notBefore: 0,
    moments: [
      [100, 0],
      [900, 10],
      [910, 20],
    ],
    says: [100, 900, 910],
  },
  {
    name: 'it goes too slowly',
    notBefore: 0,
    moments: [
      [100, 0],
      [105, 10],
      [110, 20],
    ],
    says: [100, 110, 120],
  },
  {
    name: 'the store is ahead',
    notBefore: 500,
    moments: [
      [100, 0],
      [110, 10],
    ],
    says: [500, 510],
  },
  {
    name: 'the store is behind',
    notBefore: 99,
    moments: [
      [100, 0],
      [110, 10],
    ],
    says: [100, 110],
  },
] as const
for (const row of rows) tests(row.name, () => assert.equal(read(row.notBefore, row.moments), row.says))

tests('it never goes back, nor slower than time passes, nor behind the clock', () => {
  const step = fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 1_000 }))
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20_000 }), fc.array(step, { minLength: 2 }), (notBefore, steps) => {
      let elapsed = 0
      const moments = steps.map(([wall, passed]) => {
        elapsed += passed
        return [wall, elapsed] as const
      })
      const said = read(notBefore, moments)
      for (let i = 1; i < said.length; i++) assert.ok(said[i]! - said[i - 1]! >= moments[i]![1] - moments[i - 1]![1])
      for (let i = 0; i < said.length; i++) assert.ok(said[i]! >= moments[i]![0])
    }),
  )
})

tests.run()
