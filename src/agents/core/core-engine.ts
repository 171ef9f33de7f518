/** What the engine shows and what became of operations and probes, handed to the pods they concern. */
import type { Instant } from '../../base/instant.js'
import type { PodUid } from '../../model/assignment.js'
import type { RuntimeContainer } from '../runtime.js'
import type { AgentEvent, OperationResult } from './agent-event.js'
import {
  adoptionHash,
  hasAddressOf,
  LABEL_CLUSTER,
  LABEL_CONTAINER,
  LABEL_POD_UID,
  LABEL_SPEC,
} from './container-names.js'
import { forgetContainer, showContainer } from './container-runs.js'
import { inCoreTime } from './core-clock.js'
import type { BegunOperation, CoreState } from './core-state.js'
import { SANDBOX } from './pod-form.js'
import { beginAgain, takeResult, takeVolumeResult } from './pod-machine.js'
import { takeProbe } from './pod-probes.js'
import { allContainers, type ContainerRecord, isRunning, type PodRecord } from './pod-record.js'

/** An orphan whose stop failed is tried again after this. */
const ORPHAN_RETRY_MS = 5_000

/** Takes the whole list. What is known but not in it is looked at again: it may be younger than the list. */
export function takeContainers(
  state: CoreState,
  containers: readonly RuntimeContainer[],
  volumes: readonly PodUid[],
): void {
  state.isEngineUp = true
  state.hasListed = true
  const listed = new Set(containers.map((container) => container.id))
  for (const id of state.containerPods.keys()) {
    if (!listed.has(id)) state.effects.push({ type: 'inspect', containerId: id })
  }
  for (const id of state.orphans.keys()) if (!listed.has(id)) state.orphans.delete(id)
  // What runs comes first: then what the ledger says of it holds on, whatever else was left behind.
  for (const container of containers) if (isRunning({ current: container })) takeContainer(state, container)
  for (const container of containers) if (!isRunning({ current: container })) takeContainer(state, container)
  if (state.hasBooted) for (const pod of state.pods.values()) if (pod.form === 'single') beginAgain(pod)
  state.hasBooted = false
  for (const uid of volumes)
    if (!state.pods.has(uid) && !state.orphanVolumes.has(uid)) state.orphanVolumes.set(uid, null)
  for (const uid of state.pods.keys()) state.dirty.add(uid)
}

/** Takes one container's newer state. One that carries no label of this cluster is nobody's business here. */
export function takeContainer(state: CoreState, seen: RuntimeContainer): void {
  if (seen.labels[LABEL_CLUSTER] !== state.clusterId) return
  const shown = inCoreTime(state.clock, seen)
  const owner = ownerOf(state, shown)
  if (owner === null) {
    const known = state.orphans.get(shown.id)
    if (known === undefined) state.orphans.set(shown.id, { container: shown, operation: null, retryAt: 0 })
    else known.container = shown
    return
  }
  state.orphans.delete(shown.id)
  showContainer(owner.container, shown)
  state.containerPods.set(shown.id, owner.pod.assigned.uid)
  state.dirty.add(owner.pod.assigned.uid)
}

function ownerOf(
  state: CoreState,
  shown: RuntimeContainer,
): { readonly pod: PodRecord; readonly container: ContainerRecord } | null {
  const pod = state.pods.get(shown.labels[LABEL_POD_UID] ?? '')
  if (pod === undefined) return null
  const name = shown.labels[LABEL_CONTAINER] ?? ''
  if (shown.labels[LABEL_SPEC] !== adoptionHash(pod.assigned, name)) return null
  if (!hasAddressOf(pod.assigned, shown)) return null
  const container = containerOf(pod, name)
  return container === null ? null : { pod, container }
}

function containerOf(pod: PodRecord, name: string): ContainerRecord | null {
  return (name === SANDBOX ? pod.sandbox : pod.containers.find((c) => c.name === name)) ?? null
}

/** Containers that were unknown may belong to a pod that is assigned now. */
export function adoptOrphans(state: CoreState): void {
  for (const orphan of [...state.orphans.values()]) {
    if (orphan.operation === null && ownerOf(state, orphan.container) !== null) takeContainer(state, orphan.container)
  }
}

/** The engine no longer has a container. */
export function forgetShown(state: CoreState, containerId: string): void {
  if (state.orphans.delete(containerId)) for (const uid of state.pods.keys()) state.dirty.add(uid)
  const pod = state.pods.get(state.containerPods.get(containerId) ?? '')
  state.containerPods.delete(containerId)
  if (pod === undefined) return
  for (const container of allContainers(pod)) forgetContainer(container, containerId)
  state.dirty.add(pod.assigned.uid)
}

/** Takes an operation's result; one that is no longer waited for only frees its slot. */
export function takeOperation(state: CoreState, id: number, seen: OperationResult, now: Instant): void {
  const result =
    seen.ok && seen.container !== undefined ? { ...seen, container: inCoreTime(state.clock, seen.container) } : seen
  const begun = state.operations.get(id)
  if (begun === undefined) return
  state.operations.delete(id)
  if (begun.isStart) state.startsInFlight--
  const pod = state.pods.get(begun.pod)
  if (pod === undefined) {
    takeOrphanResult(state, begun, id, result, now)
    return
  }
  state.dirty.add(begun.pod)
  if (begun.container === '') {
    if (pod.volumeOperation?.id === id) takeVolumeResult(pod, pod.volumeOperation.operation, result, now)
    return
  }
  const container = containerOf(pod, begun.container)
  if (container === null) return
  if (result.ok && result.container !== undefined) state.containerPods.set(result.container.id, begun.pod)
  if (container.operation?.id !== id) return
  const { operation } = container.operation
  if (takeResult(pod, container, operation, result, now)) state.effects.push({ type: 'list-containers' })
  if (result.ok && operation.type === 'remove') state.containerPods.delete(operation.containerId)
}

function takeOrphanResult(
  state: CoreState,
  begun: BegunOperation,
  id: number,
  result: OperationResult,
  now: Instant,
): void {
  if (state.orphanVolumes.get(begun.pod) === id) state.orphanVolumes.delete(begun.pod)
  const orphan = state.orphans.get(begun.container)
  if (orphan === undefined || orphan.operation !== id) return
  orphan.operation = null
  if (!result.ok) orphan.retryAt = now + ORPHAN_RETRY_MS
  else if (begun.isRemoval) state.orphans.delete(begun.container)
  else orphan.container = { ...orphan.container, state: 'exited' }
}

/** Takes a probe's outcome. */
export function takeProbeOutcome(state: CoreState, event: Extract<AgentEvent, { type: 'probe' }>): void {
  const sent = state.probes.get(event.id)
  if (sent === undefined) return
  state.probes.delete(event.id)
  const pod = state.pods.get(sent.pod)
  const container = pod === undefined ? null : containerOf(pod, sent.container)
  if (pod === undefined || container === null) return
  const { ready, started, kill } = container
  const told = container.probes.get(sent.kind)?.message
  takeProbe(pod, container, sent.kind, event.id, event.outcome, event.message)
  // Most outcomes say what was known: then nothing but the next probe is due.
  const isToldAnew = container.probes.get(sent.kind)?.message !== told
  const hasChanged = isToldAnew || container.ready !== ready || container.started !== started || container.kill !== kill
  ;(hasChanged ? state.dirty : state.probing).add(sent.pod)
}
