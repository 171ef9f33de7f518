/**
 * The planner's index: desired, planned and observed state as one graph of rows, kept between passes so that a pass costs
 * what changed. A cache and nothing more: a pass with an empty one makes the same plan, and a property test holds it to
 * that. refresh-index.ts brings it up to a snapshot; during a pass it is the planned state that the plan will leave.
 */
import type { Instant } from '../base/instant.js'
import type { AssignedPod, PodUid, ServiceTable } from '../model/assignment.js'
import type { ClusterConfiguration } from '../model/cluster-configuration.js'
import type { DesiredObject, DesiredState } from '../model/desired-state.js'
import type { Service, Taint } from '../model/generated/kubernetes.js'
import type { ObjectKey } from '../model/keys.js'
import type { NodeImage, ObservedNode, ObservedPod, ObservedState } from '../model/observed-state.js'
import type {
  InventoryEntry,
  PlannedNode,
  PlannedPod,
  PlannedReplicaSet,
  PlannedService,
  PlannedState,
  PlannedWorkload,
} from '../model/planned-state.js'
import type { Labels } from '../model/selector.js'
import type { Waiting } from '../model/waiting.js'
import { InventoryDiffs } from '../reconcile/inventory.js'
import type { PruningDecision } from '../reconcile/prune.js'
import { ImageCatalog } from './image-catalog.js'
import type { NearestMiss } from './scheduler/nearest-miss.js'
import { NodeTable } from './scheduler/node-table.js'
import { SelectorIndex } from './selector-index.js'
import type { TemplateFacts } from './template-facts.js'

export interface NodeRow {
  readonly name: string
  /** The parent's record; after a pass, the one it made. */
  parent: PlannedNode | null
  /** The record this pass works on; its `pods` are stale, `pods` below is the truth. */
  record: PlannedNode | null
  observed: ObservedNode | null
  manifest: DesiredObject | null
  isHeard: boolean
  /** Not reported since the manager began, and that was a moment ago: nothing is concluded from it. */
  isAwaited: boolean
  /** Its images in the catalogue; null while it is not heard. */
  catalogued: readonly NodeImage[] | null
  isCordoned: boolean
  isDraining: boolean
  labels: Labels
  taints: readonly Taint[]
  /** What is planned here. */
  readonly pods: Map<PodUid, PodRow>
  /** The same in order of uid. */
  readonly podsInOrder: PodRow[]
  /** What the agent reports and no plan knows. */
  readonly strays: Map<PodUid, ObservedPod>
}

export interface PodRow {
  readonly uid: PodUid
  planned: PlannedPod
  observed: ObservedPod | null
  /** Null while pending. */
  node: NodeRow | null
  readonly replicaSet: ReplicaSetRow
  readonly workload: WorkloadRow
  /** What its agent was last told of it; null before that. */
  told: ToldPod | null
}

export interface ToldPod {
  /** What it was made of. */
  readonly planned: PlannedPod
  readonly record: PlannedReplicaSet
  readonly facts: TemplateFacts
  readonly pod: AssignedPod
  /** Of all of it but the address of the node. */
  readonly hash: string
}

export interface ReplicaSetRow {
  readonly key: ObjectKey
  readonly workload: WorkloadRow
  parent: PlannedReplicaSet | null
  record: PlannedReplicaSet | null
  /** Read from the template; null with the record. */
  facts: TemplateFacts | null
  readonly pods: Map<PodUid, PodRow>
  /** Why its pods cannot be assigned yet; empty when they can. */
  waiting: readonly Omit<Waiting, 'key'>[]
}

export interface WorkloadRow {
  readonly key: ObjectKey
  desired: DesiredObject | null
  parent: PlannedWorkload | null
  record: PlannedWorkload | null
  readonly replicaSets: Map<ObjectKey, ReplicaSetRow>
  readonly pods: Map<PodUid, PodRow>
  /** Configuration its controller asked for last. */
  configsRead: ReadonlySet<string>
  waiting: readonly Waiting[]
  requeueAt: Instant | null
}

export interface ServiceRow {
  readonly key: ObjectKey
  desired: DesiredObject | null
  parent: PlannedService | null
  record: PlannedService | null
  parentTable: ServiceTable | null
  table: ServiceTable | null
  /** The spec it serves: desired, or as last desired while its deletion waits. */
  spec: Service['spec'] | null
  waiting: readonly Waiting[]
}

/** What was last seen, by reference; null where the last pass left something else behind. */
export interface SeenState {
  /** The planned state that the rows stand for: its parts need no comparison. Null: not known. */
  plannedId: string | null
  desired: DesiredState | null
  observed: ObservedState | null
  pending: PlannedState['pending'] | null
  replicaSets: PlannedState['replicaSets'] | null
  workloads: PlannedState['workloads'] | null
  services: PlannedState['services'] | null
  tables: PlannedState['network']['services'] | null
  inventory: PlannedState['inventory'] | null
  /** Recovering, or without desired state. */
  isAdoptingOnly: boolean
  configuration: ClusterConfiguration | null
}

