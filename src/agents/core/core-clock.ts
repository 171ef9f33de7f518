/**
 * The core's own time, which never goes back. When the host's clock is set back, or a ledger speaks of times that are
 * yet to come, the core goes on from where it was, ahead of the clock by that much: back-offs, probes, graces and ages
 * are all counted in this time, so none of them waits for the clock to catch up. What is said to the manager are ages.
 * A clock that is set forth looks like time that has passed.
 */
import type { Instant } from '../../base/instant.js'
import type { RuntimeContainer } from '../runtime.js'
import type { LedgerSnapshot } from './ledger-snapshot.js'

/** Mutable, and the core's alone. */
export interface CoreClock {
  /** The core's time less the clock's, in milliseconds; never negative. */
  aheadMs: number
  /** The core's time at the event before; at first the latest time that the ledger calls past. */
  lastAt: Instant
}

/** A clock that is not behind what the ledger says has been. */
export function makeCoreClock(ledger: LedgerSnapshot | null): CoreClock {
  let lastAt = 0
  for (const pod of ledger?.pods ?? []) {
    lastAt = Math.max(lastAt, pod.startedAt ?? 0, pod.readySince ?? 0, pod.stopSince ?? 0)
    for (const { backOff } of pod.containers) lastAt = Math.max(lastAt, backOff?.updatedAt ?? 0)
  }
  return { aheadMs: 0, lastAt }
}

/**
 * The core's time of an event that comes when the host's clock says `now`. `dueAt`: the core's time for which the event
 * was asked; it has come, whatever the clock says, since timers go by elapsed time. Null when it was not asked for.
 */
export function takeTime(clock: CoreClock, now: Instant, dueAt: Instant | null): Instant {
  const at = now + clock.aheadMs
  if (at >= clock.lastAt) {
    clock.lastAt = at
    return at
  }
  clock.lastAt = Math.max(clock.lastAt, dueAt ?? 0)
  clock.aheadMs = clock.lastAt - now
  return clock.lastAt
}

/** The host's clock when it is this in the core's time. */
export function toHostTime(clock: CoreClock, at: Instant | null): Instant | null {
  return at === null ? null : at - clock.aheadMs
}

/** A container as the engine shows it, by the host's clock of then, in the core's time: nothing of it is yet to come. */
export function inCoreTime(clock: CoreClock, shown: RuntimeContainer): RuntimeContainer {
  const { startedAt, finishedAt } = shown
  const latest = Math.max(startedAt ?? 0, finishedAt ?? 0)
  if (clock.aheadMs === 0 && latest <= clock.lastAt) return shown
  const toCore = (at: Instant | null): Instant | null =>
    at === null ? null : Math.min(at + clock.aheadMs, clock.lastAt)
  return { ...shown, startedAt: toCore(startedAt), finishedAt: toCore(finishedAt) }
}
