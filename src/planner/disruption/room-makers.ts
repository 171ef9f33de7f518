/**
 * Who would have to go from the nearest node, so that a pod which fits nowhere had the resources and host ports it asks for
 * there, or was no longer kept away by anti-affinity: for people who wonder what is in its way. Whatever the priorities and
 * budgets are; nobody is evicted by it.
 */
import { formatKey } from '../../model/keys.js'
import type { Pass } from '../pass.js'
import type { PodRow, WorkloadRow } from '../plan-index.js'
import { DryRun } from '../scheduler/dry-run.js'
import type { NearestMiss } from '../scheduler/nearest-miss.js'
import type { PodCounts } from '../scheduler/pod-counts.js'
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

/** `; it has room without web-1 (Deployment default/web)`; empty for nobody. */
export function describeMakers(makers: readonly PodRow[]): string {
  if (makers.length === 0) return ''
  const names = makers
    .slice(0, NAMES_MAX)
    .map(({ planned, workload }) => `${planned.name} (${formatKey(workload.key)})`)
  const more = makers.length > NAMES_MAX ? ` and ${makers.length - NAMES_MAX} more` : ''
  return `; it has room without ${names.join(', ')}${more}`
}

/** Filters whose refusal pods of the node itself can cure. */
const BY_ROOM: readonly string[] = ['NodePorts', 'NodeResourcesFit']
const BY_RULE = 'InterPodAffinity'

/**
 * The least important pods, as few as are enough, the most important of them first; none of `spared`. Empty where the node
 * has too little in all, or those who make room are going.
 */
export function roomMakers(
  pass: Pass,
  nearest: NearestMiss,
  request: ScheduleRequest,
  spared: WorkloadRow | null,
): readonly PodRow[] {
  const { index } = pass
  const node = index.nodes.get(nearest.node)
  const row = index.table.rowOf(nearest.node)
  if (node === undefined || row === undefined || !nearest.isCurable) return []
  const pods = node.podsInOrder.filter(({ replicaSet, workload }) => replicaSet.facts !== null && workload !== spared)
  const isByRule = nearest.filters.join() === BY_RULE
  if (isByRule) return keepingAway(pass, row, pods, request)
  if (!nearest.filters.every((name) => BY_ROOM.includes(name))) return []
  return lettingIn(pass, pods, new NodeTrial(request, index.table, row, pods))
}

function lettingIn(pass: Pass, pods: readonly PodRow[], trial: NodeTrial): readonly PodRow[] {
  const candidates = pods.map((pod) => ({
    uid: pod.uid,
    priority: priorityOfPod(pass, pod).value,
    startedAt: pod.observed?.startedAt ?? pod.planned.boundAt ?? pass.input.now,
    isLeaving: isLeaving(pod),
    budgets: [],
    pod,
  }))
  return chooseVictims(candidates, () => 0, trial)?.victims.map(({ pod }) => pod) ?? []
}

/** All that anti-affinity sets apart from the class, if they are the only ones: each of them keeps it away by itself. */
function keepingAway(
  { index: { table } }: Pass,
  row: number,
  pods: readonly PodRow[],
  request: ScheduleRequest,
): readonly PodRow[] {
  const known = new Map<ScheduleRequest, boolean>()
  const makers = pods.filter(({ replicaSet }) => {
    const { request: other } = replicaSet.facts!
    const isApart = known.get(other) ?? areApart(table.pods, request, other)
    known.set(other, isApart)
    return isApart
  })
  const dryRun = new DryRun(request, table)
  for (const pod of makers)
    dryRun.remove(row, { request: pod.replicaSet.facts!.request, isLeaving: pod.planned.stop !== null })
  const fits = dryRun.fits(row)
  dryRun.reset()
  return fits ? makers.filter((pod) => !isLeaving(pod)) : []
}

/** One of the two has required anti-affinity that means the other. */
function areApart(pods: PodCounts, left: ScheduleRequest, right: ScheduleRequest): boolean {
  const means = (from: ScheduleRequest, to: ScheduleRequest): boolean =>
    from.antiAffinity.some((term) => pods.isMatched(pods.matcher([term.pods]), pods.group(to)))
  return means(left, right) || means(right, left)
}
