/**
 * The order to stop a pod, in the sequence that loses no request: out of the endpoints, acknowledged by every node that is
 * heard, then the order to its agent, then forgotten when nothing of it is left.
 */
import { compareText } from '../base/ordered.js'
import type { StopReason } from '../model/assignment.js'
import type { PlannedStop } from '../model/planned-state.js'
import { setPod } from './index-rows.js'
import { type Pass, patchNode } from './pass.js'
import type { PodRow } from './plan-index.js'

/** Orders a pod to stop; nothing happens to one that is ordered already. */
export function orderStop(pass: Pass, pod: PodRow, reason: StopReason): void {
  const { planned } = pod
  if (planned.stop !== null && planned.stop.phase !== 'replacing') return
  if (planned.node === null || isNeverAssigned(pod)) {
    forgetPod(pass, pod, reason)
    return
  }
  const stop: PlannedStop = {
    reason,
    since: pass.input.now,
    ...(planned.stop !== null && { replacedSince: planned.stop.since }),
    graceMs: pod.replicaSet.facts?.graceMs ?? 0,
    ...stopPhase(pass, pod),
  }
  putStop(pass, pod, stop)
}

/** Whether the pod must leave the endpoints first, and at which version every host has taken it out. */
function stopPhase(
  { index, input, networkVersion, acknowledgedVersion }: Pass,
  pod: PodRow,
): Pick<PlannedStop, 'phase' | 'networkVersion'> {
  const { version } = input.planned.network
  // Hosts may obey a table that this store never made (it was lost, or is older): a new one goes out.
  const isTableUnknown = networkVersion > version + 1
  if (index.endpoints.has(pod.uid) || isTableUnknown) return { phase: 'leaving', networkVersion }
  // It has left, but not every host knows.
  if (acknowledgedVersion < version) return { phase: 'leaving', networkVersion: version }
  return { phase: 'stopping', networkVersion }
}

/** Keeps a pod serving until its replacement is available; the owner's controller counts it as leaving already. */
export function orderReplacement(pass: Pass, pod: PodRow, reason: StopReason): void {
  if (pod.planned.stop !== null) return
  if (pod.planned.node === null || isNeverAssigned(pod)) {
    forgetPod(pass, pod, reason)
    return
  }
  const graceMs = pod.replicaSet.facts?.graceMs ?? 0
  const stop: PlannedStop = { reason, since: pass.input.now, graceMs, phase: 'replacing', networkVersion: 0 }
  setPod(pass.index, pod.uid, { ...pod.planned, stop })
}

/** The agent gets the order. */
export function sendStop(pass: Pass, pod: PodRow, stop: PlannedStop): void {
  putStop(pass, pod, { ...stop, phase: 'stopping' })
}

function putStop(pass: Pass, pod: PodRow, stop: PlannedStop): void {
  setPod(pass.index, pod.uid, { ...pod.planned, stop })
  const { uid, name } = pod.planned
  const { reason, graceMs } = stop
  if (stop.phase === 'leaving') pass.actions.push({ type: 'leave-endpoints', pod: uid, name, reason })
  else pass.actions.push({ type: 'stop-pod', pod: uid, name, node: pod.planned.node ?? '', graceMs, reason })
}

/** Takes a pod out of the plan. A node that is not heard may run it still. */
export function forgetPod(pass: Pass, pod: PodRow, reason: string): void {
  const { node, uid } = pod
  if (node?.record != null && !node.isHeard)
    patchNode(pass, node, { lost: [...(node.record.lost ?? []), uid].sort(compareText) })
  pass.actions.push({ type: 'forget-pod', pod: pod.uid, name: pod.planned.name, reason })
  setPod(pass.index, pod.uid, null)
}

/** True when no agent was ever told of the pod: it waits for an image or for configuration. */
export function isNeverAssigned(pod: PodRow): boolean {
  return pod.observed === null && (pod.replicaSet.facts === null || pod.replicaSet.waiting.length > 0)
}
