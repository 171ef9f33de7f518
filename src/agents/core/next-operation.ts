/**
 * What is to be done next for one pod: pure, level-triggered, at most one operation a container. The core carries the
 * operations out, takes their results and asks again (STYLE 12).
 */
import { earliest, type Instant } from '../../base/instant.js'
import type { RuntimeContainer } from '../runtime.js'
import type { Operation } from './agent-effect.js'
import { SANDBOX_IMAGE } from './pod-form.js'
import { type ContainerRecord, configsText, isExited, isRunning, type PodRecord } from './pod-record.js'
import { imageOperation, restartDue, wantsRun } from './run-decision.js'
import { podGrace, remainingGrace, stopNext } from './termination.js'

export type PodView = Readonly<PodRecord>
type ContainerView = Readonly<ContainerRecord>

export interface PodOperation {
  /** Empty for what concerns the pod's volumes. */
  readonly container: string
  readonly operation: Operation
}

export interface Decision {
  readonly operations: readonly PodOperation[]
  /** When to ask again though nothing happens. */
  readonly wakeAt: Instant | null
}

const NOTHING: Decision = { operations: [], wakeAt: null }

/** The operations that are due. `held`: digests of the configuration contents that are here. */
export function nextOperations(pod: PodView, held: ReadonlySet<string>, now: Instant): Decision {
  if (pod.stopSince !== null) return stopping(pod, now)
  if (pod.phase !== null) return ending(pod, now)
  if (pod.isSandboxLost) return losing(pod, now)
  return running(pod, held, now)
}

/** True when nothing of an ordered stop is left to do: containers and volumes are gone. */
export function isCleanedUp(pod: PodView): boolean {
  return !hasContainers(pod) && !isBusy(pod) && (pod.volumes === 'removed' || !hasVolumes(pod))
}

/** Ordered to stop: everything ends, then everything goes. */
function stopping(pod: PodView, now: Instant): Decision {
  const deadline = pod.stopDeadline ?? now
  const stops = stopContainers(pod, now, () => remainingGrace(deadline, now))
  if (stops !== null) return stops
  const removals = removeContainers(everyContainer(pod), now)
  if (hasContainers(pod)) return removals
  if (!hasVolumes(pod) || pod.volumes === 'removed' || pod.volumeOperation !== null) return NOTHING
  if (pod.volumeTrouble !== null && now < pod.volumeTrouble.retryAt)
    return { operations: [], wakeAt: pod.volumeTrouble.retryAt }
  return { operations: [{ container: '', operation: { type: 'remove-volumes', uid: pod.assigned.uid } }], wakeAt: null }
}

/** Came to an end by itself: what still runs stops, the sandbox goes; dead containers stay for their logs. */
function ending(pod: PodView, now: Instant): Decision {
  const stops = stopContainers(pod, now, () => podGrace(pod.assigned.spec))
  if (stops !== null) return stops
  return pod.sandbox === null ? NOTHING : removeContainers([pod.sandbox], now)
}

/** The sandbox died: joined containers have no network any more; all stop, then the pod begins again. */
function losing(pod: PodView, now: Instant): Decision {
  const stops = stopContainers(pod, now, () => podGrace(pod.assigned.spec))
  if (stops !== null) return stops
  const unstarted = pod.containers.filter((c) => c.current?.state === 'created')
  return removeContainers(pod.sandbox === null ? unstarted : [pod.sandbox, ...unstarted], now)
}

/** Null when nothing but the sandbox runs and nothing is in flight that could make it so. */
function stopContainers(pod: PodView, now: Instant, grace: () => number): Decision | null {
  const views = pod.containers.map((container) => ({
    container,
    name: container.name,
    type: container.type as 'init' | 'sidecar' | 'app',
    isRunning: isRunning(container),
  }))
  const operations: PodOperation[] = []
  let wakeAt: Instant | null = null
  for (const { container } of stopNext(views)) {
    if (canStop(container, now)) operations.push(stopOperation(pod, container, grace()))
    else if (container.operation === null) wakeAt = earliest(wakeAt, container.trouble?.retryAt ?? null)
  }
  const isUnsettled = pod.containers.some(
    (c) => isRunning(c) || (c.operation !== null && c.operation.operation.type !== 'remove'),
  )
  return isUnsettled ? { operations, wakeAt } : null
}

