/**
 * Pod manifests: one pod that keeps the manifest's name, so the old one must be gone before the next is made. A pod
 * that may end (restartPolicy Never or OnFailure) and has ended stays as it is; any other is made again.
 */
import type { StopReason } from '../../model/assignment.js'
import type { DesiredObject } from '../../model/desired-state.js'
import type { Pod, PodTemplateSpec } from '../../model/generated/kubernetes.js'
import type { PlannedReplicaSet, WorkloadCounts } from '../../model/planned-state.js'
import type { Waiting } from '../../model/waiting.js'
import { activePods, classifyPods, type PodBuckets } from '../classify-pods.js'
import type { ControllerInput, ControllerOutput, Intent, PodFacts } from '../controller.js'
import { type CreationBackoff, isBackingOff } from '../creation-backoff.js'
import { workloadWaiting } from '../rollout-waiting.js'
import { commitOfNewSet, completeSet, findTemplateRevision, type TemplateRevision } from '../template-revision.js'
import { nextRecord, workloadBackoff } from '../workload-record.js'
import { removeWorkload } from './removal.js'

/** Wants the one pod of the manifest's template. */
export function reconcilePod(input: ControllerInput): ControllerOutput {
  const { desired } = input
  if (desired === null) return removeWorkload(input)
  const template = podTemplate(desired)
  const revision = findTemplateRevision(input, template)
  const set = input.replicaSets[0] ?? null
  if (revision.templateHash === null) return maintainPod(input, set, null, revision)
  if (set !== null && set.templateHash === revision.templateHash) {
    return maintainPod(input, set, completeSet(set, template, revision), revision)
  }
  const next: PlannedReplicaSet = {
    key: input.key,
    workload: input.key,
    templateHash: revision.templateHash,
    template,
    revision: (set?.revision ?? 0) + 1,
    replicas: 1,
    desiredAtScale: 1,
    maxReplicasAtScale: 1,
    createdAt: input.now,
    commit: commitOfNewSet(input),
    images: {},
    environmentDigests: revision.environmentDigests,
    incarnations: set?.incarnations ?? 0,
  }
  return maintainPod(input, set, next, revision)
}

/**
 * Brings the pod from its present set to the wanted one. With `wanted` null (configuration is missing, or the manifest
 * is gone and may not be deleted yet) the present set is kept up.
 */
export function maintainPod(
  input: ControllerInput,
  present: PlannedReplicaSet | null,
  wanted: PlannedReplicaSet | null,
  revision: TemplateRevision,
): ControllerOutput {
  const target = wanted ?? present
  const buckets = classifyPods(input.pods, { now: input.now, minReadyMs: 0, currentHash: target?.templateHash ?? null })
  const backoff = workloadBackoff(input, revision.templateHash, buckets)
  const stops = chooseStops(buckets, present, target)
  const left = input.pods.filter((pod) => !isGoneForGood(pod) && !stops.some((stop) => stop.uid === pod.planned.uid))
  const staying = left.filter((pod) => pod.planned.stop === null)
  const leaving = input.pods.filter((pod) => !isGoneForGood(pod)).length - staying.length
  const isMissing = target !== null && staying.length === 0
  const isWithheld = isMissing && leaving === 0 && isBackingOff(backoff, input.now)
  const isCreated = isMissing && leaving === 0 && !isWithheld
  const intents: Intent[] = []
  if (target !== null && target !== present && (leaving === 0 || target.templateHash === present?.templateHash)) {
    intents.push({ type: 'put-replica-set', replicaSet: target, reason: `revision ${target.revision}` })
  }
  for (const stop of stops) intents.push({ type: 'stop-pods', pods: [stop.uid], reason: stop.reason })
  if (isCreated) intents.push({ type: 'create-pods', replicaSet: target.key, count: 1, reason: 'from its manifest' })
  const counts = countPod(buckets, staying, isCreated)
  const record = nextRecord(input, {
    progressAt: input.record?.progressAt ?? input.now,
    progressReason: '',
    counts,
    ...backoff,
    templateHash: revision.templateHash,
  })
  const isFinished = staying.length > 0 && buckets.failed.includes(staying[0]!)
  return {
    record,
    intents,
    waiting: isFinished ? [] : podWaiting({ input, counts, revision, backoff, isWithheld, leaving }),
    requeueAt: isWithheld ? backoff.createAfter : null,
  }
}

function podTemplate({ manifest }: DesiredObject): PodTemplateSpec {
  const { metadata, spec } = manifest as Pod
  return {
    metadata: {
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
    },
    ...(spec === undefined ? {} : { spec }),
  }
}

interface Stop {
  readonly uid: string
  readonly reason: StopReason
}

/** Pods of another template, ended ones that are to run always, and any beyond the first; drained ones need not wait for a replacement. */
function chooseStops(
  buckets: PodBuckets,
  present: PlannedReplicaSet | null,
  target: PlannedReplicaSet | null,
): readonly Stop[] {
  const active = activePods(buckets)
  const stop = (reason: StopReason) => (pod: PodFacts) => ({ uid: pod.planned.uid, reason })
  const serving = buckets.terminating
    .filter(({ planned }) => planned.stop?.phase === 'replacing')
    .map(({ planned }) => ({ uid: planned.uid, reason: planned.stop?.reason ?? 'drain' }))
  if (target?.templateHash !== present?.templateHash)
    return [...[...active, ...buckets.failed].map(stop('template-changed')), ...serving]
  const ended = runsAlways(target) ? buckets.failed.map(stop('failed')) : buckets.failed.slice(1).map(stop('duplicate'))
  const hasEnded = !runsAlways(target) && buckets.failed.length > 0
  return [...active.slice(hasEnded ? 0 : 1).map(stop('duplicate')), ...ended, ...serving]
}

function runsAlways(set: PlannedReplicaSet | null): boolean {
  return (set?.template.spec?.restartPolicy ?? 'Always') === 'Always'
}

/** Nothing of it is left on a node that can be seen; one given up with its node counts as gone. */
function isGoneForGood({ planned, observed }: PodFacts): boolean {
  if (planned.stop === null) return false
  return planned.node === null || planned.stop.reason === 'node-lost' || observed?.stopped === true
}

function countPod(buckets: PodBuckets, staying: readonly PodFacts[], isCreated: boolean): WorkloadCounts {
  const total = staying.length + (isCreated ? 1 : 0)
  const ready = staying.filter((pod) => buckets.available.includes(pod)).length
  return { desired: 1, total, updated: total, ready, available: ready }
}

interface PodWaitingInput {
  readonly input: ControllerInput
  readonly counts: WorkloadCounts
  readonly revision: TemplateRevision
  readonly backoff: CreationBackoff
  readonly isWithheld: boolean
  /** Pods before it that are not gone yet. */
  readonly leaving: number
}

function podWaiting({ input, counts, revision, backoff, isWithheld, leaving }: PodWaitingInput): readonly Waiting[] {
  const { key, now } = input
  if (leaving > 0) {
    return [{ on: 'termination', key, detail: 'the pod before it must be gone, for both have one name' }]
  }
  return workloadWaiting({
    key,
    now,
    counts,
    updatedReady: counts.ready,
    maxUnavailable: 0,
    minReadyMs: 0,
    settling: 0,
    missingConfiguration: revision.missing,
    isPausedRollout: false,
    stopping: 0,
    backoff,
    withheld: isWithheld ? 1 : 0,
    progressReason: '',
    deadlineMs: null,
  })
}
