/** One state of the manager as invariants look things up in it: pods by key, by owner, and what their nodes last said. */
import type { Instant } from '../../base/instant.js'
import type { ManagerCore } from '../../manager/core/manager-core.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { Deployment, PodSpec } from '../../model/generated/kubernetes.js'
import { makeKey, type ObjectKey } from '../../model/keys.js'
import type { ObservedPod, ObservedState } from '../../model/observed-state.js'
import type { Plan } from '../../model/plan.js'
import type { PlannedPod, PlannedState } from '../../model/planned-state.js'

/** DESIGN 12. */
export const SILENCE_MS = 4_000

/** What was planned and observed at one time. */
export interface Moment {
  readonly planned: PlannedState
  readonly observed: ObservedState
  readonly now: Instant
}

/** What of a manager's core is looked at. */
export type GroundCore = Pick<ManagerCore, 'desired' | 'planned' | 'brake' | 'isTakingIn'>

export class Ground {
  readonly pods: readonly PlannedPod[]
  private byKey: Map<ObjectKey, PlannedPod> | null = null

  constructor(
    readonly core: GroundCore,
    readonly moment: Moment,
  ) {
    this.pods = podsOf(moment.planned)
  }

  /** By `Pod./namespace/name`. */
  pod(key: ObjectKey): PlannedPod | undefined {
    this.byKey ??= new Map(this.pods.map((pod) => [podKeyOf(pod), pod]))
    return this.byKey.get(key)
  }

  ownedBy(workload: ObjectKey): readonly PlannedPod[] {
    return this.pods.filter((pod) => pod.workload === workload)
  }

  /** What a node last said of a pod; undefined while it has said nothing. */
  seen(pod: PlannedPod): ObservedPod | undefined {
    return seenIn(this.moment.observed, pod)
  }

  specOf(pod: PlannedPod): PodSpec | undefined {
    return this.moment.planned.replicaSets.get(pod.replicaSet)?.template.spec ?? this.seen(pod)?.assigned.spec
  }
}

/** Planned pods and states never change: what is asked of one again and again is found out once. */
const keys = new WeakMap<PlannedPod, ObjectKey>()
const podLists = new WeakMap<PlannedState, readonly PlannedPod[]>()

export function podKeyOf(pod: PlannedPod): ObjectKey {
  let key = keys.get(pod)
  if (key === undefined) {
    key = makeKey('Pod', pod.namespace, pod.name)
    keys.set(pod, key)
  }
  return key
}

/** Pending ones too. */
export function podsOf(planned: PlannedState): readonly PlannedPod[] {
  let pods = podLists.get(planned)
  if (pods === undefined) {
    pods = [...planned.pending, ...[...planned.nodes.values()].flatMap((node) => node.pods)]
    podLists.set(planned, pods)
  }
  return pods
}

/** What was planned before a plan, with the pods that it has found to be running already. */
export function withAdopted(plan: Plan, before: PlannedState, after: PlannedState): PlannedState {
  const adopted = new Set(plan.actions.flatMap((action) => (action.type === 'adopt-pod' ? [action.pod] : [])))
  if (adopted.size === 0) return before
  const told = new Set(
    plan.actions.flatMap((action) =>
      action.type === 'leave-endpoints' || action.type === 'stop-pod' ? [action.pod] : [],
    ),
  )
  return {
    ...before,
    replicaSets: new Map([...after.replicaSets, ...before.replicaSets]),
    pending: [
      ...before.pending.filter(({ uid }) => !adopted.has(uid)),
      ...podsOf(after).flatMap((pod) => {
        if (!adopted.has(pod.uid)) return []
        return [told.has(pod.uid) ? { ...pod, stop: null } : pod]
      }),
    ],
  }
}

export function seenIn(observed: ObservedState, pod: PlannedPod): ObservedPod | undefined {
  return observed.nodes.get(pod.node ?? '')?.pods.get(pod.uid)
}

/** Not silent for longer than a node may be. */
export function isHeard({ observed, now }: Omit<Moment, 'planned'>, name: string): boolean {
  const node = observed.nodes.get(name)
  if (node === undefined) return false
  return node.silentSince === null || now - Math.max(node.silentSince, observed.heardSince) < SILENCE_MS
}

/** Not heard since the manager began, or went on after it had stood still, and that is not long ago. */
export function isAwaited({ observed, now }: Omit<Moment, 'planned'>, name: string): boolean {
  const isUnheard = !observed.nodes.has(name) || observed.unheard.includes(name)
  return isUnheard && now - observed.heardSince < SILENCE_MS
}

/** On its way out; one that serves until it is replaced is not yet. */
export function isLeaving(pod: PlannedPod): boolean {
  return pod.stop !== null && pod.stop.phase !== 'replacing'
}

/** Ready by the last word of a node that is heard, and not on its way out. */
export function isServing(moment: Omit<Moment, 'planned'>, pod: PlannedPod): boolean {
  return !isLeaving(pod) && isHeard(moment, pod.node ?? '') && seenIn(moment.observed, pod)?.ready === true
}

/** How many pods a workload is to have; of one that is gone from the repository and held, as many as it had. */
export function wantedOf({ planned }: Moment, desired: DesiredState | null, workload: ObjectKey): number {
  const object = desired?.objects.get(workload)
  if (object?.kind === 'Deployment') return (object.manifest as Deployment).spec?.replicas ?? 1
  const sets = [...planned.replicaSets.values()].filter((set) => set.workload === workload)
  return sets.reduce((sum, set) => sum + set.replicas, 0)
}
