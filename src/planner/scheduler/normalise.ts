/** Raw scores of rows that only the feasible ones normalise: shared by the plug-ins whose raw scores never change. */
import type { Column, MovingScore } from './plug-in.js'

/** `normalise` gives the score of a raw value, between the least and the most of all feasible rows. */
export function fixedScore(
  raw: Int32Array,
  normalise: (raw: number, least: number, most: number) => number,
): MovingScore {
  return {
    columns: [raw],
    placed: () => {},
    score(rows, _sizes, count, scores) {
      let least = Number.POSITIVE_INFINITY
      let most = Number.NEGATIVE_INFINITY
      for (let i = 0; i < count; i++) {
        const value = raw[rows[i]!]!
        if (value < least) least = value
        if (value > most) most = value
      }
      for (let i = 0; i < count; i++) scores[i] = normalise(raw[rows[i]!]!, least, most)
    },
  }
}

/** True when all rows have the same value: then nothing is preferred. */
export function isUniform(column: Column): boolean {
  for (let row = 1; row < column.length; row++) if (column[row] !== column[0]) return false
  return true
}
