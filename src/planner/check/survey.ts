/** What a plan changes, found by comparing the states before and after it: the ground for every invariant. */
import { compareText, groupBy } from '../../base/ordered.js'
import { applyPlan } from '../../model/apply-plan.js'
import { type ClusterConfiguration, defaultClusterConfiguration } from '../../model/cluster-configuration.js'
import type { ObjectKey } from '../../model/keys.js'
import type { ObservedPod } from '../../model/observed-state.js'
import type { Note, Plan } from '../../model/plan.js'
import type { PlannedNode, PlannedPod, PlannedState } from '../../model/planned-state.js'
import type { PlanInput } from '../plan-input.js'
import { changedSpan } from './changed-span.js'
import { Standing } from './standing.js'

export interface PodChange {
  readonly before: PlannedPod | null
  readonly after: PlannedPod | null
}

export interface Survey {
  readonly input: PlanInput
  readonly plan: Plan
  readonly after: PlannedState
  readonly configuration: ClusterConfiguration
  /** Everything is looked at, and nothing that was kept from other plans is used. */
  readonly isWhole: boolean
  /** True when only adopting is allowed. */
  readonly isAdoptingOnly: boolean
  /** Nodes to look at: those the plan changes, or all. */
  readonly nodes: readonly PlannedNode[]
  /** Every pod that the plan adds, changes, moves or takes away, by uid. */
  readonly changes: ReadonlyMap<string, PodChange>
  /** The same by owner. */
  readonly changesOf: ReadonlyMap<ObjectKey, readonly PodChange[]>
  /** Pods after the plan of the workloads to look at. */
  readonly owned: ReadonlyMap<ObjectKey, readonly PlannedPod[]>
  readonly standing: Standing
  readonly notes: Note[]
}

/** Of the states that were looked at last; a look at everything begins anew. */
const known = new Standing()

export function surveyPlan(input: PlanInput, plan: Plan, scope: 'touched' | 'all'): Survey {
  const after = applyPlan(input.planned, plan)
  const standing = scope === 'all' ? new Standing() : known
  standing.follow(after)
  standing.followTables(input.planned.network.services)
  const changes = podChanges(input.planned, plan)
  const changesOf = groupBy(changes.values(), ({ before, after: pod }) => (pod ?? before)!.workload)
  const nodes =
    scope === 'all' ? [...after.nodes.values()] : [...plan.delta.nodes.values()].flatMap((node) => node ?? [])
  return {
    input,
    plan,
    after,
    configuration: input.desired?.configuration ?? defaultClusterConfiguration,
    isWhole: scope === 'all',
    isAdoptingOnly: input.isRecovering || input.desired === null,
    nodes,
    changes,
    changesOf,
    owned:
      scope === 'all'
        ? allPods(after)
        : podsOf(after, standing, [...changesOf.keys(), ...ownersOfGoneSets(input, plan)]),
    standing,
    notes: [],
  }
}

export function fatal(survey: Survey, invariant: string, detail: string): void {
  survey.notes.push({ severity: 'fatal', invariant, detail })
}

function ownersOfGoneSets({ planned }: PlanInput, plan: Plan): ObjectKey[] {
  const gone = [...plan.delta.replicaSets].filter(([, set]) => set === null)
  return gone.flatMap(([key]) => planned.replicaSets.get(key)?.workload ?? [])
}

function podChanges(planned: PlannedState, plan: Plan): Map<string, PodChange> {
  const changes = new Map<string, PodChange>()
  const take = (left: readonly PlannedPod[], right: readonly PlannedPod[]): void => {
    const { before, after } = changedSpan(left, right)
    const kept = new Set(before)
    for (const pod of after) {
      if (kept.delete(pod)) continue
      changes.set(pod.uid, { before: changes.get(pod.uid)?.before ?? null, after: pod })
    }
    for (const pod of kept) changes.set(pod.uid, { before: pod, after: changes.get(pod.uid)?.after ?? null })
  }
  for (const [name, node] of plan.delta.nodes) take(planned.nodes.get(name)?.pods ?? [], node?.pods ?? [])
  if (plan.delta.pending !== null) take(planned.pending, plan.delta.pending)
  return changes
}

/** By owner, in the order of their nodes' names and of their uids; those that are on no node last. */
function allPods(state: PlannedState): Map<ObjectKey, PlannedPod[]> {
  return groupBy(
    [...[...state.nodes.values()].flatMap(({ pods }) => pods), ...state.pending],
    ({ workload }) => workload,
  )
}

/** The same of some owners. */
function podsOf(
  state: PlannedState,
  standing: Standing,
  workloads: readonly ObjectKey[],
): Map<ObjectKey, PlannedPod[]> {
  const owned = new Map<ObjectKey, PlannedPod[]>()
  for (const workload of workloads) {
    const pods = [...standing.podsOf(workload)].sort(byPlace)
    if (pods.length > 0) owned.set(workload, pods)
  }
  const wanted = new Set(workloads)
  for (const pod of state.pending) {
    if (!wanted.has(pod.workload)) continue
    const pods = owned.get(pod.workload)
    if (pods === undefined) owned.set(pod.workload, [pod])
    else pods.push(pod)
  }
  return owned
}

function byPlace(left: PlannedPod, right: PlannedPod): number {
  return compareText(left.node ?? '', right.node ?? '') || compareText(left.uid, right.uid)
}

/** What its node last said of a pod. */
export function observedPod({ input }: Survey, pod: PlannedPod): ObservedPod | null {
  return pod.node === null ? null : (input.observed.nodes.get(pod.node)?.pods.get(pod.uid) ?? null)
}

/** True unless the node has been silent for as long as makes it NotReady. */
export function isHeard({ input, configuration }: Survey, name: string): boolean {
  const node = input.observed.nodes.get(name)
  if (node === undefined) return false
  const { silentSince } = node
  const { heardSince } = input.observed
  return silentSince === null || input.now - Math.max(silentSince, heardSince) < configuration.nodeSilenceMs
}

/** True once a pod is on its way out: no traffic, and its owner does not count it. */
export function isLeaving(pod: PlannedPod): boolean {
  return pod.stop !== null && pod.stop.phase !== 'replacing'
}

/** Ready, heard and serving. */
export function isServing(survey: Survey, pod: PlannedPod): boolean {
  if (pod.node === null || isLeaving(pod) || !isHeard(survey, pod.node)) return false
  return observedPod(survey, pod)?.ready === true
}
