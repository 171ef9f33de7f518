/** Owners keep their limits: no more pods than desired and surge, no fewer serving by our doing than the rollout allows. */
import type { Deployment } from '../../model/generated/kubernetes.js'
import type { ObjectKey } from '../../model/keys.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { BUDGETED, isUnderBudget } from './check-budgets.js'
import { fatal, isLeaving, isServing, observedPod, type Survey } from './survey.js'

/** Stops by which a rollout, a scale-down or a drain may not take an owner below what it needs. */
const VOLUNTARY = ['scale-down', 'rollout', 'drain', 'rebalance']

export function checkOwners(survey: Survey): void {
  checkUids(survey)
  if (survey.isAdoptingOnly) return
  for (const [workload, pods] of survey.owned) {
    checkIdentities(survey, pods)
    const limits = limitsOf(survey, workload)
    if (limits !== null) checkLimits(survey, workload, pods, limits)
  }
}

/** No uid is on two nodes, or on a node and pending. */
function checkUids(survey: Survey): void {
  for (const pods of survey.owned.values()) {
    const seen = new Map<string, PlannedPod>()
    for (const pod of pods) {
      const other = seen.get(pod.uid)
      if (other !== undefined && other.node !== pod.node)
        fatal(survey, 'unique-uid', `pod ${pod.uid} is on ${other.node ?? 'no node'} and on ${pod.node ?? 'no node'}`)
      seen.set(pod.uid, pod)
    }
  }
}

/** No two pods in one place of a set, nor with one name, unless one of them is to stop; nobody's doing before the plan. */
function checkIdentities(survey: Survey, pods: readonly PlannedPod[]): void {
  const places = new Map<string, PlannedPod>()
  for (const pod of pods) {
    if (pod.stop !== null) continue
    const place = `${pod.replicaSet} ${pod.ordinal}`
    const other = places.get(place)
    const isNew = [pod, other].some((item) => item !== undefined && survey.changes.get(item.uid)?.before === null)
    if (other !== undefined && isNew && other.uid !== pod.uid)
      fatal(
        survey,
        'unique-identity',
        `pods ${other.name} and ${pod.name} are both number ${pod.ordinal} of ${pod.replicaSet}`,
      )
    places.set(place, pod)
  }
}

interface Limits {
  readonly desired: number
  readonly surge: number
  readonly unavailable: number
  readonly isRecreate: boolean
  readonly minReadyMs: number
}

/** Deployments only: a surge is rounded up, unavailable down, and one of them is at least 1 (Kubernetes: semantics §5). */
function limitsOf({ input }: Survey, workload: ObjectKey): Limits | null {
  const object = input.desired?.objects.get(workload)
  if (object?.kind !== 'Deployment') return null
  const { spec } = object.manifest as Deployment
  const desired = spec?.replicas ?? 1
  if (spec?.strategy?.type === 'Recreate')
    return { desired, surge: 0, unavailable: desired, isRecreate: true, minReadyMs: 0 }
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec?.strategy?.rollingUpdate ?? {}
  const surge = share(maxSurge, desired, Math.ceil)
  const unavailable = Math.min(desired, share(maxUnavailable, desired, Math.floor))
  const minReadyMs = (spec?.minReadySeconds ?? 0) * 1_000
  const least = surge === 0 ? Math.max(1, unavailable) : unavailable
  return { desired, surge, unavailable: least, isRecreate: false, minReadyMs }
}

function share(value: number | string, total: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value
  return value.endsWith('%') ? round((Number(value.slice(0, -1)) * total) / 100) : Number(value)
}

function checkLimits(survey: Survey, workload: ObjectKey, pods: readonly PlannedPod[], limits: Limits): void {
  const changes = survey.changesOf.get(workload) ?? []
  const active = pods.filter((pod) => pod.stop === null).length
  // One that is found running is adopted, not created.
  const created = changes.filter(
    ({ before, after }) => before === null && after !== null && observedPod(survey, after) === null,
  ).length
  // A set that was over its limit before (pods found running) may be so still; creating more is what is wrong.
  if (created > 0 && active > limits.desired + limits.surge)
    fatal(survey, 'surge', `${workload} has ${active} pods, desired ${limits.desired} and at most ${limits.surge} more`)
  const stopped = changes.filter(
    ({ before, after }) => before !== null && after !== null && !isLeaving(before) && isLeaving(after),
  )
  // One that is ready and not available yet is no loss to its owner: those go first (semantics §5).
  const served = stopped.filter(
    ({ before }) => before !== null && isServing(survey, before) && isSettled(survey, before, limits.minReadyMs),
  )
  // What a budget allows is judged by the budget (check-budgets.ts), not by the rollout's limits.
  const budgeted = served.filter(({ after }) => isJudgedByBudget(survey, after))
  const voluntary = served.filter(
    (change) => VOLUNTARY.includes(change.after?.stop?.reason ?? '') && !budgeted.includes(change),
  )
  if (voluntary.length === 0 || limits.isRecreate) return
  // What the same plan takes by priority is judged as that (check-preemption.ts): it asks no strategy (semantics §3.9).
  const preempted = served.filter(({ after }) => after?.stop?.reason === 'preemption')
  const serving = pods.filter((pod) => isServing(survey, pod)).length + budgeted.length + preempted.length
  // A drain without room for a replacement may take one more, never the last.
  const isDrain = voluntary.some(({ after }) => BUDGETED.includes(after?.stop?.reason ?? ''))
  const unavailable = isDrain && limits.desired > 1 ? Math.max(1, limits.unavailable) : limits.unavailable
  const lowest = limits.desired - unavailable
  if (serving < lowest)
    fatal(survey, 'unavailable', `${workload} would have ${serving} pods serving by our own doing and needs ${lowest}`)
}

function isSettled(survey: Survey, pod: PlannedPod, minReadyMs: number): boolean {
  return (observedPod(survey, pod)?.readySince ?? 0) + minReadyMs <= survey.input.now
}

/** An eviction by command asks nothing but budgets. */
function isJudgedByBudget(survey: Survey, pod: PlannedPod | null): boolean {
  const reason = pod?.stop?.reason ?? ''
  if (pod === null || !BUDGETED.includes(reason)) return false
  return reason === 'eviction' || isUnderBudget(survey, pod)
}
