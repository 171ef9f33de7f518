/** Distinct lists of taints by small numbers, so that tolerations are held against each list once; 0 is the empty one. */
import type { Taint } from '../../model/generated/kubernetes.js'

/** Fewer are not worth looking through. */
const SWEEP_LEAST = 64

export class TaintSets {
  /** By number; among them lists that no row has any more, until they are swept out. */
  readonly sets: (readonly Taint[])[] = [[]]
  readonly #ids = new Map<string, number>([['', 0]])
  #swept = 0

  /** The number of a list. */
  intern(taints: readonly Taint[]): number {
    const text = taints.map((taint) => `${taint.key}=${taint.value ?? ''}:${taint.effect}`).join(',')
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    this.#ids.set(text, this.sets.length)
    return this.sets.push(taints) - 1
  }

  /** Numbers the lists anew that the first `count` of `rows` have; due when they have doubled. Not during a placement. */
  sweep(rows: Int32Array, count: number, isDue = this.sets.length >= Math.max(SWEEP_LEAST, 2 * this.#swept)): void {
    if (!isDue) return
    const before = [...this.sets]
    this.sets.length = 1
    this.#ids.clear()
    this.#ids.set('', 0)
    for (let row = 0; row < count; row++) rows[row] = this.intern(before[rows[row]!] ?? [])
    this.#swept = this.sets.length
  }
}
