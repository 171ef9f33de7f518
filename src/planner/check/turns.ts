/**
 * What a plan placed and preempted, in the order in which it did: a rule between pods holds or not at the moment when a pod
 * is placed, and the actions of the plan are its only record of that order. So they must tell all of it, and the truth.
 */
import type { PodUid } from '../../model/assignment.js'
import type { Action } from '../../model/plan.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { fatal, type Survey } from './survey.js'

export interface Binding {
  readonly type: 'bind'
  /** As it is after the plan. */
  readonly pod: PlannedPod
  readonly node: string
}

export interface Eviction {
  readonly type: 'preempt'
  /** Who is to have the room; pending after the plan. */
  readonly pod: PlannedPod
  readonly node: string
  /** As they were before they were preempted. */
  readonly victims: readonly PlannedPod[]
}

export type Turn = Binding | Eviction

/** Placements that no action tells of come last; they are findings, and looked at all the same. */
export function readTurns(survey: Survey): readonly Turn[] {
  const { changes, plan } = survey
  const unplaced = new Set<PodUid>()
  const unevicted = new Set<PodUid>()
  for (const [uid, { before, after }] of changes) {
    if (after !== null && after.node !== null && before?.node !== after.node) unplaced.add(uid)
    const isBegun = before?.stop?.reason !== 'preemption' && after?.stop?.reason === 'preemption'
    if (isBegun && before?.node === after.node) unevicted.add(uid)
  }
  const waiting = new Map(survey.after.pending.map((pod) => [pod.uid, pod]))
  const turns: Turn[] = []
  for (const action of plan.actions) {
    if (action.type === 'adopt-pod') unplaced.delete(action.pod)
    else if (action.type === 'bind-pod') turns.push(...readBinding(survey, action, unplaced))
    else if (action.type === 'preempt') turns.push(...readEviction(survey, action, waiting.get(action.pod), unevicted))
  }
  for (const uid of unplaced) {
    const pod = changes.get(uid)!.after!
    fatal(survey, 'action', `pod ${pod.name} comes to node ${pod.node} and no action says so`)
    turns.push({ type: 'bind', pod, node: pod.node! })
  }
  for (const uid of unevicted) {
    const { name, node } = changes.get(uid)!.before!
    fatal(survey, 'preemption', `pod ${name} of node ${node} is preempted for nobody`)
  }
  return turns
}

function readBinding(
  survey: Survey,
  action: Extract<Action, { type: 'bind-pod' }>,
  unplaced: Set<PodUid>,
): readonly Binding[] {
  const pod = survey.changes.get(action.pod)?.after
  if (!unplaced.delete(action.pod) || pod?.node !== action.node || pod.address !== action.address) {
    fatal(survey, 'action', `pod ${action.name} is said to be bound to node ${action.node}, and is not`)
    return []
  }
  return [{ type: 'bind', pod, node: action.node }]
}

function readEviction(
  survey: Survey,
  action: Extract<Action, { type: 'preempt' }>,
  pod: PlannedPod | undefined,
  unevicted: Set<PodUid>,
): readonly Eviction[] {
  if (pod === undefined || pod.nominatedNode !== action.node) {
    fatal(survey, 'preemption', `pod ${action.name} preempts on node ${action.node}, and is not nominated to it`)
    return []
  }
  const victims: PlannedPod[] = []
  for (const { pod: uid, name } of action.victims) {
    const victim = asItWas(survey, uid, action.node, unevicted)
    if (victim !== null) victims.push(victim)
    else fatal(survey, 'preemption', `pod ${name} is said to be preempted on node ${action.node}, and is not`)
  }
  return [{ type: 'preempt', pod, node: action.node, victims }]
}

/** A victim before it was preempted on the node; null when it was not. */
function asItWas(survey: Survey, uid: PodUid, node: string, unevicted: Set<PodUid>): PlannedPod | null {
  const { before = null, after = null } = survey.changes.get(uid) ?? {}
  // One that no agent was told of is gone at once.
  if (before?.node === node) return after === null || unevicted.delete(uid) ? before : null
  // One that this plan found running there.
  const isFound = after?.node === node && after.stop?.reason === 'preemption'
  return isFound ? { ...after, stop: null } : null
}
