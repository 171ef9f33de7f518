/** A plan: an immutable set of actions with a parent, made from (desired, observed, now). Nobody decides after it. */
import type { Instant } from '../base/instant.js'
import { patchMap } from '../base/layered-map.js'
import type { Assignment, NetworkTable, NodeRoute, PodUid, ServiceTable, StopReason } from './assignment.js'
import type { Generation } from './generation.js'
import type { ObjectKey } from './keys.js'
import type {
  InventoryEntry,
  PlannedNode,
  PlannedPod,
  PlannedReplicaSet,
  PlannedService,
  PlannedWorkload,
} from './planned-state.js'
import type { Waiting } from './waiting.js'

/** What a plan does, for people, journals and previews; the delta says the same in full. */
export type Action =
  | {
      readonly type: 'create-pod'
      readonly pod: PodUid
      readonly name: string
      readonly owner: ObjectKey
      readonly reason: string
    }
  | {
      readonly type: 'bind-pod'
      readonly pod: PodUid
      readonly name: string
      readonly node: string
      readonly address: string | null
    }
  | { readonly type: 'leave-endpoints'; readonly pod: PodUid; readonly name: string; readonly reason: StopReason }
  | {
      readonly type: 'stop-pod'
      readonly pod: PodUid
      readonly name: string
      readonly node: string
      readonly graceMs: number
      readonly reason: StopReason
    }
  | { readonly type: 'forget-pod'; readonly pod: PodUid; readonly name: string; readonly reason: string }
  | { readonly type: 'adopt-pod'; readonly pod: PodUid; readonly name: string; readonly node: string }
  | {
      readonly type: 'scale'
      readonly replicaSet: ObjectKey
      readonly from: number
      readonly to: number
      readonly reason: string
    }
  | { readonly type: 'create-replica-set'; readonly replicaSet: ObjectKey; readonly revision: number }
  | { readonly type: 'forget-replica-set'; readonly replicaSet: ObjectKey }
  | { readonly type: 'resolve-image'; readonly node: string; readonly reference: string }
  | { readonly type: 'apply'; readonly key: ObjectKey }
  | { readonly type: 'prune'; readonly key: ObjectKey }
  | { readonly type: 'update-config'; readonly pod: PodUid; readonly name: string; readonly config: string }
  | { readonly type: 'update-service'; readonly key: ObjectKey; readonly endpoints: number }
  | { readonly type: 'mark-node'; readonly node: string; readonly unreachable: boolean }
  /** Pods of lower priority are evicted so that this one finds room on the node it is nominated to. */
  | {
      readonly type: 'preempt'
      readonly pod: PodUid
      readonly name: string
      readonly node: string
      readonly victims: readonly { readonly pod: PodUid; readonly name: string; readonly owner: ObjectKey }[]
      readonly reason: string
    }
  /** A pod is to run on another node for a better balance. */
  | {
      readonly type: 'rebalance'
      readonly pod: PodUid
      readonly name: string
      readonly from: string
      readonly to: string
      readonly reason: string
    }

/** Records put (new value) or removed (null) by key, per part of the planned state. */
export interface PlannedDelta {
  readonly nodes: ReadonlyMap<string, PlannedNode | null>
  /** The whole new list, or null when it did not change. */
  readonly pending: readonly PlannedPod[] | null
  readonly replicaSets: ReadonlyMap<ObjectKey, PlannedReplicaSet | null>
  readonly workloads: ReadonlyMap<ObjectKey, PlannedWorkload | null>
  readonly services: ReadonlyMap<ObjectKey, PlannedService | null>
  readonly inventory: ReadonlyMap<ObjectKey, InventoryEntry | null>
  readonly network: NetworkDelta | null
}

export interface NetworkDelta {
  readonly version: number
  readonly podCidr: string
  readonly serviceCidr: string
  readonly services: ReadonlyMap<ObjectKey, ServiceTable | null>
  readonly routes: ReadonlyMap<string, NodeRoute | null>
}

/** One step's own account of what it did, printable. */
export interface StepReport {
  readonly step: string
  readonly facts: Readonly<Record<string, number>>
}

/** Deletions that wait for a confirmation (DESIGN 7). */
export interface DeleteBrake {
  /** What `headway confirm` or the trailer must name. */
  readonly hash: string
  readonly keys: readonly ObjectKey[]
  readonly reason: string
}

/** What became of an eviction by command. */
export type EvictionOutcome =
  /** It is on its way out, or gone. */
  | { readonly type: 'ordered' }
  /** There is no such pod. */
  | { readonly type: 'unknown' }
  | {
      readonly type: 'refused'
      /** Why, in a sentence. */
      readonly detail: string
      /** It stays so until a commit changes something. */
      readonly isLasting: boolean
    }

export interface Plan {
  /** stableHash over parent, generation and delta (per-node hashes combined). */
  readonly id: string
  readonly parent: string
  readonly revision: string
  readonly madeAt: Instant
  readonly generation: Generation
  readonly actions: readonly Action[]
  /** Full lists, one for each node whose list changed. */
  readonly assignments: readonly Assignment[]
  readonly delta: PlannedDelta
  /** Everything that waits now, not only what changed; sorted by key. */
  readonly waiting: readonly Waiting[]
  readonly brake: DeleteBrake | null
  readonly steps: readonly StepReport[]
  /** Of each eviction that it was asked for; absent: of none. */
  readonly evictions?: ReadonlyMap<PodUid, EvictionOutcome>
  /** When the planner must look again though nothing is reported; null for never. */
  readonly requeueAt: Instant | null
}

/** True when carrying out the plan changes nothing. */
export function isEmptyPlan(plan: Plan): boolean {
  const { delta } = plan
  return (
    plan.actions.length === 0 &&
    plan.assignments.length === 0 &&
    delta.nodes.size === 0 &&
    delta.pending === null &&
    delta.replicaSets.size === 0 &&
    delta.workloads.size === 0 &&
    delta.services.size === 0 &&
    delta.inventory.size === 0 &&
    delta.network === null
  )
}

export type NoteSeverity = 'fatal' | 'warning'

/** A finding of the plan checker. A plan with a fatal note is refused. */
export interface Note {
  readonly severity: NoteSeverity
  readonly invariant: string
  readonly detail: string
}

/** Applies the plan's delta to its parent state's network table. */
export function applyNetworkDelta(table: NetworkTable, delta: NetworkDelta): NetworkTable {
  return {
    version: delta.version,
    podCidr: delta.podCidr,
    serviceCidr: delta.serviceCidr,
    services: patchMap(table.services, delta.services),
    routes: patchMap(table.routes, delta.routes),
  }
}
