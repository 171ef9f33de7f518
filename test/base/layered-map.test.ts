import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { diffMaps, isMap, patchMap } from '../../src/base/layered-map.js'

const layered = suite('layered maps')

/** Large enough to be layered. */
const LARGE = 1_100

function keyOf(number: number): string {
  return `key-${String(number).padStart(5, '0')}`
}

function largeMap(size: number): ReadonlyMap<string, object> {
  return new Map(Array.from({ length: size }, (_, i) => [keyOf(i * 2), { i }]))
}

/** The same, by a plain map that is sorted again. */
function patchPlainly(
  map: ReadonlyMap<string, object>,
  changes: ReadonlyMap<string, object | null>,
): Map<string, object> {
  const next = new Map(map)
  for (const [key, value] of changes) {
    if (value === null) next.delete(key)
    else next.set(key, value)
  }
  return new Map([...next].sort(([left], [right]) => (left < right ? -1 : 1)))
}

function differences(before: ReadonlyMap<string, object>, after: ReadonlyMap<string, object>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key)).sort()
}

function visited(before: ReadonlyMap<string, object>, after: ReadonlyMap<string, object>): string[] {
  const keys: string[] = []
  diffMaps(before, after, (key, left, right) => {
    assert.is(left, before.get(key))
    assert.is(right, after.get(key))
    keys.push(key)
  })
  return keys.sort()
}

/** Ends the test without comparing entry by entry what `assert.equal` would only see the private parts of. */
function isSame(actual: ReadonlyMap<string, object>, expected: ReadonlyMap<string, object>): void {
  assert.is(actual.size, expected.size)
  assert.equal([...actual.keys()], [...expected.keys()])
  for (const [key, value] of expected) {
    assert.is(actual.get(key), value)
    assert.ok(actual.has(key))
  }
  assert.ok([...actual.values()].every((value, i) => value === [...expected.values()][i]))
  const seen: string[] = []
  actual.forEach((value, key) => {
    assert.is(value, expected.get(key))
    seen.push(key)
  })
  assert.equal(seen, [...expected.keys()])
}

// Keys with even numbers are in the map at first; odd ones and those beyond the end are not.
const changes = fc
  .array(fc.tuple(fc.nat(LARGE * 2 + 20), fc.boolean()), { maxLength: 200 })
  .map((list) => new Map(list.map(([number, isGone]) => [keyOf(number), isGone ? null : { number }])))

layered('any row of patches is what plain maps would be, and differences are found whichever two are compared', () => {
  fc.assert(
    fc.property(fc.array(changes, { minLength: 1, maxLength: 8 }), (patches) => {
      let map = largeMap(LARGE)
      let expected = new Map(map)
      const all = [map]
      for (const patch of patches) {
        map = patchMap(map, patch)
        expected = patchPlainly(expected, patch)
        all.push(map)
      }
      isSame(map, expected)
      for (const before of all) assert.equal(visited(before, map), differences(before, map))
      assert.equal(visited(map, all[0]!), differences(map, all[0]!))
    }),
    { numRuns: 40 },
  )
})

layered('shares what did not change: a small change on a large map is no copy, and says so of itself', () => {
  const map = largeMap(LARGE)
  const next = patchMap(map, new Map([[keyOf(1), {}]]))
  assert.not.instance(next, Map)
  assert.ok(isMap(next))
  assert.ok(isMap(map))
  assert.not.ok(isMap(new Set()))
  assert.instance(patchMap(largeMap(10), new Map([[keyOf(1), {}]])), Map)
  assert.is(patchMap(next, new Map()), next)
})

layered(
  'a layer that has grown too large is laid down, and the step over that is found by the keys that changed',
  () => {
    let map = largeMap(LARGE)
    let before = map
    let wasLaidDown = false
    for (let i = 0; i < 600; i++) {
      before = map
      map = patchMap(map, new Map([[keyOf(i * 2), {}]]))
      assert.equal(visited(before, map), [keyOf(i * 2)])
      if (i > 0 && map instanceof Map) wasLaidDown = true
    }
    assert.ok(wasLaidDown)
  },
)

layered.run()
