import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeRandom, type Random } from '../../src/base/random.js'

const random = suite('random')

const take = (stream: Random, count: number): number[] => Array.from({ length: count }, () => stream.next())

random('the same seed gives the same numbers on every machine', () => {
  assert.equal(take(makeRandom(42), 2), [0.6011037519201636, 0.44829055899754167])
  assert.equal(take(makeRandom(7), 50), take(makeRandom(7), 50))
  assert.not.equal(take(makeRandom(7), 5), take(makeRandom(8), 5))
})

random('a split stream depends on seed and name only, not on what was drawn', () => {
  const used = makeRandom(42)
  take(used, 10)
  assert.equal(take(used.split('node1'), 5), take(makeRandom(42).split('node1'), 5))
  assert.not.equal(take(makeRandom(42).split('node1'), 5), take(makeRandom(42).split('node2'), 5))
  assert.equal(take(makeRandom(42).split('a').split('b'), 3), take(makeRandom(42).split('a').split('b'), 3))
})

random('numbers keep to their bounds', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -50, max: 50 }), fc.nat(50), (seed, low, width) => {
      const stream = makeRandom(seed)
      const n = stream.integer(low, low + width)
      assert.ok(Number.isInteger(n) && n >= low && n <= low + width)
      const f = stream.next()
      assert.ok(f >= 0 && f < 1)
      assert.ok([1, 2, 3].includes(stream.pick([1, 2, 3])))
    }),
  )
})

random('chance keeps its share', () => {
  const stream = makeRandom(1)
  const hits = Array.from({ length: 10_000 }, () => stream.chance(0.3)).filter(Boolean).length
  assert.ok(hits > 2_800 && hits < 3_200, `${hits}`)
  assert.is(stream.chance(0), false)
  assert.is(stream.chance(1), true)
})

random.run()
