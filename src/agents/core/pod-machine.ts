/**
 * How a pod's record changes: what operations came to, and what follows from that and from what the engine shows
 * (`container-runs.ts`). `next-operation.ts` then says what is due.
 */
import type { Instant } from '../../base/instant.js'
import type { Operation } from './agent-effect.js'
import type { OperationResult } from './agent-event.js'
import { forgetContainer, setCurrent, showContainer } from './container-runs.js'
import { allContainers, type ContainerRecord, configsText, isExited, isRunning, type PodRecord } from './pod-record.js'
import { nextBackOff } from './restart-back-off.js'
import { hasFailed, restartPolicy } from './run-decision.js'
import { podGrace, stopDeadline } from './termination.js'

const RETRY_MS = 1_000

/** Takes (or takes away) the order to stop. A later order can only shorten the grace; true when it did so for a stop in flight. */
export function orderStop(pod: PodRecord, graceMs: number, now: Instant): boolean {
  const before = pod.stopDeadline
  pod.stopSince ??= now
  pod.stopDeadline = stopDeadline(before, graceMs, now)
  return before !== null && pod.stopDeadline < before
}

/** What follows from what is known, before the next operation is chosen. */
export function settlePod(pod: PodRecord, now: Instant): void {
  for (const container of allContainers(pod)) settleContainer(container)
  if (pod.stopSince !== null || pod.phase !== null) return
  if (pod.startedAt === null && allContainers(pod).some((c) => c.hasBegun)) pod.startedAt = now
  settleInit(pod)
  settleSandbox(pod)
  if (!pod.isSandboxLost) settleEnd(pod, now)
}

function settleContainer(container: ContainerRecord): void {
  if (!isRunning(container)) return
  if (!container.hookDue && !container.started && container.spec.startupProbe === undefined) container.started = true
  if (container.started && container.spec.readinessProbe === undefined) container.ready = true
}

function settleInit(pod: PodRecord): void {
  const begun = pod.containers.findLastIndex((c) => c.hasBegun)
  for (const [index, container] of pod.containers.entries()) {
    if (container.type !== 'init') continue
    // What comes after it has begun: it was done, even if nothing else is left to say so.
    if ((isExited(container) && !hasFailed(container)) || index < begun) container.done = true
  }
}

/** A sandbox that died takes the pod's network with it: the pod begins again, init containers too (docker-lab §2). */
function settleSandbox(pod: PodRecord): void {
  const { sandbox } = pod
  if (sandbox === null || !sandbox.hasBegun) return
  const isAlive = isRunning(sandbox) || sandbox.current?.state === 'created'
  if (!isAlive && sandbox.operation === null) pod.isSandboxLost = true
  if (!pod.isSandboxLost || sandbox.current !== null || sandbox.operation !== null) return
  const isQuiet = pod.containers.every((c) => c.operation === null && !isRunning(c) && c.current?.state !== 'created')
  if (!isQuiet) return
  pod.isSandboxLost = false
  beginAgain(pod)
}

/** Everything runs from the beginning, init containers too; dead containers stay as the runs before. */
export function beginAgain(pod: PodRecord): void {
  for (const container of allContainers(pod)) {
    container.hasBegun = false
    if (container.type !== 'init') continue
    container.done = false
    if (container.current !== null) container.older.unshift(container.current)
    container.current = null
  }
}

/** The end a pod comes to by itself: its deadline, an init container that may not run again, or all containers done. */
function settleEnd(pod: PodRecord, now: Instant): void {
  const deadline = deadlineOf(pod)
  if (deadline !== null && now >= deadline) {
    pod.phase = 'Failed'
    pod.reason = 'DeadlineExceeded'
    pod.message = 'Pod was active on the node longer than the specified deadline'
    return
  }
  const isFinal = (c: ContainerRecord): boolean => {
    if (c.operation !== null || c.current === null) return false
    if (!isExited(c) && c.startError === '') return false
    const policy = restartPolicy(pod, c)
    return policy === 'Never' || (policy === 'OnFailure' && !hasFailed(c))
  }
  if (pod.containers.some((c) => c.type === 'init' && !c.done && isFinal(c) && hasFailed(c))) {
    pod.phase = 'Failed'
    return
  }
  const apps = pod.containers.filter((c) => c.type === 'app')
  if (apps.every(isFinal)) pod.phase = apps.some(hasFailed) ? 'Failed' : 'Succeeded'
}

/** When `activeDeadlineSeconds` ends; null for never. */
export function deadlineOf(pod: Readonly<PodRecord>): Instant | null {
  const seconds = pod.assigned.spec.activeDeadlineSeconds
  return seconds === undefined || pod.startedAt === null ? null : pod.startedAt + seconds * 1_000
}

