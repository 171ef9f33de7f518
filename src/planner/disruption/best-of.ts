/** A tree of comparisons over numbers from 0 on: which of all is best, when one of them changes at a time. */

export class BestOf {
  readonly #isBetter: (left: number, right: number) => boolean
  readonly #leaves: number = 1
  /** Node i has the children 2i and 2i + 1; each holds the best below it. -1: none. */
  readonly #winners: Int32Array

  /** `isBetter` must tell any two numbers apart that are worth being told apart. */
  constructor(count: number, isBetter: (left: number, right: number) => boolean) {
    this.#isBetter = isBetter
    while (this.#leaves < count) this.#leaves *= 2
    this.#winners = new Int32Array(2 * this.#leaves).fill(-1)
  }

  /** The comparison of a number with others may come out otherwise now. O(log count). */
  changed(number: number): void {
    const winners = this.#winners
    let at = this.#leaves + number
    winners[at] = number
    for (at >>= 1; at >= 1; at >>= 1) {
      const left = winners[2 * at]!
      const right = winners[2 * at + 1]!
      winners[at] = right === -1 || (left !== -1 && !this.#isBetter(right, left)) ? left : right
    }
  }

  /** -1 when nothing ever changed. */
  best(): number {
    return this.#winners[1]!
  }
}
