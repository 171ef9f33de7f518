/** Large values as lines and back, whatever their shape. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ValueDecoder, ValueEncoder } from '../../src/base/value-codec.js'
import { takeValueLine, valueLines } from '../../src/base/value-lines.js'

const lines = suite('value lines')

const key = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('spec', '$ref', '__proto__', ''))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string(),
    fc.integer(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 10, minLength: 7 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(fc.string(), { maxLength: 9 }).map((items) => new Set(items)),
  ),
}))

function read(text: readonly string[]): unknown {
  const decoder = new ValueDecoder()
  const root = { value: undefined as unknown }
  for (const line of text.join('').split('\n').slice(0, -1)) {
    assert.ok(takeValueLine(decoder, root, JSON.parse(line)), line)
  }
  return root.value
}

lines('any value comes back', () => {
  fc.assert(
    fc.property(value, (before) => {
      assert.equal(read([...valueLines(new ValueEncoder(['spec']), before)]), before)
    }),
    { numRuns: 500 },
  )
})

lines('a list of records with lists in them keeps its items apart', () => {
  const numbers = Array.from({ length: 9 }, (_, i) => i)
  const before = { items: numbers.map((i) => ({ name: `n${i}`, numbers, by: new Map([['k', i]]) })) }
  const text = [...valueLines(new ValueEncoder(), before)]
  assert.ok(text.length > 20)
  assert.equal(read(text), before)
})

lines('what has no place, and what is no line', () => {
  const decoder = new ValueDecoder()
  const root = { value: null as unknown }
  assert.throws(() => takeValueLine(decoder, root, { at: ['a', 'b'], value: 1 }), /no place/)
  for (const other of [null, 1, [], {}, { at: 'a', value: 1 }, { at: [] }]) {
    assert.is(takeValueLine(decoder, root, other), false)
  }
})

lines.run()
