/**
 * Deployment (Kubernetes: semantics §5.1): one set per template, the current one growing and older ones shrinking within
 * surge and unavailable. The newest template wins at once: it makes every earlier set old, a stuck one included.
 */
import { earliest } from '../../base/instant.js'
import { groupBy } from '../../base/ordered.js'
import type { StopReason } from '../../model/assignment.js'
import type { PlannedReplicaSet, PlannedWorkload } from '../../model/planned-state.js'
import { replicaSetKey } from '../../model/pod-identity.js'
import { activePods, classifyPods, isGone, type PodBuckets } from '../classify-pods.js'
import type { ControllerInput, ControllerOutput, Intent, PodFacts } from '../controller.js'
import { isBackingOff } from '../creation-backoff.js'
import { chooseSizes, type SizedSet } from '../deployment-sizes.js'
import { type DeploymentNumbers, readDeployment } from '../deployment-spec.js'
import { isComplete, nextProgress, progressDeadline } from '../progress.js'
import { expiredSets } from '../revision-history.js'
import { workloadWaiting } from '../rollout-waiting.js'
import { changeSets, type SetChanges, type SetTarget } from '../set-changes.js'
import {
  commitOfNewSet,
  completeSet,
  findTemplateRevision,
  newestSet,
  type TemplateRevision,
} from '../template-revision.js'
import { nextRecord, workloadBackoff } from '../workload-record.js'
import { removeWorkload } from './removal.js'

/** What this pass works on, found out once. */
interface Survey {
  readonly wanted: DeploymentNumbers
  readonly revision: TemplateRevision
  readonly buckets: PodBuckets
  /** The wanted template's set; null while it is frozen without one. */
  readonly current: PlannedReplicaSet | null
  /** The same as it was before this pass; null when it is new. */
  readonly currentBefore: PlannedReplicaSet | null
  readonly currentChange: 'created' | 'found-again' | 'same' | 'none'
  /** Oldest first. */
  readonly old: readonly PlannedReplicaSet[]
  /** Only scaling acts: paused, or configuration is missing. */
  readonly isFrozen: boolean
  /** Pods of old sets that still run, those ordered to stop included. */
  readonly oldRunning: number
}

/** Wants sets and pods so that the Deployment comes to its template and replicas; winds it down when it is not desired. */
export function reconcileDeployment(input: ControllerInput): ControllerOutput {
  if (input.desired === null) return removeWorkload(input)
  const survey = surveyDeployment(input, withinBudgets(readDeployment(input.desired), input.unavailableMax))
  const { wanted, buckets, current, revision } = survey
  const backoff = workloadBackoff(input, revision.templateHash, buckets)
  const changes = changeSets({
    input,
    buckets,
    targets: setTargets(input, survey),
    currentKey: current?.key ?? null,
    desired: wanted.replicas,
    canCreate: !isBackingOff(backoff, input.now),
  })
  const progress = nextProgress({
    now: input.now,
    before: input.record,
    counts: changes.counts,
    isPaused: wanted.isPaused,
    current: survey.currentChange,
    deadlineMs: wanted.progressDeadlineMs,
  })
  const record = nextRecord(input, {
    ...progress,
    counts: changes.counts,
    ...backoff,
    templateHash: revision.templateHash,
  })
  return {
    record,
    intents: [...changes.intents, ...stopMoved(input, survey), ...forgetOldSets(input, survey, changes)],
    waiting: deploymentWaiting(input, survey, changes, record),
    requeueAt: [
      buckets.availableAt,
      progressDeadline(progress, wanted.progressDeadlineMs),
      changes.withheld > 0 ? backoff.createAfter : null,
    ].reduce(earliest, null),
  }
}

/** A rollout that respects budgets has no more unavailable than they allow; its own limits hold as well. */
function withinBudgets(wanted: DeploymentNumbers, unavailableMax: number | undefined): DeploymentNumbers {
  if (unavailableMax === undefined || unavailableMax >= wanted.limits.maxUnavailable) return wanted
  return { ...wanted, limits: { ...wanted.limits, maxUnavailable: unavailableMax } }
}

