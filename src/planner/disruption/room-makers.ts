/**
 * Who would have to go from the node that lacks least, so that a pod which fits nowhere had the resources it asks for there:
 * for people who wonder what is in its way. Whatever the priorities and budgets are; nobody is evicted by it.
 */
import { formatKey } from '../../model/keys.js'
import type { Pass } from '../pass.js'
import type { PodRow } from '../plan-index.js'
import type { ScheduleRequest } from '../scheduler/request.js'
import { NodeTrial } from './node-trial.js'
import { isLeaving } from './preemptible-pods.js'
import { priorityOfPod } from './priority.js'
import { chooseVictims } from './victims.js'

export interface WaitingPod {
  readonly pod: PodRow
  readonly request: ScheduleRequest
}

/** So many are named. */
const NAMES_MAX = 3

/** `; it has room without web-1 (Deployment default/web)`; empty where the node has too little in all, or those who make room are going. */
export function describeRoomMakers(pass: Pass, nodeName: string, waiting: WaitingPod): string {
  const makers = roomMakers(pass, nodeName, waiting)
  if (makers.length === 0) return ''
  const names = makers
    .slice(0, NAMES_MAX)
    .map(({ planned, workload }) => `${planned.name} (${formatKey(workload.key)})`)
  const more = makers.length > NAMES_MAX ? ` and ${makers.length - NAMES_MAX} more` : ''
  return `; it has room without ${names.join(', ')}${more}`
}

/** The least important pods of other owners, as few as are enough, the most important of them first. */
function roomMakers(pass: Pass, nodeName: string, { pod: waiting, request }: WaitingPod): readonly PodRow[] {
  const { index, input } = pass
  const node = index.nodes.get(nodeName)
  const row = index.table.rowOf(nodeName)
  if (node === undefined || row === undefined) return []
  const pods = [...node.pods.values()].filter(
    ({ replicaSet, workload }) => replicaSet.facts !== null && workload !== waiting.workload,
  )
  const trial = new NodeTrial(request, index.table, row, pods)
  const candidates = pods.map((pod) => ({
    uid: pod.uid,
    priority: priorityOfPod(pass, pod).value,
    startedAt: pod.observed?.startedAt ?? pod.planned.boundAt ?? input.now,
    isLeaving: isLeaving(pod),
    budgets: [],
    pod,
  }))
  return chooseVictims(candidates, () => 0, trial)?.victims.map(({ pod }) => pod) ?? []
}
