/**
 * Pods that must go elsewhere: from a node that is drained, one by one as their owners can spare them, and from a node with
 * a NoExecute taint they do not tolerate. A drained pod serves on until its replacement is available, unless its owner may
 * have fewer for a while.
 */
import { SECOND_MS } from '../../base/instant.js'
import type { Taint } from '../../model/generated/kubernetes.js'
import { formatKey, parseKey } from '../../model/keys.js'
import { tolerates } from '../../model/taint.js'
import { readDeployment } from '../../reconcile/deployment-spec.js'
import { setPod } from '../index-rows.js'
import { inOrder, type Pass, patchNode, podObjectKey, report, requeue } from '../pass.js'
import type { NodeRow, PodRow, WorkloadRow } from '../plan-index.js'
import { orderReplacement, orderStop } from '../stop-pod.js'

export function movePods(pass: Pass): void {
  const { index } = pass
  const facts = { draining: 0, tainted: 0, held: 0 }
  const nodes = [...index.nodes.values()].filter(
    (row) => row.isDraining || row.taints.length > 0 || row.record?.taintedSince !== undefined,
  )
  for (const row of inOrder(nodes, (node) => node.name)) {
    evictTainted(pass, row)
    if (!row.isDraining) continue
    for (const pod of inOrder(row.pods.values(), (item) => item.uid)) orderReplacement(pass, pod, 'drain')
  }
  for (const pod of inOrder(index.stopping, (row) => row.uid)) {
    if (pod.planned.stop?.phase !== 'replacing') continue
    if (pod.node?.isDraining !== true) setPod(index, pod.uid, { ...pod.planned, stop: null })
    else if (canSpare(pass, pod)) orderStop(pass, pod, 'drain')
    else facts.held += 1
  }
  report(pass, 'move-pods', facts)
}

/** What an owner can do without for a moment. */
interface Allowance {
  readonly desired: number
  readonly lowest: number
  readonly minReadyMs: number
}

/** True when the owner keeps enough available pods without this one. Example: 3 desired, 0 unavailable, 4 available: yes. */
function canSpare(pass: Pass, pod: PodRow): boolean {
  const { workload } = pod
  const { desired, lowest, minReadyMs } = allowance(workload)
  const available = [...workload.pods.values()].filter((item) => isAvailable(pass, item, minReadyMs))
  if (!available.includes(pod)) return true
  if (available.length - 1 >= lowest) return true
  pass.waiting.push({
    on: 'ready-replicas',
    key: podObjectKey(pod),
    detail: `node ${pod.node?.name ?? ''} is drained; ${formatKey(workload.key)} has ${available.length} of ${desired} available and needs ${lowest} without this pod`,
  })
  return false
}

function allowance(workload: WorkloadRow): Allowance {
  const { kind } = parseKey(workload.key)
  const sets = [...workload.replicaSets.values()]
  const desired = sets.reduce((sum, set) => sum + (set.record?.replicas ?? 0), 0)
  // A Pod has its name to itself: the next one comes when it is gone.
  if (kind === 'Pod') return { desired, lowest: 0, minReadyMs: 0 }
  if (kind !== 'Deployment' || workload.desired === null) return { desired, lowest: desired, minReadyMs: 0 }
  const wanted = readDeployment(workload.desired)
  if (wanted.strategy === 'Recreate') return { desired: wanted.replicas, lowest: 0, minReadyMs: 0 }
  // Where a replacement finds no place, one fewer is better than a drain that never ends, but never none.
  const isStuck = [...workload.pods.values()].some((pod) => pod.node === null)
  const unavailable = Math.max(wanted.limits.maxUnavailable, isStuck && wanted.replicas > 1 ? 1 : 0)
  return { desired: wanted.replicas, lowest: wanted.replicas - unavailable, minReadyMs: wanted.minReadyMs }
}

function isAvailable(pass: Pass, { planned, observed, node }: PodRow, minReadyMs: number): boolean {
  if (planned.stop !== null && planned.stop.phase !== 'replacing') return false
  if (node?.isHeard !== true || observed?.ready !== true) return false
  const at = (observed.readySince ?? 0) + minReadyMs
  if (at > pass.input.now) requeue(pass, at)
  return at <= pass.input.now
}

function evictTainted(pass: Pass, row: NodeRow): void {
  const taints = row.taints.filter((taint) => taint.effect === 'NoExecute')
  const before = row.record?.taintedSince ?? {}
  const since = Object.fromEntries(taints.map((taint) => [textOf(taint), before[textOf(taint)] ?? pass.input.now]))
  if (Object.keys(since).join() !== Object.keys(before).join()) noteTaints(pass, row, since)
  if (taints.length === 0) return
  for (const pod of inOrder(row.pods.values(), (item) => item.uid)) {
    if (pod.planned.stop !== null) continue
    const { now } = pass.input
    const times = taints.map((taint) =>
      evictionTime(pod, taint, Math.max(since[textOf(taint)] ?? now, pod.planned.boundAt ?? now)),
    )
    const first = Math.min(...times)
    if (first <= pass.input.now) orderStop(pass, pod, 'taint')
    else if (first !== Number.POSITIVE_INFINITY) requeue(pass, first)
  }
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

/** When the taint drives the pod away (Kubernetes: semantics §4.7): at once, after the shortest toleration used, or never. */
function evictionTime(pod: PodRow, taint: Taint, since: number): number {
  const used = (pod.replicaSet.facts?.request.tolerations ?? []).filter((toleration) => tolerates(toleration, taint))
  if (used.length === 0) return since
  const seconds = used.flatMap(({ tolerationSeconds }) => (tolerationSeconds === undefined ? [] : [tolerationSeconds]))
  return seconds.length === 0 ? Number.POSITIVE_INFINITY : since + Math.min(...seconds) * SECOND_MS
}