function surveyDeployment(input: ControllerInput, wanted: DeploymentNumbers): Survey {
  const revision = findTemplateRevision(input, wanted.template)
  const hash = revision.templateHash
  const found = hash === null ? undefined : input.replicaSets.find((set) => set.templateHash === hash)
  const isFrozen = wanted.isPaused || hash === null
  const old = input.replicaSets
    .filter((set) => set !== found)
    .sort((left, right) => left.createdAt - right.createdAt || left.revision - right.revision)
  const next = (newestSet(old)?.revision ?? 0) + 1
  const oldKeys = new Set<string>(old.map((set) => set.key))
  const { current, currentChange } = currentSet(input, wanted, revision, { found, isFrozen, next })
  return {
    wanted,
    revision,
    buckets: classifyPods(input.pods, { now: input.now, minReadyMs: wanted.minReadyMs, currentHash: hash }),
    current,
    currentBefore: found ?? null,
    currentChange,
    old,
    isFrozen,
    oldRunning: input.pods.filter((pod) => oldKeys.has(pod.planned.replicaSet) && doesRun(pod)).length,
  }
}

/** The wanted template's set: the one that was found, under the next revision where it comes back, or a new one. */
function currentSet(
  input: ControllerInput,
  wanted: DeploymentNumbers,
  revision: TemplateRevision,
  is: { readonly found: PlannedReplicaSet | undefined; readonly isFrozen: boolean; readonly next: number },
): Pick<Survey, 'current' | 'currentChange'> {
  const { found, isFrozen, next } = is
  if (found !== undefined) {
    const whole = completeSet(found, wanted.template, revision)
    if (found.revision >= next) return { current: whole, currentChange: 'same' }
    return { current: { ...whole, revision: next, commit: commitOfNewSet(input) }, currentChange: 'found-again' }
  }
  const { templateHash: hash } = revision
  if (isFrozen || hash === null) return { current: null, currentChange: 'none' }
  return { current: newSet(input, wanted, revision, hash, next), currentChange: 'created' }
}

function newSet(
  input: ControllerInput,
  wanted: DeploymentNumbers,
  revision: TemplateRevision,
  hash: string,
  number: number,
): PlannedReplicaSet {
  return {
    key: replicaSetKey(input.key, hash),
    workload: input.key,
    templateHash: hash,
    template: wanted.template,
    revision: number,
    replicas: 0,
    desiredAtScale: wanted.replicas,
    maxReplicasAtScale: wanted.replicas + wanted.limits.maxSurge,
    createdAt: input.now,
    commit: commitOfNewSet(input),
    images: {},
    environmentDigests: revision.environmentDigests,
    incarnations: 0,
  }
}

/** Every set at the size it is to have; the current one last. */
function setTargets(input: ControllerInput, survey: Survey): SetTarget[] {
  const { wanted, current, old } = survey
  const available = countBySet(survey.buckets.available)
  // Budgets count what is ready, and are asked of old pods alone.
  const settling = input.unavailableMax === undefined ? null : countBySet(survey.buckets.ready)
  // Without a record the sets are adopted from what agents report, and what was wanted of them before is not known.
  const isAdopted = input.record === null
  const empty = emptyPlaces(survey)
  const sized = (set: PlannedReplicaSet): SizedSet => ({
    key: set.key,
    createdAt: set.createdAt,
    revision: set.revision,
    replicas: set.replicas - (empty.get(set.key) ?? 0),
    desiredAtScale: isAdopted ? wanted.replicas : set.desiredAtScale,
    maxReplicasAtScale: set.maxReplicasAtScale,
    available: available.get(set.key) ?? 0,
    ...(settling !== null &&
      set !== current && { healthy: (available.get(set.key) ?? 0) + (settling.get(set.key) ?? 0) }),
  })
  const sizes = chooseSizes({
    desired: wanted.replicas,
    limits: wanted.limits,
    strategy: wanted.strategy,
    isFrozen: survey.isFrozen,
    current: current === null ? null : sized(current),
    old: old.map(sized),
    doOldPodsRun: survey.oldRunning > 0,
  })
  const stopOld: StopReason = survey.isFrozen ? 'scale-down' : wanted.strategy === 'Recreate' ? 'recreate' : 'rollout'
  const targets = old.map((set, i) => setTarget(survey, set, sizes.old[i]!, stopOld))
  return current === null ? targets : [...targets, setTarget(survey, current, sizes.current, 'scale-down')]
}

function countBySet(pods: readonly PodFacts[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { planned } of pods) counts.set(planned.replicaSet, (counts.get(planned.replicaSet) ?? 0) + 1)
  return counts
}

/**
 * Sets may be larger together than surge allows: pods were adopted, or fewer are wanted now. Then places without a pod
 * are given up, of the oldest set first, rather than filled again.
 */
