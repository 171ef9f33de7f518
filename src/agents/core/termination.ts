/**
 * Graceful termination (Kubernetes: semantics §4.6): which containers are told to stop now, and how long each has.
 * App containers (and a running init container) stop in parallel; sidecars after them in reverse order, in what is left
 * of the grace; the sandbox last. The preStop hook spends of the grace, but a container always gets 2 s after its signal.
 */
import type { Instant } from '../../base/instant.js'

/** What a container has at least after the stop signal, however long its hook took. */
export const STOP_FLOOR_MS = 2_000

/** A grace of 0 becomes this in the agent. */
export const GRACE_MIN_MS = 1_000

/** Kubernetes' default, for a pod whose record says nothing. */
export const GRACE_DEFAULT_MS = 30_000

/** Milliseconds between the stop signal and KILL, when the hook took `spentMs` of the grace. */
export function stopGrace(graceMs: number, spentMs: number): number {
  return spentMs === 0 ? Math.max(GRACE_MIN_MS, graceMs) : Math.max(STOP_FLOOR_MS, graceMs - spentMs)
}

/** A pod's own grace. */
export function podGrace(spec: { readonly terminationGracePeriodSeconds?: number }): number {
  const seconds = spec.terminationGracePeriodSeconds
  return seconds === undefined ? GRACE_DEFAULT_MS : Math.max(GRACE_MIN_MS, seconds * 1_000)
}

/** The end of the grace once a pod is ordered to stop; a later order can only shorten it. */
export function stopDeadline(before: Instant | null, graceMs: number, now: Instant): Instant {
  const deadline = now + Math.max(GRACE_MIN_MS, graceMs)
  return before === null ? deadline : Math.min(before, deadline)
}

/** Grace for a container that stops now when the pod's grace ends at `deadline`: one whose turn comes too late gets the floor. */
export function remainingGrace(deadline: Instant, now: Instant): number {
  const left = deadline - now
  return left >= GRACE_MIN_MS ? left : STOP_FLOOR_MS
}

/** The grace on a probe's kill: the probe's own if it has one, else the pod's. */
export function probeGrace(
  probe: { readonly terminationGracePeriodSeconds?: number } | undefined,
  spec: { readonly terminationGracePeriodSeconds?: number },
): number {
  return podGrace(probe?.terminationGracePeriodSeconds === undefined ? spec : probe)
}

export interface StoppableContainer {
  readonly name: string
  readonly type: 'init' | 'sidecar' | 'app'
  readonly isRunning: boolean
}

/** The containers to stop now, in the order of the spec (init containers first); empty when none runs. */
export function stopNext<T extends StoppableContainer>(containers: readonly T[]): readonly T[] {
  const first = containers.filter((c) => c.isRunning && c.type !== 'sidecar')
  if (first.length > 0) return first
  const last = containers.findLast((c) => c.isRunning)
  return last === undefined ? [] : [last]
}
