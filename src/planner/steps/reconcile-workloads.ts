/**
 * Asks the controller of every workload that something changed for, and carries out what it wants. A controller is asked
 * again until it wants nothing more, so that one plan holds all that can happen now: new pods and the old ones they replace.
 */
import { isEqual } from '../../base/equal.js'
import { compareText } from '../../base/ordered.js'
import { makeKey, parseKey } from '../../model/keys.js'
import type { PlannedPod, PlannedReplicaSet, PlannedWorkload } from '../../model/planned-state.js'
import { manifestPodIdentity, type PodIdentity, replicaPodIdentity } from '../../model/pod-identity.js'
import type { ControllerInput, ControllerOutput, Intent, PodFacts } from '../../reconcile/controller.js'
import { reconcileHeld } from '../../reconcile/controllers/held.js'
import { reconcileWorkload } from '../../reconcile/controllers.js'
import { isWorkloadKind } from '../../reconcile/kind-roles.js'
import { rolloutLimit } from '../disruption/rollout-limit.js'
import { setPod, setReplicaSet } from '../index-rows.js'
import { inOrder, type Pass, report, requeue, takeSorted } from '../pass.js'
import type { PlanIndex, ReplicaSetRow, WorkloadRow } from '../plan-index.js'
import { orderStop } from '../stop-pod.js'
import { findDuplicates } from './adopt-pods.js'
import { isHeld } from './prune-objects.js'

/** More rounds than any controller needs: surge, scale down, forget, and the records of each. What is left comes next pass. */
const ROUNDS_MAX = 8

/** More pods than one set ever gets between two losses of the store. */
const INCARNATIONS_AN_EPOCH = 1_000_000

/** What adoption has found twice goes first: whoever takes a pod away after that counts on the others. */
export function stopDuplicates(pass: Pass): void {
  for (const row of inOrder(pass.index.dirtyWorkloads, ({ key }) => key))
    for (const pod of findDuplicates(row.pods.values())) orderStop(pass, pod, 'duplicate')
}

export function reconcileWorkloads(pass: Pass): void {
  const { index, input } = pass
  for (const row of index.timedWorkloads)
    if (row.requeueAt !== null && row.requeueAt <= input.now) index.dirtyWorkloads.add(row)
  for (const row of index.heldWorkloads) index.dirtyWorkloads.add(row)
  const rows = takeSorted(index.dirtyWorkloads, (row) => row.key)
  let intents = 0
  for (const row of rows) intents += reconcileRow(pass, row)
  for (const row of index.timedWorkloads) requeue(pass, row.requeueAt)
  report(pass, 'reconcile-workloads', { workloads: rows.length, intents })
}

function reconcileRow(pass: Pass, row: WorkloadRow): number {
  const { index } = pass
  let intents = 0
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const limit = rolloutLimit(pass, row)
    const output = askController(pass, row, limit?.unavailableMax)
    const isNewRecord = !isEqual(output.record, row.record)
    if (isNewRecord) {
      row.record = output.record
      index.touchedWorkloads.add(row)
    }
    const isHeld = limit !== null && limit.held !== '' && isRollingOut(output.record)
    const { key } = row
    row.waiting = isHeld ? [...output.waiting, { on: 'disruption-budget', key, detail: limit.held }] : output.waiting
    // Another owner's pods may give the budget back: whoever it holds is asked again in every pass.
    track(index.heldWorkloads, row, isHeld)
    row.requeueAt = output.requeueAt
    intents += output.intents.length
    for (const intent of output.intents) carryOut(pass, row, intent)
    if (output.intents.length === 0 && !isNewRecord) {
      index.dirtyWorkloads.delete(row)
      break
    }
  }
  track(index.waitingWorkloads, row, row.waiting.length > 0)
  track(index.timedWorkloads, row, row.requeueAt !== null)
  if (index.dirtyWorkloads.has(row)) requeue(pass, pass.input.now)
  return intents
}

function track<T>(set: Set<T>, item: T, isIn: boolean): void {
  if (isIn) set.add(item)
  else set.delete(item)
}

function isRollingOut(record: PlannedWorkload | null): boolean {
  return record !== null && record.counts.updated < record.counts.total
}

function askController(pass: Pass, row: WorkloadRow, unavailableMax: number | undefined): ControllerOutput {
  const { index, input } = pass
  const { kind } = parseKey(row.key)
  const configsRead = new Set<string>()
  const controllerInput: ControllerInput = {
    clusterId: input.clusterId,
    now: input.now,
    key: row.key,
    desired: row.desired,
    record: row.record,
    replicaSets: replicaSetsOf(row),
    pods: podFactsOf(row),
    ...(input.desired !== null && { revision: input.desired.revision }),
    ...(unavailableMax !== undefined && { unavailableMax }),
    findConfig: (configKind, namespace, name) => {
      const key = makeKey(configKind, namespace, name)
      configsRead.add(key)
      return input.desired?.objects.get(key)?.config ?? null
    },
  }
  const isKept = row.desired === null && isHeld(pass, row.key)
  const output =
    isKept || !isWorkloadKind(kind) ? reconcileHeld(controllerInput) : reconcileWorkload(kind, controllerInput)
  noteConfigs(index, row, configsRead)
  return output
}

/** Of this workload, oldest first. */
function replicaSetsOf(row: WorkloadRow): PlannedReplicaSet[] {
  const sets: PlannedReplicaSet[] = []
  for (const { record } of row.replicaSets.values()) if (record !== null) sets.push(record)
  return sets.sort(
    (left, right) =>
      left.revision - right.revision || left.createdAt - right.createdAt || compareText(left.key, right.key),
  )
}