/** A hook or an image in flight does not hold up a stop; a stop that failed is tried again after a while. */
function canStop(container: ContainerView, now: Instant): boolean {
  if (container.trouble !== null && now < container.trouble.retryAt) return false
  const type = container.operation?.operation.type
  return type === undefined || type === 'post-start' || type === 'ensure-image'
}

function stopOperation(pod: PodView, container: ContainerView, graceMs: number): PodOperation {
  return {
    container: container.name,
    operation: {
      type: 'stop',
      containerId: container.current?.id ?? '',
      signal: container.stopSignal,
      graceMs,
      preStop: container.spec.lifecycle?.preStop ?? null,
      address: pod.assigned.address,
    },
  }
}

function removeContainers(containers: readonly ContainerView[], now: Instant): Decision {
  const operations: PodOperation[] = []
  let wakeAt: Instant | null = null
  for (const container of containers) {
    const target = container.current ?? container.older[0]
    if (target === undefined || container.operation !== null) continue
    if (container.trouble !== null && container.trouble.reason === 'RemoveError' && now < container.trouble.retryAt)
      wakeAt = earliest(wakeAt, container.trouble.retryAt)
    else operations.push({ container: container.name, operation: { type: 'remove', containerId: target.id } })
  }
  return { operations, wakeAt }
}

/** Ordered to run: volumes, sandbox, init containers in order, then the app containers. */
function running(pod: PodView, held: ReadonlySet<string>, now: Instant): Decision {
  const operations: PodOperation[] = []
  let wakeAt: Instant | null = null
  const take = (decision: Decision): void => {
    operations.push(...decision.operations)
    wakeAt = earliest(wakeAt, decision.wakeAt)
  }
  const hasConfigs = pod.assigned.configs.every((config) => config.digest === null || held.has(config.digest))
  take(volumeOperations(pod, hasConfigs, now))
  const canCreate = hasConfigs && (!hasVolumes(pod) || pod.volumes === 'ready')
  if (pod.sandbox !== null) {
    take(runContainer(pod, pod.sandbox, canCreate, now))
    if (!isRunning(pod.sandbox)) return { operations, wakeAt }
  }
  for (const container of startable(pod)) take(runContainer(pod, container, canCreate, now))
  for (const container of everyContainer(pod)) take(tendContainer(pod, container, now))
  return { operations, wakeAt }
}

/**
 * The containers whose turn it is: all before the first init container that is not done, or the first sidecar that has
 * not started; all of them once that gate has been passed (an app container exists).
 */
function startable(pod: PodView): readonly ContainerRecord[] {
  const passed = pod.containers.findLastIndex((c) => c.hasBegun && c.type !== 'init')
  const list: ContainerRecord[] = []
  for (const [index, container] of pod.containers.entries()) {
    if (container.type === 'init' && container.done) continue
    list.push(container)
    if (index < passed) continue
    if (container.type === 'init' || (container.type === 'sidecar' && !(isRunning(container) && container.started)))
      return list
  }
  return list
}

