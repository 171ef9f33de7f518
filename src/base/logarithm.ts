/**
 * Logarithms that are the same on every machine: the standard leaves the digits of Math.log and Math.log2 to the engine, and
 * what is decided with them must not depend on where it is decided. Only operations whose rounding IEEE 754 fixes are used.
 */
import { assert } from './assert.js'

/** ln 2 in two parts: the first has zeros at its end, so that its product with a small whole number is exact (fdlibm). */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const SQRT2 = Math.SQRT2
/** 1/3, 1/5 and so on: at s² below 0.0295 the next one adds less than 2^-60. */
const SERIES = Array.from({ length: 11 }, (_, i) => 1 / (2 * i + 3))

/** ln x for x of 1 and above, off by 2 units in the last place at most: x = m · 2^k, ln m = 2 · (s + s³/3 + s⁵/5 + …), s = (m − 1) / (m + 1). */
export function naturalLog(x: number): number {
  assert(x >= 1 && x < Number.POSITIVE_INFINITY, 'a logarithm of less than 1')
  let m = x
  let k = 0
  while (m > SQRT2) {
    m /= 2
    k += 1
  }
  const s = (m - 1) / (m + 1)
  const square = s * s
  let sum = 0
  for (let i = SERIES.length - 1; i >= 0; i--) sum = (sum + SERIES[i]!) * square
  return k * LN2_HIGH + (k * LN2_LOW + 2 * (s + s * sum))
}

/** The whole part of log2 x, exact for every x of 1 and above. */
export function wholeLog2(x: number): number {
  assert(x >= 1 && x < Number.POSITIVE_INFINITY, 'a logarithm of less than 1')
  let k = 0
  for (let left = x; left >= 2; left /= 2) k += 1
  return k
}
