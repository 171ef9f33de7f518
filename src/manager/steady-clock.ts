/**
 * The manager's clock, which never goes back. When the host's clock is set back, or the store speaks of times that are yet
 * to come, it goes on from where it was by the time that passes: silence of nodes, evictions, deadlines and delays are
 * counted in it, and none of them waits for the host's clock to catch up. It follows a clock that is set forth, which the
 * core takes for a stall (DESIGN 12).
 */
import type { Instant } from '../base/instant.js'

export interface ClockSources {
  /** The host's clock. */
  wallNow(): Instant
  /** Milliseconds since some moment, whatever becomes of that clock. */
  elapsedMs(): number
}

const hostSources: ClockSources = { wallNow: () => Date.now(), elapsedMs: () => performance.now() }

/** A clock that says `notBefore` or later (when the newest plan in the store was made), in whole milliseconds. */
export function makeSteadyClock(notBefore: Instant, sources: ClockSources = hostSources): () => Instant {
  let at = Math.max(notBefore, sources.wallNow())
  let elapsedMs = sources.elapsedMs()
  return () => {
    const before = elapsedMs
    elapsedMs = sources.elapsedMs()
    at = Math.max(sources.wallNow(), at + elapsedMs - before)
    return Math.floor(at)
  }
}
