/** What a change does to workloads: how few pods are ready on the way and when, what waits, and what fits nowhere. */
import { compareText, groupBy } from '../../base/ordered.js'
import type { ObjectKey } from '../../model/keys.js'
import { makeKey, parseKey, podKey } from '../../model/keys.js'
import type { Waiting } from '../../model/waiting.js'
import { toSeconds } from './pod-previews.js'
import type {
  PendingPreview,
  PullPreview,
  UnschedulablePreview,
  WaitPreview,
  WorkloadPreview,
} from './preview-types.js'
import type { Pull, RunPod, RunResult } from './run-record.js'

/** Waits shorter than this are the ordinary course of things. */
const WAIT_MIN_MS = 1_000

/** The touched workloads that have pods before or after. */
export function previewWorkloads(
  touched: ReadonlySet<ObjectKey>,
  own: readonly RunPod[],
  head: RunResult,
): WorkloadPreview[] {
  const podOwners = new Map<ObjectKey, ObjectKey>()
  for (const pod of own) {
    const { namespace, name, workload } = pod.planned
    podOwners.set(makeKey('Pod', namespace, name), workload)
  }
  const previews: WorkloadPreview[] = []
  for (const key of [...touched].sort(compareText)) {
    const lowest = head.lowest.get(key)
    const record = head.planned.workloads.get(key)
    if (lowest === undefined && record === undefined) continue
    const pods = own.filter((pod) => pod.planned.workload === key)
    const isDone = !head.waiting.some(
      (item) => item.key === key || (item.key !== null && podOwners.get(item.key) === key),
    )
    const lastMs = Math.max(0, ...pods.flatMap((pod) => [pod.readyMs ?? 0, pod.goneMs ?? 0]))
    const waits = head.waits.filter(({ waiting, fromMs, toMs }) => {
      const owner = waiting.key === null ? null : (podOwners.get(waiting.key) ?? waiting.key)
      return owner === key && (toMs === null || toMs - fromMs >= WAIT_MIN_MS)
    })
    previews.push({
      key,
      desired: record?.counts.desired ?? 0,
      readyBefore: lowest?.atStart ?? 0,
      lowestReady: lowest?.ready ?? 0,
      lowestReadyAtSeconds: lowest === undefined ? null : toSeconds(lowest.atMs),
      doneSeconds: isDone ? toSeconds(lastMs) : null,
      waits: previewWaits(waits),
    })
  }
  return previews
}

/** One entry for each thing that is waited on: from the first to the last, in the words of the first that does not end, else of the first. */
function previewWaits(waits: RunResult['waits']): WaitPreview[] {
  const byReason = groupBy(waits, ({ waiting }) => waiting.on)
  return [...byReason].map(([on, group]) => {
    const endless = group.find(({ toMs }) => toMs === null)
    const first = endless ?? group[0]
    return {
      on,
      key: first?.waiting.key ?? null,
      detail: first?.waiting.detail ?? '',
      count: group.length,
      fromSeconds: toSeconds(Math.min(...group.map(({ fromMs }) => fromMs))),
      toSeconds: endless !== undefined ? null : toSeconds(Math.max(...group.map(({ toMs }) => toMs ?? 0))),
    }
  })
}

/** As the planner puts what the nearest host lacks behind a diagnosis. */
const NEAREST = '; nearest: '

/** Pods that are left without a host because of the change, and what the nearest host lacks. */
export function previewUnschedulable(base: RunResult, head: RunResult): UnschedulablePreview[] {
  const before = new Set(base.waiting.filter(isUnschedulable).map((item) => item.key))
  return head.waiting
    .filter((item) => isUnschedulable(item) && !before.has(item.key))
    .map((item) => {
      const [diagnosis = '', nearestMiss = ''] = item.detail.split(NEAREST)
      return { key: nameOf(item.key), diagnosis, nearestMiss }
    })
}

function isUnschedulable(item: Waiting): boolean {
  return item.on === 'scheduling' && item.key !== null
}

/** What waits at the end of the run without the change, and what that run does. */
export function previewPending(base: RunResult): PendingPreview[] {
  const pending: PendingPreview[] = base.waiting.map(({ key, on, detail }) => ({
    key: nameOf(key),
    diagnosis: `${on}: ${detail}`,
  }))
  for (const pod of base.pods.values()) {
    const name = podKey(pod.planned.namespace, pod.planned.name)
    const isComing = pod.createdMs !== null
    const what = isComing ? `created (${pod.createdReason})` : `stopped (${pod.stopReason})`
    if (!pending.some((item) => item.key === name)) pending.push({ key: name, diagnosis: `will be ${what} anyway` })
  }
  return pending.sort((left, right) => compareText(left.key, right.key) || compareText(left.diagnosis, right.diagnosis))
}

function nameOf(key: ObjectKey | null): string {
  if (key === null) return 'cluster'
  const { kind, namespace, name } = parseKey(key)
  return kind === 'Pod' ? podKey(namespace, name) : key
}

/** Images by name, with the hosts that must pull them. */
export function previewPulls(base: readonly Pull[], head: readonly Pull[]): PullPreview[] {
  const without = new Set(base.map((pull) => `${pull.node} ${pull.reference}`))
  const images = new Map<string, { nodes: string[]; ms: number }>()
  for (const pull of head) {
    if (without.has(`${pull.node} ${pull.reference}`)) continue
    const image = images.get(pull.reference) ?? { nodes: [], ms: pull.ms }
    image.nodes.push(pull.node)
    images.set(pull.reference, image)
  }
  return [...images]
    .map(([image, { nodes, ms }]) => ({ image, nodes: nodes.sort(compareText), seconds: toSeconds(ms) }))
    .sort((left, right) => compareText(left.image, right.image))
}
