/**
 * Node failure (DESIGN 12; Kubernetes: semantics §4.7): a silent node is marked unreachable, and after the eviction delay
 * (or longer, where a pod tolerates it) its pods are given up and so replaced. Many failures at once slow it down, by
 * zone; when no node of any zone is heard, nothing is evicted: then it is more likely that it is us who are cut off.
 */
import type { Instant } from '../../base/instant.js'
import { MINUTE_MS, SECOND_MS } from '../../base/instant.js'
import { groupBy } from '../../base/ordered.js'
import { makeKey } from '../../model/keys.js'
import { TAINT_NOT_READY, TAINT_UNREACHABLE, tolerates } from '../../model/taint.js'
import { silentSince } from '../node-view.js'
import { inOrder, type Pass, patchNode, report, requeue } from '../pass.js'
import type { NodeRow, PodRow } from '../plan-index.js'
import { forgetPod } from '../stop-pod.js'

const ZONE_LABEL = 'topology.kubernetes.io/zone'
/** One node in 10 s; kube's rate. */
const NORMAL_INTERVAL_MS = 10 * SECOND_MS
/** In a zone of more than 50 nodes that is partly down: one node in 100 s; a smaller one evicts nothing. */
const PARTIAL_INTERVAL_MS = 100 * SECOND_MS
const LARGE_ZONE = 50
/** The first three evictions of a zone wait for nothing, so that a second dead host is not late (DESIGN 12). */
const BURST = 3
/** Evictions further back than this have refilled the burst at any rate. */
const MEMORY_MS = 10 * MINUTE_MS

export function watchNodes(pass: Pass): void {
  const { index } = pass
  if (isAllWell(pass)) {
    report(pass, 'watch-nodes', { silent: 0, unreachable: 0, evicted: 0 })
    return
  }
  const nodes = inOrder(
    [...index.nodes.values()].filter((row) => row.record !== null),
    (row) => row.name,
  )
  const facts = { silent: 0, unreachable: 0, evicted: 0 }
  const isAllDown = nodes.length > 0 && nodes.every((row) => !row.isHeard && !row.isAwaited)
  for (const row of nodes) markNode(pass, row, isAllDown)
  const silent = nodes.filter((row) => !row.isHeard && !row.isAwaited)
  facts.silent = silent.length
  for (const row of silent.filter((node) => isNoMember(pass, node))) facts.evicted += giveUp(pass, row)
  if (silent.length > 0 && !isAllDown) {
    const members = nodes.filter((row) => row.isHeard || !isNoMember(pass, row))
    for (const zone of groupBy(members, (row) => row.labels[ZONE_LABEL] ?? '').values())
      facts.evicted += evictZone(pass, zone)
  }
  facts.unreachable = nodes.filter((row) => row.record?.unreachableSince != null).length
  report(pass, 'watch-nodes', facts)
}

/** As nearly always: every node of the plan is heard, and none is marked. */
function isAllWell({ index }: Pass): boolean {
  for (const row of index.silent) if (row.record !== null) return false
  return index.marked.size === 0
}

/** It was taken out of the cluster: its certificate is revoked, and it will never report again. */
function isNoMember({ input }: Pass, row: NodeRow): boolean {
  return row.observed === null && !row.isAwaited && !input.observed.unheard.includes(row.name)
}

function giveUp(pass: Pass, row: NodeRow): number {
  const pods = inOrder(row.pods.values(), (pod) => pod.uid)
  for (const pod of pods) forgetPod(pass, pod, 'node-lost')
  return pods.length
}

/** Marks and unmarks; while all are silent nobody is marked, so that every timer begins anew when one comes back. */
function markNode(pass: Pass, row: NodeRow, isAllDown: boolean): void {
  const { input, configuration } = pass
  const since = silentSince(row.name, row.observed, input.observed)
  if (since !== null && (row.isHeard || row.isAwaited)) requeue(pass, since + configuration.nodeSilenceMs)
  if (row.isHeard && row.record?.lost !== undefined) {
    // It says itself what it runs.
    const { lost: _, ...record } = row.record
    row.record = record
    pass.index.touchedNodes.add(row)
  }
  const isMarked = row.record?.unreachableSince != null
  const isDown = !row.isHeard && !row.isAwaited && !isAllDown
  if (isDown === isMarked) return
  const { evictedAt: _, ...record } = row.record!
  row.record = { ...record, unreachableSince: isDown ? input.now : null }
  pass.index.touchedNodes.add(row)
  pass.actions.push({ type: 'mark-node', node: row.name, unreachable: isDown })
}