const nothingSeen: SeenState = {
  plannedId: null,
  desired: null,
  observed: null,
  pending: null,
  replicaSets: null,
  workloads: null,
  services: null,
  tables: null,
  inventory: null,
  isAdoptingOnly: false,
  configuration: null,
}

/** Why no node takes a class of pods, at a version of the table; the nearest node, null where there is none. */
export interface RefusedClass {
  readonly version: number
  readonly text: string
  readonly nearest: NearestMiss | null
}

export interface PlanIndex {
  passes: number
  seen: SeenState
  readonly nodes: Map<string, NodeRow>
  readonly pods: Map<PodUid, PodRow>
  readonly replicaSets: Map<ObjectKey, ReplicaSetRow>
  readonly workloads: Map<ObjectKey, WorkloadRow>
  readonly services: Map<ObjectKey, ServiceRow>
  readonly table: NodeTable
  readonly images: ImageCatalog
  /** Services by selector, replica sets by label: who serves whom. */
  readonly selectors: SelectorIndex
  readonly pending: Map<PodUid, PodRow>
  /** Pods ordered to stop. */
  readonly stopping: Set<PodRow>
  /** Pods that are not simply ready: each has an entry in the waiting list. */
  readonly unsettled: Set<PodRow>
  readonly straying: Set<NodeRow>
  /** Nodes that are not heard just now, for however short a time. */
  readonly silent: Set<NodeRow>
  /** Nodes whose record says that they were lost. */
  readonly marked: Set<NodeRow>
  /** Nodes that pods may have to leave: drained, with a taint, or with one in their record. */
  readonly repelling: Set<NodeRow>
  /** How many reporting nodes there are of each architecture. */
  readonly architectures: Map<string, number>
  /** Replica sets with pods and without a pin for each image, or otherwise not to be assigned. */
  readonly unready: Set<ReplicaSetRow>
  /** Nodes that were asked to resolve images. */
  readonly resolving: Set<NodeRow>
  /** In the tables that agents have: services by pod. */
  readonly endpoints: Map<PodUid, Set<ObjectKey>>
  /** Services without an address or node port they asked for: tried again in every pass. */
  readonly addressless: Set<ServiceRow>
  readonly virtualAddresses: Map<string, ObjectKey>
  readonly nodePorts: Map<string, ObjectKey>
  readonly configWorkloads: Map<string, Set<WorkloadRow>>
  readonly configReplicaSets: Map<string, Set<ReplicaSetRow>>
  readonly timedWorkloads: Set<WorkloadRow>
  readonly waitingWorkloads: Set<WorkloadRow>
  /** Rollouts that a disruption budget holds. */
  readonly heldWorkloads: Set<WorkloadRow>
  readonly dirtyWorkloads: Set<WorkloadRow>
  readonly dirtyReplicaSets: Set<ReplicaSetRow>
  readonly dirtyServices: Set<ServiceRow>
  readonly dirtyAssignments: Set<NodeRow>
  /** Rows whose record may differ from the parent's at the end of the pass. */
  readonly touchedNodes: Set<NodeRow>
  readonly touchedReplicaSets: Set<ReplicaSetRow>
  readonly touchedWorkloads: Set<WorkloadRow>
  readonly touchedServices: Set<ServiceRow>
  /** Why no node took a class of pods, at a version of the table. */
  readonly diagnoses: Map<string, RefusedClass>
  readonly inventoryDiffs: InventoryDiffs
  pruning: {
    readonly desired: DesiredState
    readonly inventory: ReadonlyMap<ObjectKey, InventoryEntry>
    readonly confirmed: string | null
    readonly decision: PruningDecision
  } | null
}

/** An empty index: the next pass with it plans from nothing. */
export function createPlanIndex(): PlanIndex {
  return {
    passes: 0,
    seen: { ...nothingSeen },
    nodes: new Map(),
    pods: new Map(),
    replicaSets: new Map(),
    workloads: new Map(),
    services: new Map(),
    table: new NodeTable(),
    images: new ImageCatalog(),
    selectors: new SelectorIndex(),
    pending: new Map(),
    stopping: new Set(),
    unsettled: new Set(),
    straying: new Set(),
    silent: new Set(),
    marked: new Set(),
    repelling: new Set(),
    architectures: new Map(),
    unready: new Set(),
    resolving: new Set(),
    endpoints: new Map(),
    addressless: new Set(),
    virtualAddresses: new Map(),
    nodePorts: new Map(),
    configWorkloads: new Map(),
    configReplicaSets: new Map(),
    timedWorkloads: new Set(),
    waitingWorkloads: new Set(),
    heldWorkloads: new Set(),
    dirtyWorkloads: new Set(),
    dirtyReplicaSets: new Set(),
    dirtyServices: new Set(),
    dirtyAssignments: new Set(),
    touchedNodes: new Set(),
    touchedReplicaSets: new Set(),
    touchedWorkloads: new Set(),
    touchedServices: new Set(),
    diagnoses: new Map(),
    inventoryDiffs: new InventoryDiffs(),
    pruning: null,
  }
}

/** Forgets everything: the next pass plans from nothing. */
export function resetPlanIndex(index: PlanIndex): void {
  Object.assign(index, { ...createPlanIndex(), passes: index.passes })
}
