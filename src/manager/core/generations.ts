/** The newest generation that this manager has given out, above all that agents have seen (DESIGN 11). */
import { compareGenerations, type Generation } from '../../model/generation.js'

export class Generations {
  #current: Generation
  readonly #log: (line: string) => void

  constructor(current: Generation, log: (line: string) => void) {
    this.#current = current
    this.#log = log
  }

  get current(): Generation {
    return this.#current
  }

  /** Of the next plan. */
  next(): Generation {
    return { epoch: Math.max(1, this.#current.epoch), counter: this.#current.counter + 1 }
  }

  /** An agent has seen one: a newer one takes a higher epoch. */
  riseAbove(seen: Generation): void {
    if (compareGenerations(seen, this.#current) <= 0) return
    this.#current = { epoch: seen.epoch + 1, counter: 0 }
    this.#log(`epoch ${this.#current.epoch}`)
  }

  /** Somebody who is not heard may have seen any of this epoch: nothing more is given out in it. */
  leaveEpoch(): void {
    this.#current = { epoch: this.next().epoch + 1, counter: 0 }
    this.#log(`epoch ${this.#current.epoch}`)
  }

  /** One that was given out, by this manager or another. */
  take(given: Generation): void {
    if (compareGenerations(given, this.#current) > 0) this.#current = given
  }

  /** As it was saved. */
  restore(saved: Generation): void {
    this.#current = saved
  }
}
