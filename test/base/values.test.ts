/** The small ones: instants, orders, equality, freezing, assertions. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { AssertionError, assertNever, assert as assertThat, defined } from '../../src/base/assert.js'
import { deepFreeze } from '../../src/base/deep-freeze.js'
import { isEqual } from '../../src/base/equal.js'
import { earliest, formatDuration, formatInstant } from '../../src/base/instant.js'
import { compareText, groupBy, sortedBy, sortedMap } from '../../src/base/ordered.js'

const values = suite('values')

const S = 1_000
const M = 60 * S
const H = 60 * M
const D = 24 * H
/** As kubectl's AGE column prints them. */
const durations: readonly (readonly [number, string])[] = [
  [-5, '0s'],
  [0, '0s'],
  [999, '0s'],
  [119 * S, '119s'],
  [120 * S, '2m'],
  [2 * M + 1 * S, '2m1s'],
  [9 * M + 59 * S, '9m59s'],
  [10 * M + 30 * S, '10m'],
  [179 * M, '179m'],
  [180 * M, '3h'],
  [7 * H + 59 * M, '7h59m'],
  [8 * H + 59 * M, '8h'],
  [47 * H, '47h'],
  [48 * H, '2d'],
  [7 * D + 23 * H, '7d23h'],
  [8 * D + 5 * H, '8d'],
  [400 * D, '400d'],
]
for (const [ms, text] of durations) {
  values(`${ms} ms is ${text}`, () => {
    assert.is(formatDuration(ms), text)
  })
}

values('instants', () => {
  assert.is(formatInstant(0), '1970-01-01T00:00:00Z')
  assert.is(formatInstant(1_795_255_200_999), '2026-11-21T10:00:00Z')
  assert.is(earliest(3, 2), 2)
  assert.is(earliest(null, 2), 2)
  assert.is(earliest(3, null), 3)
  assert.is(earliest(null, null), null)
})

values('orders are by code unit and leave their input alone', () => {
  assert.is(compareText('B', 'a'), -1)
  assert.is(compareText('a', 'a'), 0)
  const items = Object.freeze([{ k: 'b' }, { k: 'B' }, { k: 'a' }])
  assert.equal(
    sortedBy(items, (item) => item.k).map((item) => item.k),
    ['B', 'a', 'b'],
  )
  assert.equal([...sortedMap([['b', 1] as const, ['a', 2] as const]).keys()], ['a', 'b'])
  const groups = groupBy([1, 2, 3, 4, 5], (n) => n % 2)
  assert.equal(groups.get(1), [1, 3, 5])
  assert.equal(groups.get(0), [2, 4])
})

values('equality is that of JSON, where undefined is absent', () => {
  assert.ok(isEqual({ a: 1, b: undefined }, { a: 1 }))
  assert.ok(isEqual({ a: 1 }, { b: undefined, a: 1 }))
  assert.not.ok(isEqual({ a: 1 }, { a: 1, b: null }))
  assert.not.ok(isEqual([1], { 0: 1 }))
  assert.not.ok(isEqual([1, 2], [1]))
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
      assert.ok(isEqual(left, structuredClone(left)))
      assert.is(isEqual(left, right), isEqual(right, left))
    }),
  )
})

values('a frozen value cannot be written to, at any depth', () => {
  const value = deepFreeze({ list: [{ x: 1 }], map: new Map([['k', { y: 1 }]]) })
  assert.throws(() => {
    ;(value.list[0] as { x: number }).x = 2
  }, TypeError)
  assert.throws(() => {
    ;(value.map.get('k') as { y: number }).y = 2
  }, TypeError)
})

values('assertions throw, and say what is missing', () => {
  assert.throws(
    () => assertThat(false, 'broken'),
    (error: unknown) => error instanceof AssertionError,
  )
  assertThat(true, 'fine')
  assert.is(defined(0, 'count'), 0)
  assert.throws(() => defined(null, 'the node'), /the node is missing/)
  assert.throws(() => assertNever('x' as never), /no case for "x"/)
})

values.run()
