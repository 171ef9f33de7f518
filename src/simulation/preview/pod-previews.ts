/** What a change does to pods: pairs the pods that go with those that take their place, less what happens without it. */
import { compareText, groupBy } from '../../base/ordered.js'
import type { PodUid } from '../../model/assignment.js'
import type { DesiredState } from '../../model/desired-state.js'
import { type ObjectKey, podKey } from '../../model/keys.js'
import type { PlannedPod, PlannedState } from '../../model/planned-state.js'
import { countContainers } from '../../model/pod-resources.js'
import type { PodPreview, TimelineRow } from './preview-types.js'
import type { RunPod, RunResult } from './run-record.js'

/** Rounded to a tenth: what is predicted is not known better. */
export function toSeconds(ms: number): number {
  return Math.round(ms / 100) / 10
}

/** The pods of a run that are created or stopped because of the change: not so in the run without it. */
export function podsOfChange(base: RunResult, head: RunResult): ReadonlyMap<PodUid, RunPod> {
  const own = new Map<PodUid, RunPod>()
  for (const [uid, pod] of head.pods) {
    const without = base.pods.get(uid)
    const isSame =
      without !== undefined &&
      (without.createdMs === null) === (pod.createdMs === null) &&
      (without.stopReason === null) === (pod.stopReason === null) &&
      without.node === pod.node
    if (!isSame) own.set(uid, pod)
  }
  return own
}

/** One preview for each pod, or pair of pods, that changes; by time, then name. */
export function previewPods(own: ReadonlyMap<PodUid, RunPod>, planned: PlannedState): PodPreview[] {
  const previews: PodPreview[] = []
  for (const pods of groupBy(own.values(), (pod) => pod.planned.workload).values()) {
    const created = pods.filter((pod) => pod.createdMs !== null).sort(byName)
    // A pod that was created and stopped on the way is no pod of before.
    const stopped = pods.filter((pod) => pod.createdMs === null && pod.stopReason !== null).sort(byName)
    const stays = created.filter((pod) => pod.stopReason === null)
    for (const [before, after] of pair(stopped, stays)) previews.push(previewPair(before, after, planned))
    for (const pod of created.filter((item) => item.stopReason !== null)) previews.push(previewPair(null, pod, planned))
  }
  return previews.sort((left, right) => left.atSeconds - right.atSeconds || compareText(left.key, right.key))
}

/** Pods that go and that come: first those on one host, then the rest in order. */
function pair(stopped: readonly RunPod[], created: readonly RunPod[]): [RunPod | null, RunPod | null][] {
  const pairs: [RunPod | null, RunPod | null][] = []
  // One that finds no host takes nobody's place.
  const left = created.filter((pod) => pod.node !== null)
  const rest: RunPod[] = []
  const take = (isFit: (pod: RunPod) => boolean): RunPod | null => {
    const at = left.findIndex(isFit)
    return at < 0 ? null : (left.splice(at, 1)[0] ?? null)
  }
  const isReplaced = (pod: RunPod): boolean => !['scale-down', 'prune', 'duplicate'].includes(pod.stopReason ?? '')
  for (const pod of stopped) {
    const other = isReplaced(pod) ? take((candidate) => candidate.node === pod.node && pod.node !== null) : null
    if (other === null) rest.push(pod)
    else pairs.push([pod, other])
  }
  for (const pod of rest) pairs.push([pod, isReplaced(pod) ? take(() => true) : null])
  for (const pod of left) pairs.push([null, pod])
  for (const pod of created) if (pod.node === null) pairs.push([null, pod])
  return pairs
}

function previewPair(before: RunPod | null, after: RunPod | null, planned: PlannedState): PodPreview {
  const there = before ?? after
  if (there === null) throw new Error('a pair of nothing')
  const action =
    before === null ? 'create' : after === null ? 'delete' : before.node === after.node ? 'replace' : 'move'
  const begins = [before?.leavingMs, before?.stopOrderedMs, before?.goneMs, after?.createdMs].filter(
    (ms): ms is number => ms !== null && ms !== undefined,
  )
  return {
    action,
    key: keyOf(there.planned),
    newKey: before !== null && after !== null ? keyOf(after.planned) : null,
    owner: there.planned.workload,
    fromNode: before?.node ?? null,
    toNode: after?.node ?? null,
    reason: before?.stopReason ?? after?.createdReason ?? '',
    atSeconds: toSeconds(Math.min(...begins)),
    readySeconds: seconds(after?.readyMs),
    goneSeconds: seconds(before?.goneMs),
    restarts: before !== null && after !== null ? containersOf(after.planned, planned) : 0,
  }
}

/** Containers of a pod that run side by side. */
export function containersOf(pod: PlannedPod, planned: PlannedState): number {
  return countContainers(planned.replicaSets.get(pod.replicaSet)?.template.spec)
}

export interface KeptInput {
  readonly head: DesiredState
  readonly touched: ReadonlySet<ObjectKey>
  /** Every pod that is created or stopped, with the change or without. */
  readonly changed: ReadonlyMap<PodUid, RunPod>
  readonly before: PlannedState
  readonly after: PlannedState
}

/** Pods of the touched workloads that run on as they are. */
export function previewKept({ head, touched, changed, before, after }: KeptInput): PodPreview[] {
  const kept: PodPreview[] = []
  const whyKept = (key: ObjectKey): string => {
    if (!head.objects.has(key)) return 'its deletion waits'
    const [then, now] = [before.workloads.get(key), after.workloads.get(key)]
    return then?.templateHash === now?.templateHash ? 'its template does not change' : 'the rollout does not come to it'
  }
  for (const node of before.nodes.values()) {
    for (const pod of node.pods) {
      if (!touched.has(pod.workload) || changed.has(pod.uid) || pod.stop !== null) continue
      kept.push({
        action: 'keep',
        key: keyOf(pod),
        newKey: null,
        owner: pod.workload,
        fromNode: node.name,
        toNode: node.name,
        reason: whyKept(pod.workload),
        atSeconds: 0,
        readySeconds: null,
        goneSeconds: null,
        restarts: 0,
      })
    }
  }
  return kept.sort((left, right) => compareText(left.key, right.key))
}

/** Bars of the timeline: what starts and what stops. */
export function timelineRows(own: ReadonlyMap<PodUid, RunPod>): TimelineRow[] {
  const rows: TimelineRow[] = []
  for (const pod of own.values()) {
    const common = { pod: keyOf(pod.planned), owner: pod.planned.workload, node: pod.node }
    if (pod.createdMs !== null) {
      const toMs = pod.readyMs ?? (pod.stopReason === null ? null : (pod.goneMs ?? pod.stopOrderedMs))
      rows.push({
        ...common,
        what: 'starts',
        fromSeconds: toSeconds(pod.createdMs),
        toSeconds: seconds(toMs),
        reason: pod.createdReason ?? '',
      })
    }
    const stopsMs = pod.leavingMs ?? pod.stopOrderedMs ?? pod.goneMs
    if (pod.stopReason !== null && stopsMs !== null) {
      rows.push({
        ...common,
        what: 'stops',
        fromSeconds: toSeconds(stopsMs),
        toSeconds: seconds(pod.goneMs),
        reason: pod.stopReason,
      })
    }
  }
  return rows.sort((left, right) => left.fromSeconds - right.fromSeconds || compareText(left.pod, right.pod))
}

function seconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : toSeconds(ms)
}

function keyOf(pod: PlannedPod): string {
  return podKey(pod.namespace, pod.name)
}

function byName(left: RunPod, right: RunPod): number {
  return compareText(left.planned.name, right.planned.name)
}
