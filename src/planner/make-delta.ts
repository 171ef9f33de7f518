/** What a pass leaves behind as a delta on its parent; afterwards the index is the planned state that the plan makes. */
import { isEqual } from '../base/equal.js'
import { compareText } from '../base/ordered.js'
import type { PlannedDelta } from '../model/plan.js'
import type { PlannedNode, PlannedPod } from '../model/planned-state.js'
import { noteMark } from './index-rows.js'
import { inOrder, type Pass, takeSorted } from './pass.js'
import type { NodeRow, PlanIndex } from './plan-index.js'

export function makeDelta(pass: Pass): PlannedDelta {
  const { index } = pass
  const delta: PlannedDelta = {
    nodes: nodeChanges(index),
    pending: pendingChange(pass),
    replicaSets: recordChanges(index.touchedReplicaSets),
    workloads: recordChanges(index.touchedWorkloads),
    services: recordChanges(index.touchedServices),
    inventory: new Map([...pass.inventory].sort(([left], [right]) => compareText(left, right))),
    network: pass.network,
  }
  noteTables(pass)
  forgetEmptyRows(index)
  noteSeen(index, delta)
  return delta
}

function nodeChanges(index: PlanIndex): Map<string, PlannedNode | null> {
  const changes = new Map<string, PlannedNode | null>()
  for (const row of takeSorted(index.touchedNodes, (item) => item.name)) {
    const record = finishNode(row)
    if (record !== row.parent) changes.set(row.name, record)
    row.parent = record
    row.record = record
    noteMark(index, row)
  }
  return changes
}

/** The parent's record where nothing of it changed, so that its identity stays. */
function finishNode({ record, parent, podsInOrder }: NodeRow): PlannedNode | null {
  if (record === null) return null
  const before = parent?.pods
  const isSame = before?.length === podsInOrder.length && podsInOrder.every(({ planned }, i) => planned === before[i])
  if (isSame && parent === record) return parent
  const after = { ...record, pods: isSame ? before : podsInOrder.map(({ planned }) => planned) }
  return parent !== null && isEqual(after, parent) ? parent : after
}

/** In order of creation and name. */
function pendingChange({ index, input }: Pass): readonly PlannedPod[] | null {
  const list = [...index.pending.values()]
    .map((row) => row.planned)
    .sort(
      (left, right) =>
        left.createdAt - right.createdAt || compareText(left.name, right.name) || compareText(left.uid, right.uid),
    )
  const before = input.planned.pending
  const isSame = list.length === before.length && list.every((pod, i) => pod === before[i] || isEqual(pod, before[i]))
  return isSame ? null : list
}

interface RecordRow<T> {
  readonly key: string
  parent: T | null
  record: T | null
}

function recordChanges<T>(touched: Set<RecordRow<T>>): Map<string, T | null> {
  const changes = new Map<string, T | null>()
  for (const row of inOrder(touched, (item) => item.key)) {
    if (row.record === row.parent) continue
    // A record that came back to what it was keeps the parent's identity.
    if (row.record !== null && row.parent !== null && isEqual(row.record, row.parent)) row.record = row.parent
    else {
      changes.set(row.key, row.record)
      row.parent = row.record
    }
  }
  return changes
}

function noteTables({ index, network }: Pass): void {
  for (const row of index.touchedServices) {
    if (network?.services.has(row.key) === true) row.parentTable = row.table
    else if (row.table !== row.parentTable) row.table = row.parentTable
  }
}

function forgetEmptyRows(index: PlanIndex): void {
  for (const row of index.touchedReplicaSets) {
    if (row.record !== null || row.pods.size > 0) continue
    index.replicaSets.delete(row.key)
    row.workload.replicaSets.delete(row.key)
    for (const watchers of index.configReplicaSets.values()) watchers.delete(row)
    index.unready.delete(row)
    index.dirtyReplicaSets.delete(row)
    index.touchedWorkloads.add(row.workload)
  }
  for (const row of index.touchedWorkloads) {
    if (row.desired !== null || row.record !== null || row.pods.size > 0 || row.replicaSets.size > 0) continue
    index.workloads.delete(row.key)
    index.dirtyWorkloads.delete(row)
    index.timedWorkloads.delete(row)
    index.waitingWorkloads.delete(row)
    index.heldWorkloads.delete(row)
    for (const key of row.configsRead) index.configWorkloads.get(key)?.delete(row)
  }
  for (const row of index.touchedServices)
    if (row.desired === null && row.record === null && row.table === null) index.services.delete(row.key)
  index.touchedReplicaSets.clear()
  index.touchedWorkloads.clear()
  index.touchedServices.clear()
}

/** Maps that the plan replaces are compared again next time; the rest are known by reference. */
function noteSeen(index: PlanIndex, delta: PlannedDelta): void {
  const { seen } = index
  if (delta.pending !== null) seen.pending = null
  if (delta.replicaSets.size > 0) seen.replicaSets = null
  if (delta.workloads.size > 0) seen.workloads = null
  if (delta.services.size > 0) seen.services = null
  if (delta.inventory.size > 0) seen.inventory = null
  if (delta.network !== null) seen.tables = null
}