function emptyPlaces({ wanted, buckets, current, old }: Survey): ReadonlyMap<string, number> {
  const sets = current === null ? old : [...old, current]
  const empty = new Map<string, number>()
  let excess = sets.reduce((sum, set) => sum + set.replicas, 0) - wanted.replicas - wanted.limits.maxSurge
  if (excess <= 0) return empty
  const bySet = groupBy(activePods(buckets), (pod) => pod.planned.replicaSet)
  for (const set of sets) {
    const count = Math.min(excess, Math.max(0, set.replicas - (bySet.get(set.key)?.length ?? 0)))
    excess -= count
    if (count > 0) empty.set(set.key, count)
  }
  return empty
}

function setTarget(survey: Survey, set: PlannedReplicaSet, replicas: number, stopReason: StopReason): SetTarget {
  const { wanted, current, currentBefore } = survey
  const before = set === current ? currentBefore : set
  const isMarked = replicas > 0 || before === null
  const desiredAtScale = isMarked ? wanted.replicas : set.desiredAtScale
  const maxReplicasAtScale = isMarked ? wanted.replicas + wanted.limits.maxSurge : set.maxReplicasAtScale
  const isSame =
    replicas === set.replicas && desiredAtScale === set.desiredAtScale && maxReplicasAtScale === set.maxReplicasAtScale
  const after = isSame ? set : { ...set, replicas, desiredAtScale, maxReplicasAtScale }
  return { before, after, stopReason, reason: describeChange(survey, set, replicas) }
}

function describeChange({ current, currentChange, wanted }: Survey, set: PlannedReplicaSet, replicas: number): string {
  if (set !== current)
    return replicas === set.replicas ? 'replacement' : `rollout of revision ${current?.revision ?? 0}`
  if (currentChange === 'created') return `rollout of revision ${set.revision}`
  if (currentChange === 'found-again') return `rollout of revision ${set.revision}, back to an earlier template`
  if (replicas === set.replicas)
    return set.desiredAtScale === wanted.replicas ? 'replacement' : `scaled to ${wanted.replicas}`
  return set.desiredAtScale === wanted.replicas ? `rollout of revision ${set.revision}` : `scaled to ${wanted.replicas}`
}

/** Under Recreate nothing replaces an old pod before all of them are gone: one that moves to another node goes as well. */
function stopMoved(input: ControllerInput, { wanted, current, isFrozen, old }: Survey): Intent[] {
  if (wanted.strategy !== 'Recreate' || current === null || isFrozen) return []
  const sets = new Set<string>(old.map((set) => set.key))
  const pods = input.pods.flatMap(({ planned }) =>
    planned.stop?.phase === 'replacing' && sets.has(planned.replicaSet) ? [planned.uid] : [],
  )
  return pods.length === 0 ? [] : [{ type: 'stop-pods', pods, reason: 'recreate' }]
}

function forgetOldSets(input: ControllerInput, survey: Survey, changes: SetChanges): Intent[] {
  if (survey.current === null || !isComplete(changes.counts)) return []
  const inUse = new Set<string>(input.pods.map((pod) => pod.planned.replicaSet))
  const expired = expiredSets(survey.old, survey.wanted.revisionHistoryLimit, (key) => inUse.has(key))
  return expired.map((key) => ({ type: 'remove-replica-set', key }))
}

function deploymentWaiting(
  input: ControllerInput,
  survey: Survey,
  changes: SetChanges,
  record: PlannedWorkload,
): ControllerOutput['waiting'] {
  const { wanted } = survey
  const { counts } = changes
  return workloadWaiting({
    key: input.key,
    now: input.now,
    counts,
    updatedReady: changes.updatedReady,
    maxUnavailable: wanted.limits.maxUnavailable,
    minReadyMs: wanted.minReadyMs,
    settling: counts.ready - counts.available,
    missingConfiguration: survey.revision.missing,
    isPausedRollout: wanted.isPaused && (survey.current === null || counts.total !== counts.updated),
    stopping: wanted.strategy === 'Recreate' && !survey.isFrozen ? survey.oldRunning : 0,
    backoff: record,
    withheld: changes.withheld,
    progressReason: record.progressReason,
    deadlineMs: wanted.progressDeadlineMs,
  })
}

/** True for a pod whose processes may be there: not ended by itself, and not known to be gone. */
function doesRun(pod: PodFacts): boolean {
  if (isGone(pod)) return false
  return pod.observed?.phase !== 'Failed' && pod.observed?.phase !== 'Succeeded'
}
