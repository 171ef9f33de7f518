/**
 * Back-off for pods that end by themselves (evicted by their host, refused by it): the first replacement comes at once,
 * then after 10 s, doubling to 5 min, while none becomes ready in between; the delays of container restarts (Kubernetes:
 * semantics §4.4). Pods stopped by a plan (drain, node lost, scale-down) are never counted.
 */
import { type Instant, MINUTE_MS, SECOND_MS } from '../base/instant.js'
import type { PodFacts } from './controller.js'

const FIRST_DELAY_MS = 10 * SECOND_MS
const LONGEST_DELAY_MS = 5 * MINUTE_MS

/** As the workload's record keeps it. */
export interface CreationBackoff {
  readonly failures: number
  readonly createAfter: Instant | null
}

export const noBackoff: CreationBackoff = { failures: 0, createAfter: null }

/** How long the replacement waits after so many failures in a row. */
export function creationDelayMs(failures: number): number {
  return failures <= 1 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 2, 10))
}

/**
 * The back-off after this pass. Failures at one time count once, and so do those of pods older than the last counted
 * one: only a replacement that fails again makes the row longer.
 */
export function nextBackoff(
  before: CreationBackoff,
  ready: readonly PodFacts[],
  failed: readonly PodFacts[],
  now: Instant,
): CreationBackoff {
  const lastFailureAt = before.createAfter === null ? null : before.createAfter - creationDelayMs(before.failures)
  const isOver = lastFailureAt === null || ready.some((pod) => (pod.observed?.readySince ?? 0) > lastFailureAt)
  const base = isOver ? noBackoff : before
  const isLonger = failed.some((pod) => base.failures === 0 || pod.planned.createdAt >= (lastFailureAt ?? 0))
  if (!isLonger) return base
  const failures = base.failures + 1
  return { failures, createAfter: now + creationDelayMs(failures) }
}

/** True while no pod may be created. */
export function isBackingOff({ createAfter }: CreationBackoff, now: Instant): boolean {
  return createAfter !== null && createAfter > now
}
