/**
 * When percentages of what a node has may be found by multiplying with 1 / all instead of dividing, which costs a fifth, and
 * be exact all the same: trunc((100 * part + 1/2) * (1 / all)). For whole numbers n and d, n / d is at least 1 / d below the
 * next whole number, so (n + 1/2) / d stays half of that away from any; the two roundings are off by 2^-52 of a quotient up
 * to 100, which is less as long as d < 2^43.
 */

const WHOLE_MAX = 2 ** 43

/** True for an amount that this holds for: a whole number below 8 TiB. */
export function isWholeAmount(amount: number): boolean {
  return Number.isInteger(amount) && amount >= 0 && amount < WHOLE_MAX
}
