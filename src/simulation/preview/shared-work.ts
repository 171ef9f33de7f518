/**
 * Work that slows each other down: containers being made, started, stopped and removed on one host. Each piece takes a
 * share longer for each other that is under way; the share is the host's (host-paces.ts).
 */
import type { Instant } from '../../base/instant.js'
import { slownessOf } from '../../model/start-sharing.js'
import type { SimulatedTime } from '../simulated-time.js'

interface Piece {
  /** Of its time alone. */
  remainingMs: number
  readonly done: () => void
}

export class SharedWork {
  readonly #pieces: Piece[] = []
  readonly #time: SimulatedTime
  #countedAt: Instant
  #cancel: (() => void) | null = null

  /** `slowdown`: how much longer one piece takes for each other that is under way. */
  constructor(
    time: SimulatedTime,
    private readonly slowdown: number,
  ) {
    this.#time = time
    this.#countedAt = time.now
  }

  /** Begins a piece that takes `ms` alone. */
  begin(ms: number, done: () => void): void {
    this.#count()
    this.#pieces.push({ remainingMs: ms, done })
    this.#schedule()
  }

  /** When the last piece ends at the latest, if none is added. */
  endsAt(): Instant {
    const longest = Math.max(0, ...this.#pieces.map((piece) => piece.remainingMs))
    return this.#time.now + Math.ceil(longest * this.#slowness())
  }

  #slowness(): number {
    return slownessOf(this.#pieces.length, this.slowdown)
  }

  #count(): void {
    const { now } = this.#time
    const spent = (now - this.#countedAt) / this.#slowness()
    for (const piece of this.#pieces) piece.remainingMs -= spent
    this.#countedAt = now
  }

  #schedule(): void {
    this.#cancel?.()
    this.#cancel = null
    if (this.#pieces.length === 0) return
    const shortest = Math.min(...this.#pieces.map((piece) => piece.remainingMs))
    this.#cancel = this.#time.schedule(Math.max(0, Math.ceil(shortest * this.#slowness())), () => this.#finish())
  }

  #finish(): void {
    this.#cancel = null
    this.#count()
    const finished = this.#pieces.filter((piece) => piece.remainingMs <= 0)
    for (const piece of finished) this.#pieces.splice(this.#pieces.indexOf(piece), 1)
    this.#schedule()
    for (const piece of finished) piece.done()
  }
}
