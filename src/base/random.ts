/** Seeded random numbers for the simulator and for tests; streams are split by name, so that a new entity leaves the others alone. */
import { hash32 } from './hash.js'

export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [low, high]. */
  integer(low: number, high: number): number
  /** True with probability `p`. */
  chance(p: number): boolean
  /** One of the items, which must not be empty. */
  pick<T>(items: readonly T[]): T
  /** A stream of its own that depends only on this one's seed and the name. */
  split(name: string): Random
}

/** A stream from a seed (mulberry32). */
export function makeRandom(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (p) => next() < p,
    pick: (items) => items[Math.floor(next() * items.length)]!,
    split: (name) => makeRandom(hash32(name, seed)),
  }
}
