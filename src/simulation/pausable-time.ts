/**
 * The time of one process or host: it may be paused (a stalled process, a suspended machine). What comes due meanwhile
 * happens at once when it goes on, in order; its clock has moved on by then.
 */
import type { Instant } from '../base/instant.js'

export interface TimeSource {
  readonly now: Instant
  /** Runs a function `delayMs` from now; the returned function cancels it. */
  schedule(delayMs: number, run: () => void | Promise<void>): () => void
}

export class PausableTime implements TimeSource {
  private held: { readonly run: () => void | Promise<void>; isCancelled: boolean }[] | null = null

  constructor(private readonly base: TimeSource) {}

  get now(): Instant {
    return this.base.now
  }

  get isPaused(): boolean {
    return this.held !== null
  }

  schedule(delayMs: number, run: () => void | Promise<void>): () => void {
    let cancelHeld = (): void => {}
    const cancel = this.base.schedule(delayMs, () => {
      if (this.held === null) return run()
      const entry = { run, isCancelled: false }
      this.held.push(entry)
      cancelHeld = () => {
        entry.isCancelled = true
      }
      return undefined
    })
    return () => {
      cancel()
      cancelHeld()
    }
  }

  pause(): void {
    this.held ??= []
  }

  resume(): void {
    const held = this.held ?? []
    this.held = null
    for (const entry of held) this.base.schedule(0, () => (entry.isCancelled ? undefined : entry.run()))
  }
}
