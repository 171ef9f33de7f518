/** A number that grows with each change of status, and waiting for it: behind GET /v1/changes. */

export class ChangeSequence {
  #sequence = 1
  readonly #waiters = new Set<() => void>()

  get value(): number {
    return this.#sequence
  }

  advance(): void {
    this.#sequence++
    for (const wake of this.#waiters) wake()
  }

  /** Resolves to the sequence once it is above `after`, or after `limitMs`. */
  above(after: number, limitMs: number): Promise<number> {
    if (this.#sequence > after) return Promise.resolve(this.#sequence)
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(done)
        resolve(this.#sequence)
      }
      const timer = setTimeout(done, limitMs)
      this.#waiters.add(done)
    })
  }
}
