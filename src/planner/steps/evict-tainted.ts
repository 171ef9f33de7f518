/** NoExecute taints drive away the pods that do not tolerate them (Kubernetes: semantics §4.7); budgets are not asked. */
import { SECOND_MS } from '../../base/instant.js'
import type { Taint } from '../../model/generated/kubernetes.js'
import { tolerates } from '../../model/taint.js'
import { inOrder, type Pass, patchNode, requeue } from '../pass.js'
import type { NodeRow, PodRow } from '../plan-index.js'
import { orderStop } from '../stop-pod.js'

/** Stops what may not stay on a node, and notes since when each of its taints is known; returns how many it stopped. */
export function evictTainted(pass: Pass, row: NodeRow): number {
  const taints = row.taints.filter((taint) => taint.effect === 'NoExecute')
  const before = row.record?.taintedSince ?? {}
  const since = Object.fromEntries(taints.map((taint) => [textOf(taint), before[textOf(taint)] ?? pass.input.now]))
  if (Object.keys(since).join() !== Object.keys(before).join()) noteTaints(pass, row, since)
  if (taints.length === 0) return 0
  let evicted = 0
  for (const pod of inOrder(row.pods.values(), (item) => item.uid)) {
    if (pod.planned.stop !== null) continue
    const { now } = pass.input
    const times = taints.map((taint) =>
      evictionTime(pod, taint, Math.max(since[textOf(taint)] ?? now, pod.planned.boundAt ?? now)),
    )
    const first = Math.min(...times)
    if (first <= now) {
      orderStop(pass, pod, 'taint')
      evicted += 1
    } else if (first !== Number.POSITIVE_INFINITY) requeue(pass, first)
  }
  return evicted
}

function noteTaints(pass: Pass, row: NodeRow, since: Readonly<Record<string, number>>): void {
  if (row.record === null) return
  const { taintedSince: _, ...record } = row.record
  row.record = record
  patchNode(pass, row, Object.keys(since).length > 0 ? { taintedSince: since } : {})
}

function textOf(taint: Taint): string {
  return `${taint.key}=${taint.value ?? ''}`
}

/** When the taint drives the pod away: at once, after the shortest toleration used, or never. */
function evictionTime(pod: PodRow, taint: Taint, since: number): number {
  const used = (pod.replicaSet.facts?.request.tolerations ?? []).filter((toleration) => tolerates(toleration, taint))
  if (used.length === 0) return since
  const seconds = used.flatMap(({ tolerationSeconds }) => (tolerationSeconds === undefined ? [] : [tolerationSeconds]))
  return seconds.length === 0 ? Number.POSITIVE_INFINITY : since + Math.min(...seconds) * SECOND_MS
}
