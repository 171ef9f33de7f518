/**
 * Planned state: the sum of all plans so far, that is, what the manager has decided and not yet undone. Each plan is a
 * delta on it. Immutable; shares what did not change with its parent, so that a pass finds what changed by comparing
 * references.
 */
import type { Instant } from '../base/instant.js'
import type { AssignedConfig, NetworkTable, PinnedImage, PodUid, StopReason } from './assignment.js'
import type { PodTemplateSpec, ServiceSpec } from './generated/kubernetes.js'
import { type Generation, zeroGeneration } from './generation.js'
import type { ObjectKey } from './keys.js'

export interface PlannedStop {
  readonly reason: StopReason
  /** Of its phase, `leaving` and `stopping` counting as one: on its way out, or to be replaced. */
  readonly since: Instant
  /** Of one that was to be replaced first: since when. */
  readonly replacedSince?: Instant
  readonly graceMs: number
  /**
   * `leaving`: out of the endpoints, waiting until every node obeys a table of at least `networkVersion`;
   * `stopping`: the agent has the order; `replacing` (drain): still serving, until its replacement is available.
   */
  readonly phase: 'replacing' | 'leaving' | 'stopping'
  readonly networkVersion: number
}

/** A pod that exists by decision of a plan. Its template is its replica set's. */
export interface PlannedPod {
  readonly uid: PodUid
  readonly namespace: string
  readonly name: string
  /** Key of its PlannedReplicaSet. A Pod manifest has one of its own too, so that all pods have. */
  readonly replicaSet: ObjectKey
  readonly workload: ObjectKey
  readonly templateHash: string
  readonly ordinal: number
  readonly incarnation: number
  /** Null while pending. */
  readonly node: string | null
  /** Null while pending and under hostNetwork. */
  readonly address: string | null
  readonly createdAt: Instant
  readonly boundAt: Instant | null
  readonly stop: PlannedStop | null
  /** The commit its replica set spoke of when the pod was created. */
  readonly commit?: string
  /** While pending: where room is being made for it by preemption. */
  readonly nominatedNode?: string
}

/** One revision of a workload's template and how many pods of it are wanted. */
export interface PlannedReplicaSet {
  /** `ReplicaSet.apps/namespace/workload-hash`; for a Pod manifest the Pod's key. */
  readonly key: ObjectKey
  readonly workload: ObjectKey
  readonly templateHash: string
  /** Defaulted. */
  readonly template: PodTemplateSpec
  /** Counts up per workload: `deployment.kubernetes.io/revision`. */
  readonly revision: number
  readonly replicas: number
  /** The workload's replicas + surge when this was last scaled (`max-replicas` annotation); proportional scaling reads it. */
  readonly desiredAtScale: number
  readonly maxReplicasAtScale: number
  readonly createdAt: Instant
  /** The commit that brought this template; a revert that brings it back sets its own. */
  readonly commit: string
  /** By image reference; a reference that is missing waits on `image-resolve`. */
  readonly images: Readonly<Record<string, PinnedImage>>
  /** Digests that the environment and subPath mounts of these pods were started with, by `Kind/name/key` (key `*` for all). */
  readonly environmentDigests: Readonly<Record<string, string | null>>
  /** What its pods are assigned of ConfigMaps and Secrets, by the digest of whole objects; kept by the planner. */
  readonly configs?: readonly AssignedConfig[]
  /** Incarnations given out so far; never runs back. */
  readonly incarnations: number
}

/** What a controller must remember of a workload between passes, and its status for people. */
export interface PlannedWorkload {
  readonly key: ObjectKey
  /** Grows with each change of the desired spec. */
  readonly generation: number
  /** Hash of the desired object that `generation` speaks of. */
  readonly observedHash: string
  readonly commit: string
  /** When progress was last seen; the progress deadline counts from here. */
  readonly progressAt: Instant
  readonly progressReason:
    | 'NewReplicaSetCreated'
    | 'FoundNewReplicaSet'
    | 'ReplicaSetUpdated'
    | 'NewReplicaSetAvailable'
    | 'ProgressDeadlineExceeded'
    | 'DeploymentPaused'
    | ''
  readonly counts: WorkloadCounts
  /** Pods that failed in a row without one becoming ready, and until when the next creation waits. */
  readonly failures: number
  readonly createAfter: Instant | null
  /** Of the template that the desired object wants; absent while that waits for missing configuration. */
  readonly templateHash?: string
}

export interface WorkloadCounts {
  readonly desired: number
  readonly total: number
  readonly updated: number
  readonly ready: number
  readonly available: number
}

export interface PlannedNode {
  readonly name: string
  /** Sorted by uid. */
  readonly pods: readonly PlannedPod[]
  /** Index of the node's subnet in the pod CIDR; kept for the node's life. */
  readonly subnet: number
  /** Generation and hash of the assignment it was last given. */
  readonly generation: Generation
  readonly assignmentHash: string
  readonly resolve: readonly string[]
  /** When its silence was first acted on (taint unreachable); null while it is heard. */
  readonly unreachableSince: Instant | null
  /** When its first pod was given up because of its silence: the eviction rate of its zone counts from it. */
  readonly evictedAt?: Instant
  /** Pods that were given up while it was silent: it may run them still, so that nobody else may be given their uids. Until it is heard. */
  readonly lost?: readonly PodUid[]
  /** Since when a NoExecute taint is known, by `key=value`: tolerationSeconds count from it. */
  readonly taintedSince?: Readonly<Record<string, Instant>>
  /** When a pod was last moved away from it for a better balance: the rate counts from it. */
  readonly rebalancedAt?: Instant
}

export interface InventoryEntry {
  readonly key: ObjectKey
  readonly hash: string
  readonly app: string
  readonly commit: string
  /** Hash of the set in which its deletion was first held by the delete brake: growing the inventory must not release it. */
  readonly braked?: string
}

export interface PlannedService {
  readonly key: ObjectKey
  readonly address: string | null
  /** Node port by service port name (or number when unnamed). */
  readonly nodePorts: Readonly<Record<string, number>>
  /** The spec as last desired: serves on while the Service's deletion waits. */
  readonly spec?: ServiceSpec
}

export interface PlannedState {
  /** Id of the plan this state ends with; empty at the beginning. */
  readonly id: string
  readonly generation: Generation
  readonly revision: string
  /** By node name, sorted. */
  readonly nodes: ReadonlyMap<string, PlannedNode>
  /** Pods without a node, in order of creation and name. */
  readonly pending: readonly PlannedPod[]
  readonly replicaSets: ReadonlyMap<ObjectKey, PlannedReplicaSet>
  readonly workloads: ReadonlyMap<ObjectKey, PlannedWorkload>
  readonly services: ReadonlyMap<ObjectKey, PlannedService>
  /** What Headway itself applied: bounds pruning. */
  readonly inventory: ReadonlyMap<ObjectKey, InventoryEntry>
  readonly network: NetworkTable
}

export const emptyNetworkTable: NetworkTable = {
  version: 0,
  podCidr: '',
  serviceCidr: '',
  services: new Map(),
  routes: new Map(),
}

export const emptyPlannedState: PlannedState = {
  id: '',
  generation: zeroGeneration,
  revision: '',
  nodes: new Map(),
  pending: [],
  replicaSets: new Map(),
  workloads: new Map(),
  services: new Map(),
  inventory: new Map(),
  network: emptyNetworkTable,
}
