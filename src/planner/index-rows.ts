/**
 * The only ways the index changes: each keeps every row, count and dirty mark that depends on the change. Used to take in
 * a snapshot and to carry out what a pass decides, so that both leave the index in the same form.
 */
import type { PodUid } from '../model/assignment.js'
import { type ObjectKey, parseKey } from '../model/keys.js'
import type { ObservedPod } from '../model/observed-state.js'
import type { PlannedPod, PlannedReplicaSet } from '../model/planned-state.js'
import type { NodeRow, PlanIndex, PodRow, ReplicaSetRow, WorkloadRow } from './plan-index.js'
import { makeRequest, type ScheduleRequest } from './scheduler/request.js'
import { templateFacts } from './template-facts.js'

export function workloadRow(index: PlanIndex, key: ObjectKey): WorkloadRow {
  let row = index.workloads.get(key)
  if (row === undefined) {
    row = {
      key,
      desired: null,
      parent: null,
      record: null,
      replicaSets: new Map(),
      pods: new Map(),
      configsRead: new Set(),
      waiting: [],
      requeueAt: null,
    }
    index.workloads.set(key, row)
  }
  return row
}

export function replicaSetRow(index: PlanIndex, key: ObjectKey, workload: ObjectKey): ReplicaSetRow {
  let row = index.replicaSets.get(key)
  if (row === undefined) {
    row = {
      key,
      workload: workloadRow(index, workload),
      parent: null,
      record: null,
      facts: null,
      pods: new Map(),
      waiting: [],
    }
    index.replicaSets.set(key, row)
    row.workload.replicaSets.set(key, row)
  }
  return row
}

/** Puts a replica set's record, or takes it away (its pods are gone by then). */
export function setReplicaSet(
  index: PlanIndex,
  key: ObjectKey,
  workload: ObjectKey,
  record: PlannedReplicaSet | null,
): ReplicaSetRow {
  const row = replicaSetRow(index, key, workload)
  const before = row.record
  if (before === record) return row
  row.record = record
  index.touchedReplicaSets.add(row)
  index.dirtyWorkloads.add(row.workload)
  index.dirtyReplicaSets.add(row)
  setFacts(index, row)
  if (row.pods.size > 0 && isAssignedOtherwise(before, record)) {
    for (const pod of row.pods.values()) if (pod.node !== null) index.dirtyAssignments.add(pod.node)
  }
  return row
}

/** What of a replica set's record goes into its pods' assignments. */
function isAssignedOtherwise(before: PlannedReplicaSet | null, after: PlannedReplicaSet | null): boolean {
  return (
    before?.template !== after?.template ||
    before?.images !== after?.images ||
    before?.configs !== after?.configs ||
    before?.templateHash !== after?.templateHash
  )
}

function setFacts(index: PlanIndex, row: ReplicaSetRow): void {
  const facts = row.record === null ? null : templateFacts(row.record.template, parseKey(row.key).namespace)
  if (facts === row.facts) return
  for (const pod of row.pods.values()) countPod(index, pod, -1)
  row.facts = facts
  for (const pod of row.pods.values()) countPod(index, pod, 1)
  markServices(index, row)
  if (facts === null) index.selectors.removeReplicaSet(row.key)
  else index.selectors.setReplicaSet(row.key, parseKey(row.key).namespace, facts.labels)
  markServices(index, row)
}

/** Puts, moves, changes or (with null) takes away a pod. */
export function setPod(index: PlanIndex, uid: PodUid, planned: PlannedPod | null): void {
  const before = index.pods.get(uid)
  if (before?.planned === planned) return
  if (before !== undefined && planned !== null && before.node === null && planned.node !== null) {
    const node = index.nodes.get(planned.node)
    if (node !== undefined && before.planned.node === null) {
      bindPod(index, before, planned, node)
      return
    }
  }
  if (before !== undefined && (planned === null || planned.node !== before.planned.node)) detachPod(index, before)
  if (planned === null) return
  const row = index.pods.get(uid) ?? attachPod(index, planned)
  if (row.planned !== planned) changePlanned(index, row, planned)
  if (row.node !== null) {
    index.touchedNodes.add(row.node)
    index.dirtyAssignments.add(row.node)
  }
  if (planned.stop === null) index.stopping.delete(row)
  else index.stopping.add(row)
  markPod(index, row)
}

/** A pending pod got its node: its row stays where it is. */
function bindPod(index: PlanIndex, row: PodRow, planned: PlannedPod, node: NodeRow): void {
  row.planned = planned
  row.node = node
  row.observed = node.observed?.pods.get(row.uid) ?? null
  index.pending.delete(row.uid)
  dropStray(index, node, row.uid)
  node.pods.set(row.uid, row)
  insertInOrder(node.podsInOrder, row)
  countPod(index, row, 1)
  index.touchedNodes.add(node)
  index.dirtyAssignments.add(node)
  if (planned.stop !== null) index.stopping.add(row)
  markPod(index, row)
}

function changePlanned(index: PlanIndex, row: PodRow, planned: PlannedPod): void {
  const isLeavingChanged = (row.planned.stop === null) !== (planned.stop === null)
  if (isLeavingChanged) countPod(index, row, -1)
  row.planned = planned
  if (isLeavingChanged) countPod(index, row, 1)
}

