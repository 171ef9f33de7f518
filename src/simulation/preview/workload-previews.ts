/** What a change does to workloads: how few pods are ready on the way and when, what waits, and what fits nowhere. */
import { compareText, groupBy } from '../../base/ordered.js'
import type { ObjectKey } from '../../model/keys.js'
import { makeKey, parseKey, podKey } from '../../model/keys.js'
import type { PlannedState } from '../../model/planned-state.js'
import { parseAmounts, podRequests } from '../../model/pod-resources.js'
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

/** One entry for each thing that is waited on: from the first to the last, in the words of the first. */
function previewWaits(waits: RunResult['waits']): WaitPreview[] {
  const byReason = groupBy(waits, ({ waiting }) => waiting.on)
  return [...byReason].map(([on, group]) => {
    const [first] = group
    const isEndless = group.some(({ toMs }) => toMs === null)
    return {
      on,
      key: first?.waiting.key ?? null,
      detail: first?.waiting.detail ?? '',
      count: group.length,
      fromSeconds: toSeconds(Math.min(...group.map(({ fromMs }) => fromMs))),
      toSeconds: isEndless ? null : toSeconds(Math.max(...group.map(({ toMs }) => toMs ?? 0))),
    }
  })
}

/** Pods that are left without a host because of the change, and what the nearest host lacks. */
export function previewUnschedulable(base: RunResult, head: RunResult): UnschedulablePreview[] {
  const before = new Set(base.waiting.filter(isUnschedulable).map((item) => item.key))
  return head.waiting
    .filter((item) => isUnschedulable(item) && !before.has(item.key))
    .map((item) => ({
      key: nameOf(item.key),
      diagnosis: item.detail,
      nearestMiss: item.key === null ? '' : nearestMiss(item.key, head),
    }))
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

/** The host that lacks the least of what a pending pod requests, where that is all it lacks. */
function nearestMiss(key: ObjectKey, { planned, observed }: RunResult): string {
  const pod = planned.pending.find((item) => makeKey('Pod', item.namespace, item.name) === key)
  const spec = pod === undefined ? undefined : planned.replicaSets.get(pod.replicaSet)?.template.spec
  if (spec === undefined) return ''
  const needs = podRequests(spec)
  let best: { readonly node: string; readonly share: number; readonly text: string } | null = null
  for (const node of observed.nodes.values()) {
    if (node.silentSince !== null) continue
    const free = freeOf(planned, node.facts.name, node.facts.allocatable.cpuMilli, node.facts.allocatable.memoryBytes)
    const cpu = Math.max(0, (needs['cpu'] ?? 0) - free.cpuMilli)
    const memory = Math.max(0, (needs['memory'] ?? 0) - free.memoryBytes)
    if (cpu === 0 && memory === 0) continue
    const share = cpu / Math.max(1, needs['cpu'] ?? 0) + memory / Math.max(1, needs['memory'] ?? 0)
    const lacks = [
      ...(cpu > 0 ? [`${Math.ceil(cpu)}m cpu`] : []),
      ...(memory > 0 ? [`${Math.ceil(memory / 2 ** 20)}Mi memory`] : []),
    ]
    if (best === null || share < best.share)
      best = { node: node.facts.name, share, text: `${node.facts.name} lacks ${lacks.join(' and ')}` }
  }
  return best?.text ?? ''
}

function freeOf(
  planned: PlannedState,
  node: string,
  cpuMilli: number,
  memoryBytes: number,
): { readonly cpuMilli: number; readonly memoryBytes: number } {
  let free = { cpuMilli, memoryBytes }
  for (const pod of planned.nodes.get(node)?.pods ?? []) {
    const spec = planned.replicaSets.get(pod.replicaSet)?.template.spec
    const used = spec === undefined ? parseAmounts({}) : podRequests(spec)
    free = { cpuMilli: free.cpuMilli - (used['cpu'] ?? 0), memoryBytes: free.memoryBytes - (used['memory'] ?? 0) }
  }
  return free
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
