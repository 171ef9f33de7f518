/**
 * How long the drain of a node is expected to take. Replacements of all its pods start together, so the slowest pod
 * decides: the time its owner's pods took to become ready, and its grace period. Does not depend on the time of the pass.
 */
import { SECOND_MS } from '../../base/instant.js'
import type { NodeRow, PodRow, WorkloadRow } from '../plan-index.js'

/** What a pod is thought to take until it is ready when none of its owner's pods tells. */
const READY_GUESS_MS = 10 * SECOND_MS

export interface DrainEstimate {
  /** When the last pod should be gone; 0 when nothing is on its way. */
  readonly endsAt: number
  /** From the first order on. */
  readonly totalMs: number
}

/** Over the pods of a node that are on their way out; the grace period is the most that stopping takes. */
export function estimateDrain(node: NodeRow): DrainEstimate {
  let beganAt = Number.POSITIVE_INFINITY
  let endsAt = 0
  for (const pod of node.pods.values()) {
    const { stop } = pod.planned
    if (stop === null) continue
    beganAt = Math.min(beganAt, stop.replacedSince ?? stop.since)
    const readyMs = stop.phase === 'replacing' ? usualReadyMs(pod) : 0
    endsAt = Math.max(endsAt, stop.since + readyMs + stop.graceMs)
  }
  return endsAt === 0 ? { endsAt: 0, totalMs: 0 } : { endsAt, totalMs: endsAt - beganAt }
}

/** The median over what is known of the owner's ready pods. */
function usualReadyMs({ workload }: PodRow): number {
  const times = readyTimes(workload)
  return times[times.length >> 1] ?? READY_GUESS_MS
}

function readyTimes({ pods }: WorkloadRow): number[] {
  const times: number[] = []
  for (const { planned, observed } of pods.values()) {
    if (observed?.readySince == null || planned.boundAt === null) continue
    times.push(Math.max(0, observed.readySince - planned.boundAt))
  }
  return times.sort((left, right) => left - right)
}
