/** What a commit does to pods and when: as predicted from a snapshot, and as it really went. */
import type { PodUid } from './assignment.js'
import type { ObjectKey } from './keys.js'

/** One pod's steps, in milliseconds after the commit was taken; null: it does not come to that. */
export interface PodTimeline {
  readonly uid: PodUid
  /** `namespace/name`. */
  readonly pod: string
  readonly workload: ObjectKey
  readonly node: string | null
  /** Why it was created or ordered to stop, in the planner's word: `rollout`, `scale-up` … */
  readonly reason: string
  readonly createdMs: number | null
  readonly boundMs: number | null
  readonly startedMs: number | null
  readonly readyMs: number | null
  readonly stopOrderedMs: number | null
  readonly goneMs: number | null
}

export interface Timeline {
  /** By their first step, then by name. */
  readonly pods: readonly PodTimeline[]
  /** Pods that are left out because there were too many. */
  readonly omitted: number
  /** Pods that had to make way for the commit: ordered to stop, for another reason than being fewer or none. */
  readonly replaced: number
  /** Containers of those pods: what `headway plan` calls restarts. Absent: written before they were counted. */
  readonly restarts?: number
  /** When everything was healthy; null while it is not, or would never be. */
  readonly convergedMs: number | null
}

/** What the simulation of a commit says beforehand. */
export type PredictedTimeline = Timeline

/** Reasons to stop that mean that a pod is wanted no more, rather than another in its place. */
const FEWER: ReadonlySet<string> = new Set(['scale-down', 'prune', 'duplicate'])

/** True when a pod stopped for this reason is one that another replaces. */
export function isReplacement(stopReason: string): boolean {
  return !FEWER.has(stopReason)
}
