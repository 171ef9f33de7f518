/**
 * The contract of controllers: one pure function per kind looks at one object against the world and says what it wants.
 * The planner, which sees the whole cluster, decides which intents happen now.
 */
import type { Instant } from '../base/instant.js'
import type { PodUid, StopReason } from '../model/assignment.js'
import type { ConfigContent, DesiredObject } from '../model/desired-state.js'
import type { ObjectKey } from '../model/keys.js'
import type { ObservedPod } from '../model/observed-state.js'
import type { PlannedPod, PlannedReplicaSet, PlannedWorkload } from '../model/planned-state.js'
import type { Waiting } from '../model/waiting.js'

/** A planned pod beside what is known of it. */
export interface PodFacts {
  readonly planned: PlannedPod
  /** Null until its node has reported it. */
  readonly observed: ObservedPod | null
  /** False while its node is silent or NotReady: its readiness is unknown and counts as not ready. */
  readonly isNodeHeard: boolean
}

export interface ControllerInput {
  readonly clusterId: string
  readonly now: Instant
  readonly key: ObjectKey
  /** Null when the object is to be removed: the controller winds it down. */
  readonly desired: DesiredObject | null
  readonly record: PlannedWorkload | null
  /** Of this workload, by revision, oldest first. */
  readonly replicaSets: readonly PlannedReplicaSet[]
  /** Of this workload, sorted by uid; those ordered to stop included. */
  readonly pods: readonly PodFacts[]
  /** The desired revision: the commit of a template that changed by its configuration, not by its object. Absent: the object's commit. */
  readonly revision?: string
  /** How many of its pods may be unavailable under disruption budgets that its rollout respects; absent: none is asked. */
  readonly unavailableMax?: number
  /** The configuration object, or null when there is none; sameness by reference. */
  findConfig(kind: 'ConfigMap' | 'Secret', namespace: string, name: string): ConfigContent | null
}

export type Intent =
  /** Put this record; a set that is new or changed. `reason` for people: `surge`, `rollover`, `scaled to 5`. */
  | { readonly type: 'put-replica-set'; readonly replicaSet: PlannedReplicaSet; readonly reason: string }
  | { readonly type: 'remove-replica-set'; readonly key: ObjectKey }
  /** Create pods so that the set has this many more. */
  | { readonly type: 'create-pods'; readonly replicaSet: ObjectKey; readonly count: number; readonly reason: string }
  /** Stop these, in this order. */
  | { readonly type: 'stop-pods'; readonly pods: readonly PodUid[]; readonly reason: StopReason }

export interface ControllerOutput {
  /** Null: nothing of it is left, forget it. */
  readonly record: PlannedWorkload | null
  readonly intents: readonly Intent[]
  readonly waiting: readonly Waiting[]
  /** When to look again though nothing changes (minReadySeconds, progress deadline, back-off); null for never. */
  readonly requeueAt: Instant | null
}

export type Controller = (input: ControllerInput) => ControllerOutput
