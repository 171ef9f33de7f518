/** One step of every pod that something happened to: settle, operate, probe, and note what the ledger and the report must carry. */
import { isEqual } from '../../base/equal.js'
import { earliest, type Instant } from '../../base/instant.js'
import type { AssignedPod, PodUid } from '../../model/assignment.js'
import type { Operation } from './agent-effect.js'
import { LABEL_POD_UID } from './container-names.js'
import type { CoreState, Orphan } from './core-state.js'
import { isCleanedUp, nextOperations, type PodOperation } from './next-operation.js'
import { deadlineOf, settlePod } from './pod-machine.js'
import { stepProbes } from './pod-probes.js'
import { allContainers, newPodRecord, type PodRecord, toPodLedger } from './pod-record.js'
import { isReady, observePod, wordsChangeAt } from './pod-status.js'
import { GRACE_DEFAULT_MS } from './termination.js'

/** Steps the dirty pods, then those that wait for a start slot, then what belongs to no pod. */
export function stepDirty(state: CoreState, now: Instant): void {
  for (const uid of state.dirty) stepOne(state, uid, now)
  for (const uid of state.probing) {
    const pod = state.dirty.has(uid) ? undefined : state.pods.get(uid)
    if (pod !== undefined && state.isEngineUp) probe(state, pod, now)
  }
  state.dirty.clear()
  state.probing.clear()
  for (const uid of state.waiting) {
    if (state.startsInFlight >= state.startsMax) break
    state.waiting.delete(uid)
    stepOne(state, uid, now)
  }
  if (state.isFenced && state.isEngineUp) stepOrphans(state, now)
}

function stepOne(state: CoreState, uid: PodUid, now: Instant): void {
  const pod = state.pods.get(uid)
  if (pod === undefined) return
  settlePod(pod, now)
  if (state.isEngineUp) operate(state, pod, now)
  const ready = isReady(pod)
  pod.readySince = ready ? (pod.readySince ?? now) : null
  if (state.isEngineUp && pod.stopSince !== null && !pod.isAssigned && isCleanedUp(pod)) {
    if (pod.next === null) forgetPod(state, pod)
    else beginNext(state, pod.next, now)
    return
  }
  if (pod.reported === null || !isEqual(observePod(pod, now, state.hasListed), pod.reported)) state.changedPods.add(uid)
  const ledger = toPodLedger(pod)
  if (isEqual(ledger, pod.saved)) return
  pod.saved = ledger
  state.effects.push({ type: 'save-pod', uid, pod: ledger })
}

/**
 * What runs and is not in the ledger tells that newer orders were obeyed, and could not be written or were lost: a pod of
 * the ledger of which nothing is here was perhaps ended by them, and begins only when the manager says so.
 */
function isDoubtful(state: CoreState, pod: PodRecord): boolean {
  if (state.hasObeyed || state.orphans.size === 0 || pod.stopSince !== null) return false
  return allContainers(pod).every(({ current, operation }) => current === null && operation === null)
}

function operate(state: CoreState, pod: PodRecord, now: Instant): void {
  if (isDoubtful(state, pod)) return
  const decision = nextOperations(pod, state.configs, now)
  for (const operation of decision.operations) {
    if (isStart(operation.operation) && state.startsInFlight >= state.startsMax) state.waiting.add(pod.assigned.uid)
    else begin(state, pod, operation)
  }
  pod.operateAt = earliest(decision.wakeAt, wordsChangeAt(pod, now))
  if (pod.phase === null && pod.stopSince === null) pod.operateAt = earliest(pod.operateAt, deadlineOf(pod))
  probe(state, pod, now)
}

function probe(state: CoreState, pod: PodRecord, now: Instant): void {
  const probeAt = stepProbes(pod, state.startedAt ?? now, now, (container, request) => {
    const id = state.nextId++
    state.probes.set(id, { pod: pod.assigned.uid, container: container.name, kind: request.kind })
    state.effects.push({ type: 'probe', id, request })
    return id
  })
  pod.wakeAt = earliest(pod.operateAt, probeAt)
}

function isStart(operation: Operation): boolean {
  return operation.type === 'create' || operation.type === 'start'
}

function begin(state: CoreState, pod: PodRecord, { container: name, operation }: PodOperation): void {
  const id = state.nextId++
  const { uid } = pod.assigned
  const container = name === '' ? null : (allContainers(pod).find((c) => c.name === name) ?? null)
  if (container === null) pod.volumeOperation = { id, operation }
  else container.operation = { id, operation }
  if (isStart(operation)) state.startsInFlight++
  state.operations.set(id, { pod: uid, container: name, isStart: isStart(operation), isRemoval: false })
  state.effects.push({ type: 'operate', id, pod: uid, container: name, operation })
}

/** The one before is gone: the same pod begins anew. */
function beginNext(state: CoreState, assigned: AssignedPod, now: Instant): void {
  state.pods.set(assigned.uid, newPodRecord(assigned))
  stepOne(state, assigned.uid, now)
}

function forgetPod(state: CoreState, pod: PodRecord): void {
  const { uid } = pod.assigned
  state.pods.delete(uid)
  state.waiting.delete(uid)
  state.changedPods.delete(uid)
  state.gone.push(uid)
  state.isForgettingDue = true
  state.effects.push({ type: 'save-pod', uid, pod: null })
}

/** What carries this cluster's label but belongs to no pod is stopped and removed, volumes after the containers. */
function stepOrphans(state: CoreState, now: Instant): void {
  if (state.orphans.size === 0 && state.orphanVolumes.size === 0) return
  for (const [id, orphan] of state.orphans) {
    if (orphan.operation !== null || now < orphan.retryAt) continue
    const operation = orphanOperation(orphan)
    orphan.operation = state.nextId++
    const pod = orphan.container.labels[LABEL_POD_UID] ?? ''
    const isRemoval = operation.type === 'remove'
    state.operations.set(orphan.operation, { pod: '', container: id, isStart: false, isRemoval })
    state.effects.push({ type: 'operate', id: orphan.operation, pod, container: id, operation })
  }
  if (state.orphans.size > 0) return
  for (const [uid, running] of state.orphanVolumes) {
    if (running !== null) continue
    const id = state.nextId++
    state.orphanVolumes.set(uid, id)
    state.operations.set(id, { pod: uid, container: '', isStart: false, isRemoval: true })
    state.effects.push({ type: 'operate', id, pod: uid, container: '', operation: { type: 'remove-volumes', uid } })
  }
}

function orphanOperation(orphan: Orphan): Operation {
  const containerId = orphan.container.id
  if (orphan.container.state !== 'running' && orphan.container.state !== 'paused')
    return { type: 'remove', containerId }
  return { type: 'stop', containerId, signal: '', graceMs: GRACE_DEFAULT_MS, preStop: null, address: '' }
}
