/** What one pass carries from step to step: the snapshot, the index, and what the plan will say. */
import { earliest, type Instant } from '../base/instant.js'
import { compareText } from '../base/ordered.js'
import { type ClusterConfiguration, defaultClusterConfiguration } from '../model/cluster-configuration.js'
import { makeKey, type ObjectKey } from '../model/keys.js'
import type { Action, DeleteBrake, NetworkDelta, StepReport } from '../model/plan.js'
import type { InventoryEntry, PlannedNode } from '../model/planned-state.js'
import type { Waiting } from '../model/waiting.js'
import type { NodeRow, PlanIndex, PodRow } from './plan-index.js'
import type { PlanInput } from './plan-input.js'

export interface Pass {
  readonly input: PlanInput
  readonly index: PlanIndex
  readonly configuration: ClusterConfiguration
  readonly actions: Action[]
  readonly waiting: Waiting[]
  readonly inventory: Map<ObjectKey, InventoryEntry | null>
  readonly reports: StepReport[]
  brake: DeleteBrake | null
  network: NetworkDelta | null
  requeueAt: Instant | null
  /** The version that the network table gets if this pass changes it: above all that any agent has. */
  networkVersion: number
  /** The lowest version that a node obeys which is heard or still waited for; Infinity when there is none. */
  acknowledgedVersion: number
}

export function startPass(input: PlanInput, index: PlanIndex): Pass {
  let newest = input.planned.network.version
  let oldest = Number.POSITIVE_INFINITY
  for (const row of index.nodes.values()) {
    // A node that a manager new to its work still waits for obeys some older table.
    if (row.isAwaited && row.record !== null) oldest = Math.min(oldest, 0)
    if (row.observed === null) continue
    newest = Math.max(newest, row.observed.networkVersion)
    if (row.isHeard) oldest = Math.min(oldest, row.observed.networkVersion)
  }
  return {
    input,
    index,
    configuration: input.desired?.configuration ?? defaultClusterConfiguration,
    actions: [],
    waiting: [],
    inventory: new Map(),
    reports: [],
    brake: null,
    network: null,
    requeueAt: null,
    networkVersion: newest + 1,
    acknowledgedVersion: oldest,
  }
}

/** The planner must look again at this time. */
export function requeue(pass: Pass, at: Instant | null): void {
  pass.requeueAt = earliest(pass.requeueAt, at)
}

/** A step's own account. */
export function report(pass: Pass, step: string, facts: Readonly<Record<string, number>>): void {
  pass.reports.push({ step, facts })
}

/** Changes what is planned of a node apart from its pods. */
export function patchNode(pass: Pass, row: NodeRow, patch: Partial<PlannedNode>): void {
  const { record } = row
  if (record === null) return
  row.record = { ...record, ...patch }
  pass.index.touchedNodes.add(row)
}

/** A set of rows taken out and put in order: what a step works through. */
export function takeSorted<T>(rows: Set<T>, key: (row: T) => string): T[] {
  const taken = [...rows].sort((left, right) => compareText(key(left), key(right)))
  rows.clear()
  return taken
}

/** Rows in order, left where they are. */
export function inOrder<T>(rows: Iterable<T>, key: (row: T) => string): T[] {
  return [...rows].sort((left, right) => compareText(key(left), key(right)))
}

/** The key under which a pod appears in waiting lists. */
export function podObjectKey(pod: PodRow): ObjectKey {
  return makeKey('Pod', pod.planned.namespace, pod.planned.name)
}
