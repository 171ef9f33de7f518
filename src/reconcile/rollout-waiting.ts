/** What a workload waits on, in words with numbers: the same for CLI, events, UI and preview (DESIGN 9). */
import { formatDuration, type Instant } from '../base/instant.js'
import type { ObjectKey } from '../model/keys.js'
import type { WorkloadCounts } from '../model/planned-state.js'
import type { Waiting, WaitingOn } from '../model/waiting.js'
import type { CreationBackoff } from './creation-backoff.js'
import type { ProgressReason } from './progress.js'

export interface WaitingInput {
  readonly key: ObjectKey
  readonly now: Instant
  readonly counts: WorkloadCounts
  /** Ready pods of the current revision. */
  readonly updatedReady: number
  readonly maxUnavailable: number
  readonly minReadyMs: number
  /** Ready, not available yet. */
  readonly settling: number
  readonly missingConfiguration: readonly string[]
  /** Paused with a template that has no set yet, or pods of older ones left. */
  readonly isPausedRollout: boolean
  /** Under Recreate: old pods that are not gone yet. */
  readonly stopping: number
  readonly backoff: CreationBackoff
  readonly withheld: number
  readonly progressReason: ProgressReason
  readonly deadlineMs: number | null
}

/** Everything that holds a Deployment or ReplicaSet back, the cause before its effects; empty when nothing does. */
export function workloadWaiting(input: WaitingInput): Waiting[] {
  const { key, counts } = input
  const waiting: Waiting[] = []
  const add = (on: WaitingOn, detail: string): void => {
    waiting.push({ on, key, detail })
  }
  if (input.missingConfiguration.length > 0) {
    add('configuration', `${input.missingConfiguration.join(', ')}: the new revision starts once it is there`)
  }
  if (input.isPausedRollout)
    add('paused', `the rollout is paused: ${updatedOf(counts)}; set spec.paused to false to go on`)
  if (input.withheld > 0 && input.backoff.createAfter !== null) {
    const seconds = formatDuration(input.backoff.createAfter - input.now + 999)
    const what = input.withheld === 1 ? '1 pod is' : `${input.withheld} pods are`
    add('crash-loop', `${what} to be created in ${seconds}, since ${input.backoff.failures} failed in a row`)
  }
  if (input.stopping > 0)
    add('termination', `${pods(input.stopping)} of older revisions must be gone before new ones start`)
  if (input.progressReason === 'ProgressDeadlineExceeded') {
    const limit = formatDuration(input.deadlineMs ?? 0)
    const old = counts.total > counts.updated ? 'the old pods serve on, ' : ''
    add('progress-deadline', `no progress for ${limit}: ${readyOf(input)}; ${old}a new commit supersedes`)
  } else if (counts.available < counts.desired || counts.total !== counts.updated) {
    const isReady = counts.ready >= counts.desired && counts.total === counts.updated
    const isSettling = isReady && input.settling > 0 && input.minReadyMs > 0
    if (input.missingConfiguration.length === 0 && !input.isPausedRollout && input.stopping === 0 && !isSettling) {
      add('ready-replicas', readyOf(input))
    }
  }
  if (input.settling > 0 && input.minReadyMs > 0) {
    add(
      'min-ready-seconds',
      `${pods(input.settling)} must stay ready for ${formatDuration(input.minReadyMs)} to count as available`,
    )
  }
  return waiting
}

function readyOf({ counts, updatedReady, maxUnavailable }: WaitingInput): string {
  const old = counts.total - counts.updated
  if (old === 0 && counts.updated >= counts.desired) return `${counts.ready} of ${counts.desired} replicas are ready`
  const remain = old === 0 ? '' : old === 1 ? ', 1 old one remains' : `, ${old} old ones remain`
  return `${updatedReady} of ${counts.desired} new replicas are ready${remain}; at most ${maxUnavailable} may be unavailable`
}

function updatedOf({ updated, desired }: WorkloadCounts): string {
  return `${updated} of ${desired} are of the new revision`
}

function pods(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`
}
