/**
 * Whether a rollout moves (Kubernetes: semantics §5.1.3). Progress is more updated pods, fewer old ones, more ready or
 * more available. Without any for progressDeadlineSeconds the rollout is said to have exceeded its deadline: it holds,
 * the old pods serve on, and the next commit supersedes it. Not judged while paused or once complete.
 */
import type { Instant } from '../base/instant.js'
import type { PlannedWorkload, WorkloadCounts } from '../model/planned-state.js'

export type ProgressReason = PlannedWorkload['progressReason']

export interface Progress {
  readonly progressAt: Instant
  readonly progressReason: ProgressReason
}

export interface ProgressInput {
  readonly now: Instant
  readonly before: (Progress & { readonly counts: WorkloadCounts }) | null
  readonly counts: WorkloadCounts
  readonly isPaused: boolean
  /** What happened to the current set in this pass. */
  readonly current: 'created' | 'found-again' | 'same' | 'none'
  /** Null for none. */
  readonly deadlineMs: number | null
}

/** All replicas are of the current template and available, and no others are left. */
export function isComplete({ desired, total, updated, available }: WorkloadCounts): boolean {
  return updated === desired && total === desired && available === desired
}

/** What is to be said of the rollout now. */
export function nextProgress(input: ProgressInput): Progress {
  const { now, before, counts, current } = input
  const say = (progressReason: ProgressReason): Progress => ({ progressAt: now, progressReason })
  if (input.isPaused) return keepIf('DeploymentPaused', before) ?? say('DeploymentPaused')
  if (current !== 'none' && isComplete(counts)) {
    return keepIf('NewReplicaSetAvailable', before) ?? say('NewReplicaSetAvailable')
  }
  if (current === 'created') return say('NewReplicaSetCreated')
  if (current === 'found-again') return say('FoundNewReplicaSet')
  // None is what was kept of a workload that was found running and was not wanted: nothing was judged then.
  if (before === null || before.progressReason === 'DeploymentPaused' || before.progressReason === '')
    return say('ReplicaSetUpdated')
  if (before.progressReason === 'NewReplicaSetAvailable') {
    // Once complete, a pod that fails later, or a scaling, is not judged by the deadline of the rollout.
    return counts.total === counts.updated ? keep(before) : say('ReplicaSetUpdated')
  }
  if (hasProgressed(before.counts, counts)) return say('ReplicaSetUpdated')
  const isLate = input.deadlineMs !== null && now >= before.progressAt + input.deadlineMs
  return isLate ? { progressAt: before.progressAt, progressReason: 'ProgressDeadlineExceeded' } : keep(before)
}

/** When the deadline will be judged next; null when it will not. */
export function progressDeadline(progress: Progress, deadlineMs: number | null): Instant | null {
  const isJudged =
    progress.progressReason === 'NewReplicaSetCreated' ||
    progress.progressReason === 'FoundNewReplicaSet' ||
    progress.progressReason === 'ReplicaSetUpdated'
  return isJudged && deadlineMs !== null ? progress.progressAt + deadlineMs : null
}

function hasProgressed(before: WorkloadCounts, after: WorkloadCounts): boolean {
  return (
    after.updated > before.updated ||
    after.total - after.updated < before.total - before.updated ||
    after.ready > before.ready ||
    after.available > before.available
  )
}

function keep({ progressAt, progressReason }: Progress): Progress {
  return { progressAt, progressReason }
}

function keepIf(reason: ProgressReason, before: Progress | null): Progress | null {
  return before?.progressReason === reason ? keep(before) : null
}
