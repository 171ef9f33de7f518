/**
 * From sizes to intents: which pods of each set go and how many come, and what the workload looks like once that is
 * done. Counts speak of the world after this pass's orders, so that a second pass over it finds nothing to change.
 */
import { isEqual } from '../base/equal.js'
import { groupBy } from '../base/ordered.js'
import type { PodUid, StopReason } from '../model/assignment.js'
import type { ObjectKey } from '../model/keys.js'
import type { PlannedReplicaSet, WorkloadCounts } from '../model/planned-state.js'
import { activePods, type PodBuckets } from './classify-pods.js'
import type { ControllerInput, Intent, PodFacts } from './controller.js'
import { orderForScaleDown, scaleDownCandidates } from './scale-down-order.js'

export interface SetTarget {
  /** Null for a set that is new. */
  readonly before: PlannedReplicaSet | null
  readonly after: PlannedReplicaSet
  /** Why its surplus pods stop. */
  readonly stopReason: StopReason
  /** Why it changes, for people. */
  readonly reason: string
}

export interface SetChangesInput {
  readonly input: ControllerInput
  readonly buckets: PodBuckets
  readonly targets: readonly SetTarget[]
  /** The set whose pods count as updated. */
  readonly currentKey: ObjectKey | null
  readonly desired: number
  /** False during back-off: pods that are missing stay so. */
  readonly canCreate: boolean
}

export interface SetChanges {
  /** Sets first, then stops, then creations. */
  readonly intents: readonly Intent[]
  readonly counts: WorkloadCounts
  /** Ready pods of the current set. */
  readonly updatedReady: number
  /** Pods that would be created but for the back-off. */
  readonly withheld: number
}

/** Brings every target to its size. */
export function changeSets(change: SetChangesInput): SetChanges {
  const { buckets, targets } = change
  const active = activePods(buckets)
  const bySet = groupBy(active, (pod) => pod.planned.replicaSet)
  const available = new Set(buckets.available.map((pod) => pod.planned.uid))
  const ready = new Set(buckets.ready.map((pod) => pod.planned.uid))
  const puts: Intent[] = []
  const stops: Intent[] = stopEnded(buckets.failed)
  const creates: Intent[] = []
  const counts = { desired: change.desired, total: 0, updated: 0, ready: 0, available: 0 }
  let updatedReady = 0
  let withheld = 0
  for (const target of targets) {
    const { after } = target
    if (target.before === null || !isEqual(target.before, after)) {
      puts.push({ type: 'put-replica-set', replicaSet: after, reason: target.reason })
    }
    const pods = bySet.get(after.key) ?? []
    const surplus = chooseSurplus(change, active, pods, after.replicas, available)
    if (surplus.length > 0) stops.push({ type: 'stop-pods', pods: surplus, reason: target.stopReason })
    const missing = Math.max(0, after.replicas - pods.length)
    const created = change.canCreate ? missing : 0
    withheld += missing - created
    if (created > 0) {
      creates.push({ type: 'create-pods', replicaSet: after.key, count: created, reason: target.reason })
    }
    const gone = new Set(surplus)
    const left = pods.filter((pod) => !gone.has(pod.planned.uid))
    const size = left.length + created
    counts.total += size
    if (after.key === change.currentKey) counts.updated += size
    for (const { planned } of left) {
      if (available.has(planned.uid)) counts.available++
      if (!available.has(planned.uid) && !ready.has(planned.uid)) continue
      counts.ready++
      if (after.key === change.currentKey) updatedReady++
    }
  }
  // As long as others are missing, a drained pod serves in their place even when its set is gone.
  if (counts.available >= change.desired) stops.push(...stopDrained(targets, buckets.terminating))
  return { intents: [...puts, ...stops, ...creates], counts, updatedReady, withheld }
}

/** The pods that are too many, the first to go first. */
function chooseSurplus(
  { input }: SetChangesInput,
  related: readonly PodFacts[],
  pods: readonly PodFacts[],
  size: number,
  available: ReadonlySet<PodUid>,
): PodUid[] {
  const surplus = pods.length - size
  if (surplus <= 0) return []
  if (size === 0) return pods.map((pod) => pod.planned.uid)
  const annotations = new Map<string, Readonly<Record<string, string>>>(
    input.replicaSets.map((set) => [set.key, set.template.metadata?.annotations ?? {}]),
  )
  const candidates = scaleDownCandidates(pods, {
    now: input.now,
    related,
    available,
    annotations: (key) => annotations.get(key) ?? {},
  })
  return orderForScaleDown(candidates, input.now)
    .slice(0, surplus)
    .map((candidate) => candidate.uid)
}

/** Drained pods that serve on until they are replaced: a set without replicas has no use for that. */
function stopDrained(targets: readonly SetTarget[], terminating: readonly PodFacts[]): Intent[] {
  return targets.flatMap(({ after, stopReason }): Intent[] => {
    if (after.replicas > 0) return []
    const pods = terminating
      .filter(({ planned }) => planned.replicaSet === after.key && planned.stop?.phase === 'replacing')
      .map(({ planned }) => planned.uid)
    return pods.length === 0 ? [] : [{ type: 'stop-pods', pods, reason: stopReason }]
  })
}

/** What ended by itself is ordered to stop, so that its host clears it away. */
function stopEnded(failed: readonly PodFacts[]): Intent[] {
  if (failed.length === 0) return []
  return [{ type: 'stop-pods', pods: failed.map((pod) => pod.planned.uid), reason: 'failed' }]
}