function evictZone(pass: Pass, zone: readonly NodeRow[]): number {
  const { input } = pass
  const down = zone.filter((row) => !row.isHeard && !row.isAwaited)
  const intervalMs = evictionInterval(zone.length, down.length)
  let evicted = 0
  const byAge = [...down].sort(
    (left, right) => (left.record?.unreachableSince ?? 0) - (right.record?.unreachableSince ?? 0),
  )
  for (const row of byAge) {
    const due = duePods(pass, row)
    if (due.length === 0) continue
    if (row.record?.evictedAt === undefined) {
      const at = intervalMs === null ? null : nextEviction(zone, intervalMs, input.now)
      if (at === null || at > input.now) {
        waitForRate(pass, row, due.length, at)
        continue
      }
      patchNode(pass, row, { evictedAt: input.now })
    }
    for (const pod of due) forgetPod(pass, pod, 'node-lost')
    evicted += due.length
  }
  return evicted
}

function waitForRate(pass: Pass, row: NodeRow, pods: number, at: Instant | null): void {
  requeue(pass, at)
  const why = at === null ? 'too much of its zone is silent' : 'other nodes of its zone were lost just before'
  pass.waiting.push({
    on: 'eviction-rate',
    key: makeKey('Node', '', row.name),
    detail: `${pods === 1 ? '1 pod is' : `${pods} pods are`} not replaced yet after node ${row.name} was lost: ${why}`,
  })
}

/** Zone states (semantics §4.7): partly down means more than two silent nodes that are 55 % or more of the zone. */
function evictionInterval(size: number, down: number): number | null {
  const isPartial = down < size && down > 2 && down / size >= 0.55
  if (!isPartial) return NORMAL_INTERVAL_MS
  return size > LARGE_ZONE ? PARTIAL_INTERVAL_MS : null
}

/** When the zone may give up another node: a bucket of three that refills once an interval. */
function nextEviction(zone: readonly NodeRow[], intervalMs: number, now: Instant): Instant {
  const times = zone
    .map((row) => row.record?.evictedAt)
    .filter((at) => at !== undefined && now - at < MEMORY_MS)
    .map((at) => at ?? 0)
    .sort((left, right) => left - right)
  let tokens = BURST
  let at = times[0] ?? now
  for (const time of [...times, now]) {
    tokens = Math.min(BURST, tokens + (time - at) / intervalMs)
    at = time
    if (time === now && times.length > 0 && tokens < 1) return now + Math.ceil((1 - tokens) * intervalMs)
    tokens -= 1
  }
  return now
}

/** The pods whose time is over; asks to be called again when the next one's is. */
function duePods(pass: Pass, row: NodeRow): PodRow[] {
  const since = row.record?.unreachableSince
  if (since == null) return []
  const due: PodRow[] = []
  for (const pod of inOrder(row.pods.values(), (item) => item.uid)) {
    const delay = evictionDelay(pod, pass.configuration.evictionDelayMs)
    if (delay === null) continue
    if (since + delay <= pass.input.now) due.push(pod)
    else requeue(pass, since + delay)
  }
  return due
}

/** The cluster's delay, or what the pod tolerates when that is longer; null for ever. */
function evictionDelay(pod: PodRow, delayMs: number): number | null {
  const taints = [TAINT_UNREACHABLE, TAINT_NOT_READY].map((key) => ({ key, effect: 'NoExecute' }))
  const tolerations = (pod.replicaSet.facts?.request.tolerations ?? []).filter((toleration) =>
    taints.some((taint) => tolerates(toleration, taint)),
  )
  if (tolerations.length === 0) return delayMs
  const seconds = tolerations.flatMap(({ tolerationSeconds }) =>
    tolerationSeconds === undefined ? [] : [tolerationSeconds],
  )
  return seconds.length === 0 ? null : Math.max(delayMs, Math.min(...seconds) * SECOND_MS)
}