function attachPod(index: PlanIndex, planned: PlannedPod): PodRow {
  const { uid } = planned
  const replicaSet = replicaSetRow(index, planned.replicaSet, planned.workload)
  const node = planned.node === null ? null : (index.nodes.get(planned.node) ?? null)
  const row: PodRow = {
    uid,
    planned,
    observed: node?.observed?.pods.get(uid) ?? null,
    node,
    replicaSet,
    workload: replicaSet.workload,
    told: null,
  }
  index.pods.set(uid, row)
  if (replicaSet.pods.size === 0) index.dirtyReplicaSets.add(replicaSet)
  replicaSet.pods.set(uid, row)
  replicaSet.workload.pods.set(uid, row)
  if (node === null) index.pending.set(uid, row)
  else {
    dropStray(index, node, uid)
    node.pods.set(uid, row)
    insertInOrder(node.podsInOrder, row)
  }
  countPod(index, row, 1)
  return row
}

function detachPod(index: PlanIndex, row: PodRow): void {
  countPod(index, row, -1)
  const { uid, node, replicaSet, workload } = row
  index.pods.delete(uid)
  index.pending.delete(uid)
  index.stopping.delete(row)
  index.unsettled.delete(row)
  replicaSet.pods.delete(uid)
  workload.pods.delete(uid)
  index.dirtyWorkloads.add(workload)
  markServices(index, replicaSet)
  if (replicaSet.pods.size === 0) index.dirtyReplicaSets.add(replicaSet)
  if (node === null) return
  node.pods.delete(uid)
  node.podsInOrder.splice(node.podsInOrder.indexOf(row), 1)
  index.touchedNodes.add(node)
  index.dirtyAssignments.add(node)
  const observed = node.observed?.pods.get(uid)
  if (observed !== undefined) setStray(index, node, observed)
}

/** Uids are hashes, so the place is looked for by halves; many come in order, when a snapshot is taken in. */
function insertInOrder(rows: PodRow[], row: PodRow): void {
  let low = 0
  let high = rows.length
  if (high > 0 && rows[high - 1]!.uid < row.uid) low = high
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle]!.uid < row.uid) low = middle + 1
    else high = middle
  }
  rows.splice(low, 0, row)
}

/** Keeps count of nodes whose record says that they were lost, and of those that pods may have to leave. */
export function noteMark(index: PlanIndex, row: NodeRow): void {
  const { record } = row
  if (record !== null && (record.unreachableSince !== null || record.lost !== undefined)) index.marked.add(row)
  else index.marked.delete(row)
  if (row.isDraining || row.taints.length > 0 || record?.taintedSince !== undefined) index.repelling.add(row)
  else index.repelling.delete(row)
}

/** What is known of a pod changed: its owner, its Services and its place in the waiting list are looked at again. */
export function markPod(index: PlanIndex, row: PodRow): void {
  index.dirtyWorkloads.add(row.workload)
  markServices(index, row.replicaSet)
  if (isSettled(row)) index.unsettled.delete(row)
  else index.unsettled.add(row)
}

function isSettled({ planned, observed, node }: PodRow): boolean {
  return planned.stop === null && node?.isHeard === true && observed?.ready === true
}

export function markServices(index: PlanIndex, replicaSet: ReplicaSetRow): void {
  for (const key of index.selectors.servicesOf(replicaSet.key)) {
    const service = index.services.get(key)
    if (service !== undefined) index.dirtyServices.add(service)
  }
}

/** A pod that a node reports, planned or not. */
export function setObservedPod(index: PlanIndex, node: NodeRow, uid: PodUid, observed: ObservedPod | null): void {
  const row = node.pods.get(uid)
  if (row !== undefined) {
    row.observed = observed
    markPod(index, row)
  } else if (observed === null || observed.stopped) dropStray(index, node, uid)
  else setStray(index, node, observed)
}

function setStray(index: PlanIndex, node: NodeRow, observed: ObservedPod): void {
  dropStray(index, node, observed.uid)
  if (observed.stopped) return
  node.strays.set(observed.uid, observed)
  index.straying.add(node)
  countStray(index, node, observed, 1)
}

function dropStray(index: PlanIndex, node: NodeRow, uid: PodUid): void {
  const stray = node.strays.get(uid)
  if (stray === undefined) return
  node.strays.delete(uid)
  if (node.strays.size === 0) index.straying.delete(node)
  countStray(index, node, stray, -1)
}

const strayRequests = new WeakMap<ObservedPod['assigned'], ScheduleRequest>()

/** A pod that is to go still uses what it asked for until it is gone. */
function countStray(index: PlanIndex, node: NodeRow, stray: ObservedPod, sign: 1 | -1): void {
  const row = index.table.rowOf(node.name)
  if (row === undefined) return
  let request = strayRequests.get(stray.assigned)
  if (request === undefined) {
    const { spec, namespace, labels } = stray.assigned
    request = makeRequest(spec, { namespace, labels })
    strayRequests.set(stray.assigned, request)
  }
  if (sign === 1) index.table.assume(row, request, true)
  else index.table.forget(row, request, true)
}

function countPod(index: PlanIndex, pod: PodRow, sign: 1 | -1): void {
  if (pod.node === null || pod.replicaSet.facts === null) return
  const row = index.table.rowOf(pod.node.name)
  if (row === undefined) return
  const isLeaving = pod.planned.stop !== null
  if (sign === 1) index.table.assume(row, pod.replicaSet.facts.request, isLeaving)
  else index.table.forget(row, pod.replicaSet.facts.request, isLeaving)
}

/** Counts everything on a node that the scheduler's table did not know. */
export function countAll(index: PlanIndex, node: NodeRow): void {
  for (const pod of node.pods.values()) countPod(index, pod, 1)
  for (const stray of node.strays.values()) countStray(index, node, stray, 1)
}