function podFactsOf(row: WorkloadRow): PodFacts[] {
  return inOrder(row.pods.values(), (pod) => pod.uid).map(({ planned, observed, node }) => ({
    planned,
    observed,
    isNodeHeard: node === null || node.isHeard,
  }))
}

function noteConfigs(index: PlanIndex, row: WorkloadRow, read: ReadonlySet<string>): void {
  for (const key of row.configsRead) if (!read.has(key)) index.configWorkloads.get(key)?.delete(row)
  for (const key of read) {
    const readers = index.configWorkloads.get(key)
    if (readers === undefined) index.configWorkloads.set(key, new Set([row]))
    else readers.add(row)
  }
  row.configsRead = read
}

function carryOut(pass: Pass, row: WorkloadRow, intent: Intent): void {
  const { index } = pass
  switch (intent.type) {
    case 'put-replica-set':
      putReplicaSet(pass, intent.replicaSet, intent.reason)
      return
    case 'remove-replica-set': {
      const set = index.replicaSets.get(intent.key)
      if (set === undefined || set.record === null || set.pods.size > 0) return
      setReplicaSet(index, intent.key, row.key, null)
      pass.actions.push({ type: 'forget-replica-set', replicaSet: intent.key })
      return
    }
    case 'create-pods': {
      const set = index.replicaSets.get(intent.replicaSet)
      if (set === undefined || set.record === null) return
      createPods(pass, set, intent.count, intent.reason)
      return
    }
    case 'stop-pods':
      for (const uid of intent.pods) {
        const pod = index.pods.get(uid)
        if (pod !== undefined) orderStop(pass, pod, intent.reason)
      }
  }
}

/** What the planner itself keeps in a set's record outlives the controller's changes to it. */
function putReplicaSet(pass: Pass, wanted: PlannedReplicaSet, reason: string): void {
  const { index } = pass
  const before = index.replicaSets.get(wanted.key)?.record ?? null
  const isSame = before !== null && before.templateHash === wanted.templateHash
  const merged: PlannedReplicaSet = {
    ...wanted,
    incarnations: Math.max(before?.incarnations ?? 0, wanted.incarnations),
    images: isSame ? before.images : wanted.images,
    ...(isSame && before.configs !== undefined && { configs: before.configs }),
  }
  setReplicaSet(index, wanted.key, wanted.workload, merged)
  const { key, revision, replicas } = wanted
  if (before === null) pass.actions.push({ type: 'create-replica-set', replicaSet: key, revision })
  if ((before?.replicas ?? 0) !== replicas)
    pass.actions.push({ type: 'scale', replicaSet: key, from: before?.replicas ?? 0, to: replicas, reason })
}

/** New pods in the lowest free places of their set; names and uids are hashes of who and which they are (DESIGN 10). */
function createPods(pass: Pass, set: ReplicaSetRow, count: number, reason: string): void {
  const { index, input } = pass
  const record = set.record!
  const { namespace } = parseKey(record.workload)
  const taken = new Set([...set.pods.values()].map((pod) => pod.planned.ordinal))
  let ordinal = 0
  // A store that was lost or is older does not know what it gave out; but its epoch is above all that agents report.
  let incarnations = Math.max(record.incarnations, (input.generation.epoch - 1) * INCARNATIONS_AN_EPOCH)
  for (let i = 0; i < count; i++, ordinal++) {
    while (taken.has(ordinal)) ordinal += 1
    let identity = identify(input.clusterId, record, ordinal, incarnations)
    while (isKnown(pass, identity.uid)) {
      incarnations += 1
      identity = identify(input.clusterId, record, ordinal, incarnations)
    }
    // Written out: a spread first makes this literal several times slower, and there are 150,000 in a large cluster.
    const { uid, name } = identity
    const pod: PlannedPod = {
      uid,
      name,
      namespace,
      replicaSet: set.key,
      workload: record.workload,
      templateHash: record.templateHash,
      ordinal,
      incarnation: incarnations,
      node: null,
      address: null,
      createdAt: input.now,
      boundAt: null,
      stop: null,
      commit: record.commit,
    }
    incarnations += 1
    setPod(index, pod.uid, pod)
    pass.actions.push({ type: 'create-pod', pod: pod.uid, name: pod.name, owner: set.key, reason })
  }
  setReplicaSet(index, set.key, record.workload, { ...record, incarnations })
}

function identify(clusterId: string, set: PlannedReplicaSet, ordinal: number, incarnation: number): PodIdentity {
  return parseKey(set.key).kind === 'Pod'
    ? manifestPodIdentity(clusterId, set.key, set.templateHash, incarnation)
    : replicaPodIdentity(clusterId, set.key, set.templateHash, ordinal, incarnation)
}

const lostPods = new WeakMap<Pass, ReadonlySet<string>>()

/** Uids of pods that were given up on nodes that are silent still: one that is heard says itself what it runs. */
function lostIn(pass: Pass): ReadonlySet<string> {
  let lost = lostPods.get(pass)
  if (lost === undefined) {
    const uids = new Set<string>()
    for (const { record } of pass.index.silent) for (const uid of record?.lost ?? []) uids.add(uid)
    lost = uids
    lostPods.set(pass, lost)
  }
  return lost
}

/**
 * A uid that some pod has, planned or still running somewhere: counters of an older store may lag behind, and a set that
 * was forgotten and comes back begins to count anew.
 */
function isKnown(pass: Pass, uid: string): boolean {
  const { index } = pass
  if (index.pods.has(uid) || lostIn(pass).has(uid)) return true
  for (const node of index.straying) if (node.strays.has(uid)) return true
  return false
}