/** Takes the result of an operation that concerned the pod's volumes. */
export function takeVolumeResult(pod: PodRecord, operation: Operation, result: OperationResult, now: Instant): void {
  pod.volumeOperation = null
  if (result.ok) {
    pod.volumeTrouble = null
    pod.volumeBackOff = null
    pod.volumes = operation.type === 'remove-volumes' ? 'removed' : 'ready'
    if (operation.type === 'prepare-volumes' || operation.type === 'update-volumes')
      pod.mountedConfigs = configsText(operation.pod)
    return
  }
  pod.volumeBackOff = nextBackOff(pod.volumeBackOff, now, now)
  const retryAt = now + (result.retryable ? RETRY_MS : pod.volumeBackOff.delayMs)
  const reason = result.code === 'configuration' ? 'CreateContainerConfigError' : 'FailedMount'
  pod.volumeTrouble = { reason, message: result.message, since: now, retryAt }
}

/** Takes the result of an operation on a container. Gives true when the engine must be listed again. */
export function takeResult(
  pod: PodRecord,
  container: ContainerRecord,
  operation: Operation,
  result: OperationResult,
  now: Instant,
): boolean {
  container.operation = null
  if (result.ok) {
    takeSuccess(container, operation, result, now)
    return false
  }
  if (result.code === 'unavailable' || result.code === 'timeout') {
    trouble(container, '', result.message, now, now + RETRY_MS)
    return true
  }
  switch (operation.type) {
    case 'ensure-image':
      return takeImageFailure(container, operation.policy, result.message, now)
    case 'create':
      return takeCreateFailure(container, result, now)
    case 'start':
      return takeStartFailure(container, operation, result, now)
    case 'post-start':
      container.hookDue = false
      container.kill = { graceMs: podGrace(pod.assigned.spec), reason: `postStart hook failed: ${result.message}` }
      return false
    case 'remove':
      trouble(container, 'RemoveError', result.message, now, now + 5 * RETRY_MS)
      return result.code === 'not-found'
    case 'stop':
      trouble(container, 'StopError', result.message, now, now + RETRY_MS)
      return true
    default:
      return false
  }
}

function takeSuccess(
  container: ContainerRecord,
  operation: Operation,
  result: Extract<OperationResult, { ok: true }>,
  now: Instant,
): void {
  container.trouble = null
  if (operation.type === 'ensure-image' && result.image !== undefined) {
    container.imageBackOff = null
    container.isImageEnsured = true
    container.imageId = result.image.id
    container.imageUser = result.image.user
    container.stopSignal = container.spec.lifecycle?.stopSignal ?? result.image.stopSignal
  }
  if (operation.type === 'create' && container.current !== null && container.type !== 'sandbox')
    container.backOff = nextBackOff(container.backOff, container.current.finishedAt ?? now, now)
  if (result.container !== undefined) showContainer(container, result.container)
  if (operation.type === 'post-start') container.hookDue = false
  if (operation.type === 'remove') forgetContainer(container, operation.containerId)
}

function takeImageFailure(container: ContainerRecord, policy: string, message: string, now: Instant): boolean {
  container.imageBackOff = nextBackOff(container.imageBackOff, now, now)
  const reason = policy === 'Never' ? 'ErrImageNeverPull' : 'ErrImagePull'
  trouble(container, reason, message, now, now + container.imageBackOff.delayMs)
  return false
}

function takeCreateFailure(
  container: ContainerRecord,
  result: Extract<OperationResult, { ok: false }>,
  now: Instant,
): boolean {
  if (result.code === 'image-missing') {
    container.isImageEnsured = false
    trouble(container, '', result.message, now, now + RETRY_MS)
    return false
  }
  if (result.code === 'conflict' || result.retryable) {
    trouble(container, 'CreateContainerError', result.message, now, now + RETRY_MS)
    return true
  }
  container.imageBackOff = nextBackOff(container.imageBackOff, now, now)
  const reason = result.code === 'configuration' ? 'CreateContainerConfigError' : 'CreateContainerError'
  trouble(container, reason, result.message, now, now + container.imageBackOff.delayMs)
  return false
}

/** A start that the engine refuses counts as a run that failed; one that may work in a moment is tried again. */
function takeStartFailure(
  container: ContainerRecord,
  operation: Extract<Operation, { type: 'start' }>,
  result: Extract<OperationResult, { ok: false }>,
  now: Instant,
): boolean {
  // Another run has taken its place meanwhile.
  if (container.current?.id !== operation.containerId) return true
  if (result.code === 'not-found') {
    forgetContainer(container, operation.containerId)
    return true
  }
  if (result.code === 'conflict' || result.retryable) {
    trouble(container, 'RunContainerError', result.message, now, now + RETRY_MS)
    return false
  }
  if (container.type === 'sandbox') {
    container.imageBackOff = nextBackOff(container.imageBackOff, now, now)
    trouble(container, 'RunContainerError', result.message, now, now + container.imageBackOff.delayMs)
    return false
  }
  setCurrent(container, {
    ...container.current,
    state: 'exited',
    exitCode: 128,
    finishedAt: now,
    error: result.message,
  })
  container.startError = result.message
  return false
}

function trouble(container: ContainerRecord, reason: string, message: string, now: Instant, retryAt: Instant): void {
  container.trouble = { reason, message, since: now, retryAt }
}
