/** Logarithms: fixed values to the last bit, close to the truth, and exact at powers of two. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { naturalLog, wholeLog2 } from '../../src/base/logarithm.js'

const logarithm = suite('logarithm')

/** The nearest doubles to ln x, from tables. */
const NEAREST: readonly (readonly [number, number])[] = [
  [1, 0],
  [2, Math.LN2],
  [3, 1.0986122886681098],
  [5, 1.6094379124341003],
  [7, 1.9459101490553132],
  [10, Math.LN10],
  [502, 6.218600119691729],
  [5002, 8.517593111437565],
]

for (const [x, expected] of NEAREST)
  logarithm(`ln ${x}`, () => {
    assert.ok(Math.abs(naturalLog(x) - expected) <= expected * 2 ** -51, `${naturalLog(x)}`)
  })

logarithm('the bits of many values are those of every machine', () => {
  // A sum that one bit more or less in any of the values would change.
  const bits = new BigUint64Array(1)
  const value = new Float64Array(bits.buffer)
  let sum = 0n
  for (let x = 1; x <= 20_000; x++) {
    value[0] = naturalLog(x)
    sum = BigInt.asUintN(64, sum * 31n + bits[0]!)
  }
  assert.is(sum.toString(16), '981bd6007c1d96e6')
})

logarithm('it grows with its argument, and equals the engine’s to 2 units in the last place', () => {
  let before = -1
  for (let x = 1; x <= 100_000; x++) {
    const ln = naturalLog(x)
    assert.ok(ln > before, `${x}`)
    assert.ok(Math.abs(ln - Math.log(x)) <= ln * 2 ** -51, `${x}`)
    before = ln
  }
})

logarithm('the whole part of a binary logarithm is exact next to powers of two', () => {
  for (let k = 1; k <= 70; k++) {
    const power = 2 ** k
    assert.is(wholeLog2(power), k)
    assert.is(wholeLog2(power * (1 - 2 ** -53)), k - 1)
  }
  assert.is(wholeLog2(1), 0)
})

logarithm('there is none of less than 1, of NaN or of more than any number', () => {
  for (const x of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => naturalLog(x), /logarithm/)
    assert.throws(() => wholeLog2(x), /logarithm/)
  }
})

logarithm.run()