function runContainer(pod: PodView, container: ContainerView, canCreate: boolean, now: Instant): Decision {
  if (container.operation !== null || !wantsRun(pod, container)) return NOTHING
  if (container.trouble !== null && now < container.trouble.retryAt)
    return { operations: [], wakeAt: container.trouble.retryAt }
  const due = (operation: Operation): Decision => ({
    operations: [{ container: container.name, operation }],
    wakeAt: null,
  })
  // Left over from an agent that died in the middle: two of one name must never run.
  const stray = container.older.find(isAlive)
  if (stray !== undefined) return due({ type: 'remove', containerId: stray.id })
  if (container.current?.state === 'created' && container.startError === '')
    return due({ type: 'start', containerId: container.current.id })
  const restart = restartDue(container)
  if (restart !== null && now < restart) return { operations: [], wakeAt: restart }
  if (!canCreate) return NOTHING
  if (!container.isImageEnsured && container.type !== 'sandbox') return due(imageOperation(pod.assigned, container))
  return due({
    type: 'create',
    plan: {
      pod: pod.assigned,
      container: container.name,
      attempt: container.attempt + 1,
      form: pod.form,
      sandboxId: container.type === 'sandbox' ? null : (pod.sandbox?.current?.id ?? null),
      image: container.type === 'sandbox' ? SANDBOX_IMAGE : (container.imageId ?? ''),
      imageUser: container.imageUser,
      stopSignal: container.stopSignal,
    },
  })
}

/** It runs, or could be about to. */
function isAlive(container: RuntimeContainer): boolean {
  return container.state === 'created' || container.state === 'running' || container.state === 'paused'
}

/** What a container that runs needs: its end when a probe says so, its hook, and its old runs cleared away but one. */
function tendContainer(pod: PodView, container: ContainerView, now: Instant): Decision {
  if (container.kill !== null && isRunning(container) && canStop(container, now))
    return { operations: [stopOperation(pod, container, container.kill.graceMs)], wakeAt: null }
  if (container.kill !== null && container.operation === null)
    return { operations: [], wakeAt: container.trouble?.retryAt ?? null }
  if (container.operation !== null || !isRunning(container)) return NOTHING
  const handler = container.spec.lifecycle?.postStart
  const containerId = container.current?.id ?? ''
  if (container.hookDue && handler !== undefined) {
    const operation: Operation = { type: 'post-start', containerId, handler, address: pod.assigned.address }
    return { operations: [{ container: container.name, operation }], wakeAt: null }
  }
  const old = container.older.find(isAlive) ?? container.older[1]
  if (old === undefined || (container.trouble !== null && now < container.trouble.retryAt)) return NOTHING
  return {
    operations: [{ container: container.name, operation: { type: 'remove', containerId: old.id } }],
    wakeAt: null,
  }
}

function volumeOperations(pod: PodView, hasConfigs: boolean, now: Instant): Decision {
  if (!hasVolumes(pod) || pod.volumeOperation !== null || !hasConfigs) return NOTHING
  const isCurrent = pod.volumes === 'ready' && pod.mountedConfigs === configsText(pod.assigned)
  if (isCurrent) return NOTHING
  if (pod.volumeTrouble !== null && now < pod.volumeTrouble.retryAt)
    return { operations: [], wakeAt: pod.volumeTrouble.retryAt }
  const type = pod.volumes === 'ready' ? 'update-volumes' : 'prepare-volumes'
  return { operations: [{ container: '', operation: { type, pod: pod.assigned } }], wakeAt: null }
}

/** True when the pod has anything to mount. */
export function hasVolumes(pod: PodView): boolean {
  return (pod.assigned.spec.volumes?.length ?? 0) > 0
}

function everyContainer(pod: PodView): readonly ContainerView[] {
  return pod.sandbox === null ? pod.containers : [...pod.containers, pod.sandbox]
}

function hasContainers(pod: PodView): boolean {
  return everyContainer(pod).some((c) => c.current !== null || c.older.length > 0)
}

function isBusy(pod: PodView): boolean {
  return pod.volumeOperation !== null || everyContainer(pod).some((c) => c.operation !== null)
}

/** True when nothing of the pod runs any more, nor is about to: its address is free. */
export function isStopped(pod: PodView): boolean {
  return everyContainer(pod).every(
    (c) =>
      !c.older.some(isAlive) &&
      (c.current === null || isExited(c) || c.current.state === 'created') &&
      (c.operation === null || c.operation.operation.type === 'remove'),
  )
}
