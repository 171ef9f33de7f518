/** Plain data with maps and sets through text and back: equal values, equal text; what repeats is written once. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ValueDecoder, ValueEncoder } from '../../src/base/value-codec.js'

const codec = suite('value codec')

const key = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('$map', '$set', '$ref', '$$', 'spec', '__proto__'))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(fc.string(), { maxLength: 3 }).map((items) => new Set(items)),
  ),
}))

codec('any value comes back', () => {
  fc.assert(
    fc.property(value, (before) => {
      const encoder = new ValueEncoder(['spec'])
      const text = encoder.encode(before)
      const decoder = new ValueDecoder()
      for (const part of encoder.takeShared()) decoder.addShared(JSON.parse(part))
      assert.equal(decoder.decode(text), before)
    }),
    { numRuns: 500 },
  )
})

codec('the order of an object changes nothing, undefined is left out, maps keep their order', () => {
  const encode = (what: unknown): string => new ValueEncoder().encode(what)
  assert.is(encode({ b: 1, a: { d: 2, c: undefined } }), '{"a":{"d":2},"b":1}')
  assert.is(encode({ a: { d: 2 }, b: 1 }), '{"a":{"d":2},"b":1}')
  assert.is(
    encode(
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
    ),
    '{"$map":[["b",1],["a",2]]}',
  )
  assert.is(encode({ $map: 1 }), '{"$$map":1}')
})

codec('a long shared part is written once, equal or the same; a short one stands where it is', () => {
  const encoder = new ValueEncoder(['spec'])
  const long = { text: 'x'.repeat(200) }
  const text = encoder.encode([{ spec: long }, { spec: { ...long } }, { spec: { text: 'short' } }, { other: long }])
  assert.is(encoder.takeShared().length, 1)
  assert.is(encoder.takeShared().length, 0)
  assert.match(
    text,
    /^\[\{"spec":\{"\$ref":0\}\},\{"spec":\{"\$ref":0\}\},\{"spec":\{"text":"short"\}\},\{"other":\{"text":"x/,
  )
})

codec('a reference to nothing is an error', () => {
  assert.throws(() => new ValueDecoder().decode('{"$ref":0}'), /no shared part has the number 0/)
})

codec.run()
