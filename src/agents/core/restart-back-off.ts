/**
 * Restart back-off of one container (Kubernetes: semantics §4.4): 10 s, 20, 40, 80, 160, then 300 s, counted from the
 * exit of the last run, without jitter; the first restart is immediate. Forgotten when the run ended more than 10 min
 * after the back-off was last updated. Pulling an image backs off by the same figures, counted from the failure.
 */
import type { Instant } from '../../base/instant.js'

export const BACK_OFF_FIRST_MS = 10_000
export const BACK_OFF_MAX_MS = 300_000
const FORGET_MS = 2 * BACK_OFF_MAX_MS

export interface BackOff {
  readonly delayMs: number
  readonly updatedAt: Instant
}

/** When a container that ended at `finishedAt` may run again: at once when there is no back-off, or it is forgotten. */
export function restartAt(backOff: BackOff | null, finishedAt: Instant): Instant {
  return backOff === null || isForgotten(backOff, finishedAt) ? finishedAt : finishedAt + backOff.delayMs
}

/** The back-off to keep when a container that ended at `finishedAt` is run again now. */
export function nextBackOff(backOff: BackOff | null, finishedAt: Instant, now: Instant): BackOff {
  if (backOff === null || isForgotten(backOff, finishedAt)) return { delayMs: BACK_OFF_FIRST_MS, updatedAt: now }
  return { delayMs: Math.min(backOff.delayMs * 2, BACK_OFF_MAX_MS), updatedAt: now }
}

function isForgotten(backOff: BackOff, eventAt: Instant): boolean {
  return eventAt - backOff.updatedAt > FORGET_MS
}
