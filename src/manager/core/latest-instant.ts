/** The latest time that planned state calls past: a manager that goes on from it must not think itself before that. */
import type { Instant } from '../../base/instant.js'
import type { PlannedPod, PlannedState } from '../../model/planned-state.js'

/** 0 when nothing has a time. What is yet to come by intention (a creation that is put off) does not count. */
export function latestInstant(planned: PlannedState): Instant {
  let latest = 0
  const take = (at: Instant | null | undefined): void => {
    if (at != null && at > latest) latest = at
  }
  const takePod = ({ createdAt, boundAt, stop }: PlannedPod): void => {
    take(createdAt)
    take(boundAt)
    take(stop?.since)
    take(stop?.replacedSince)
  }
  planned.pending.forEach(takePod)
  for (const node of planned.nodes.values()) {
    node.pods.forEach(takePod)
    take(node.unreachableSince)
    take(node.evictedAt)
    take(node.rebalancedAt)
    for (const since of Object.values(node.taintedSince ?? {})) take(since)
  }
  for (const set of planned.replicaSets.values()) take(set.createdAt)
  for (const workload of planned.workloads.values()) take(workload.progressAt)
  return latest
}
