/**
 * ReplicaSet manifests: so many pods, and nothing is rolled. As in Kubernetes a changed template reaches new pods only;
 * so pods of several templates may live side by side, each in a planned set of its own.
 */
import { SECOND_MS } from '../../base/instant.js'
import type { ReplicaSet } from '../../model/generated/kubernetes.js'
import type { ObjectKey } from '../../model/keys.js'
import type { PlannedReplicaSet } from '../../model/planned-state.js'
import { replicaSetKey } from '../../model/pod-identity.js'
import { activePods, classifyPods, type PodBuckets } from '../classify-pods.js'
import type { ControllerInput, ControllerOutput, Intent, PodFacts } from '../controller.js'
import { isBackingOff } from '../creation-backoff.js'
import { workloadWaiting } from '../rollout-waiting.js'
import { orderForScaleDown, scaleDownCandidates } from '../scale-down-order.js'
import { changeSets, type SetTarget } from '../set-changes.js'
import {
  commitOfNewSet,
  completeSet,
  findTemplateRevision,
  newestSet,
  type TemplateRevision,
} from '../template-revision.js'
import { nextRecord, workloadBackoff } from '../workload-record.js'
import { removeWorkload } from './removal.js'

/** Wants as many pods as the manifest says, the missing ones of the current template. */
export function reconcileReplicaSet(input: ControllerInput): ControllerOutput {
  if (input.desired === null) return removeWorkload(input)
  const { spec } = input.desired.manifest as ReplicaSet
  const desired = spec?.replicas ?? 1
  const minReadyMs = (spec?.minReadySeconds ?? 0) * SECOND_MS
  const template = spec?.template ?? {}
  const revision = findTemplateRevision(input, template)
  const buckets = classifyPods(input.pods, { now: input.now, minReadyMs, currentHash: revision.templateHash })
  const backoff = workloadBackoff(input, revision.templateHash, buckets)
  const current = findCurrent(input, revision, desired)
  const sizes = chooseSizes(input, buckets, desired, current)
  const sets =
    current === null || input.replicaSets.includes(current) ? input.replicaSets : [...input.replicaSets, current]
  const targets = sets.map(
    (set): SetTarget => ({
      before: input.replicaSets.includes(set) ? set : null,
      after: {
        ...(set.templateHash === revision.templateHash ? completeSet(set, template, revision) : set),
        replicas: sizes.get(set.key) ?? 0,
        desiredAtScale: desired,
        maxReplicasAtScale: desired,
      },
      stopReason: 'scale-down',
      reason: set.replicas === desired ? 'replacement' : `scaled to ${desired}`,
    }),
  )
  const canCreate = !isBackingOff(backoff, input.now)
  const changes = changeSets({ input, buckets, targets, currentKey: current?.key ?? null, desired, canCreate })
  const { counts } = changes
  const record = nextRecord(input, {
    progressAt: input.record?.progressAt ?? input.now,
    progressReason: '',
    counts,
    ...backoff,
    templateHash: revision.templateHash,
  })
  const waiting = workloadWaiting({
    key: input.key,
    now: input.now,
    // Pods of an earlier template are as good as any: nothing waits for them to go.
    counts: { ...counts, updated: counts.total },
    updatedReady: counts.ready,
    maxUnavailable: 0,
    minReadyMs,
    settling: counts.ready - counts.available,
    missingConfiguration: revision.missing,
    isPausedRollout: false,
    stopping: 0,
    backoff,
    withheld: changes.withheld,
    progressReason: '',
    deadlineMs: null,
  })
  return {
    record,
    intents: [...changes.intents, ...forgetEmptySets(input, current)],
    waiting,
    requeueAt: changes.withheld > 0 ? backoff.createAfter : buckets.availableAt,
  }
}

/** The wanted template's set, or, while configuration is missing, the newest there is. */
function findCurrent(input: ControllerInput, revision: TemplateRevision, desired: number): PlannedReplicaSet | null {
  const hash = revision.templateHash
  const newest = newestSet(input.replicaSets)
  if (hash === null || input.desired === null) return newest
  const found = input.replicaSets.find((set) => set.templateHash === hash)
  if (found !== undefined) return found
  return {
    key: replicaSetKey(input.key, hash),
    workload: input.key,
    templateHash: hash,
    template: (input.desired.manifest as ReplicaSet).spec?.template ?? {},
    revision: (newest?.revision ?? 0) + 1,
    replicas: 0,
    desiredAtScale: desired,
    maxReplicasAtScale: desired,
    createdAt: input.now,
    commit: commitOfNewSet(input),
    images: {},
    environmentDigests: revision.environmentDigests,
    incarnations: 0,
  }
}

/** Each set keeps the pods it has; the surplus goes by the common order, what is missing comes to the current set. */
function chooseSizes(
  input: ControllerInput,
  buckets: PodBuckets,
  desired: number,
  current: PlannedReplicaSet | null,
): ReadonlyMap<ObjectKey, number> {
  const active = activePods(buckets)
  const sizes = new Map<ObjectKey, number>()
  const count = ({ planned }: PodFacts, by: number): void => {
    sizes.set(planned.replicaSet, (sizes.get(planned.replicaSet) ?? 0) + by)
  }
  for (const pod of active) count(pod, 1)
  const missing = desired - active.length
  if (missing > 0 && current !== null) sizes.set(current.key, (sizes.get(current.key) ?? 0) + missing)
  if (missing < 0) {
    const annotations = new Map(input.replicaSets.map((set) => [set.key as string, set.template.metadata?.annotations]))
    const candidates = scaleDownCandidates(active, {
      now: input.now,
      related: active,
      available: new Set(buckets.available.map((pod) => pod.planned.uid)),
      annotations: (key) => annotations.get(key) ?? {},
    })
    const going = new Set(
      orderForScaleDown(candidates, input.now)
        .slice(0, -missing)
        .map((candidate) => candidate.uid),
    )
    for (const pod of active) if (going.has(pod.planned.uid)) count(pod, -1)
  }
  return sizes
}

/** Nothing goes back to an earlier template of a ReplicaSet, so a set without pods is of no use. */
function forgetEmptySets(input: ControllerInput, current: PlannedReplicaSet | null): Intent[] {
  const inUse = new Set<string>(input.pods.map((pod) => pod.planned.replicaSet))
  return input.replicaSets
    .filter((set) => set !== current && !inUse.has(set.key))
    .map((set) => ({ type: 'remove-replica-set', key: set.key }))
}
