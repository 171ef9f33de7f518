/**
 * The time of one process or host: it may be paused (a stalled process, a suspended machine). What comes due meanwhile
 * happens at once when it goes on, in order; its clock has moved on by then.
 */
import type { Instant } from '../base/instant.js'
import type { Gate, Scheduled, SimulatedTime } from './simulated-time.js'

export interface TimeSource {
  readonly now: Instant
  /** Runs a function `delayMs` from now; the returned function cancels it. */
  schedule(delayMs: number, run: () => void | Promise<void>): () => void
  /** As `schedule`, for what nothing cancels. */
  later(delayMs: number, run: () => void | Promise<void>): void
}

export class PausableTime implements TimeSource, Gate {
  private held: Scheduled[] | null = null

  constructor(private readonly base: SimulatedTime) {}

  get now(): Instant {
    return this.base.now
  }

  get isPaused(): boolean {
    return this.held !== null
  }

  schedule(delayMs: number, run: () => void | Promise<void>): () => void {
    return this.base.schedule(delayMs, run, this)
  }

  later(delayMs: number, run: () => void | Promise<void>): void {
    this.base.later(delayMs, run, this)
  }

  pause(): void {
    this.held ??= []
  }

  hold(event: Scheduled): void {
    this.held?.push(event)
  }

  resume(): void {
    const held = this.held ?? []
    this.held = null
    for (const event of held) this.base.again(event)
  }
}
