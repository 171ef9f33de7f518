/** What is reported of a pod, in kubelet's words, and the same with ages for the wire. */
import type { Instant } from '../../base/instant.js'
import type { ObservedContainer, ObservedPod, PodPhase } from '../../model/observed-state.js'
import type { ReportedPod } from '../../model/protocol.js'
import { isStopped } from './next-operation.js'
import { type ContainerRecord, isExited, isRunning, type PodRecord } from './pod-record.js'
import { hasFailed, restartDue, wantsRun } from './run-decision.js'

/** How long a failed pull is called ErrImagePull before it is called ImagePullBackOff. */
const FRESH_PULL_ERROR_MS = 1_000

/**
 * The pod as it is now. `readySince` is the record's; `isReady` tells what it should follow. Before the engine's containers
 * were listed in this life of the agent (`hasListed`) nothing is called stopped: what runs is not known yet.
 */
export function observePod(pod: Readonly<PodRecord>, now: Instant, hasListed: boolean): ObservedPod {
  const ready = isReady(pod)
  return {
    uid: pod.assigned.uid,
    phase: phaseOf(pod),
    ready,
    readySince: ready ? pod.readySince : null,
    startedAt: pod.startedAt,
    containers: pod.containers.map((container) => observeContainer(pod, container, now)),
    reason: pod.reason,
    message: pod.message || (pod.volumeTrouble?.message ?? ''),
    stopped: hasListed && pod.stopSince !== null && pod.next === null && isStopped(pod),
    assigned: pod.assigned,
  }
}

/** All app containers and sidecars ready, and no order to stop. */
export function isReady(pod: Readonly<PodRecord>): boolean {
  if (pod.stopSince !== null || pod.phase !== null || pod.isSandboxLost) return false
  return pod.containers.every((c) => (c.type === 'init' ? c.done : c.ready))
}

/** Pending until every app container has run once; Running; then what it came to. */
function phaseOf(pod: Readonly<PodRecord>): PodPhase {
  if (pod.phase !== null) return pod.phase
  const apps = pod.containers.filter((c) => c.type === 'app')
  // A restarted agent speaks before it has seen the engine: what its ledger calls ready has run.
  const hasRun = (c: ContainerRecord): boolean => isRunning(c) || isExited(c) || c.attempt > 0 || c.ready
  return apps.every(hasRun) ? 'Running' : 'Pending'
}

function observeContainer(
  pod: Readonly<PodRecord>,
  container: Readonly<ContainerRecord>,
  now: Instant,
): ObservedContainer {
  const { current } = container
  const { phase, reason, message } = phaseOfContainer(pod, container, now)
  return {
    name: container.name,
    type: container.type === 'sandbox' ? 'app' : container.type,
    ready: container.type === 'init' ? container.done : container.ready,
    restarts: Math.max(0, container.attempt),
    containerId: current?.id ?? null,
    imageId: current?.imageId ?? container.imageId,
    exitCode: isExited(container) ? (current?.exitCode ?? null) : null,
    startedAt: current?.startedAt ?? null,
    finishedAt: isExited(container) ? (current?.finishedAt ?? null) : null,
    phase,
    reason,
    message,
  }
}

function phaseOfContainer(
  pod: Readonly<PodRecord>,
  container: Readonly<ContainerRecord>,
  now: Instant,
): Pick<ObservedContainer, 'phase' | 'reason' | 'message'> {
  if (isRunning(container)) return { phase: 'running', reason: '', message: probeMessage(container) }
  if (container.type === 'init' && container.done) return { phase: 'terminated', reason: 'Completed', message: '' }
  const isOver = pod.stopSince !== null || pod.phase !== null
  if (isExited(container) && (isOver || !wantsRun(pod, container)))
    return { phase: 'terminated', reason: exitReason(container), message: endMessage(container) }
  const { reason, message } = waitingReason(pod, container, now)
  return { phase: 'waiting', reason, message }
}

/** Which probe keeps a container that runs from being ready, and what it says. */
function probeMessage(container: Readonly<ContainerRecord>): string {
  if (container.ready) return ''
  for (const [kind, word] of [
    ['startup', 'Startup'],
    ['readiness', 'Readiness'],
  ] as const) {
    const message = container.probes.get(kind)?.message ?? ''
    if (message !== '') return `${word} probe failed: ${message}`
  }
  return ''
}

/** Why a container that has ended did so. */
export function exitReason(container: Readonly<ContainerRecord>): string {
  if (container.startError !== '') return 'StartError'
  if (container.current?.oomKilled) return 'OOMKilled'
  return hasFailed(container) ? 'Error' : 'Completed'
}

function endMessage(container: Readonly<ContainerRecord>): string {
  return container.startError || (container.current?.error ?? '')
}

function waitingReason(
  pod: Readonly<PodRecord>,
  container: Readonly<ContainerRecord>,
  now: Instant,
): { readonly reason: string; readonly message: string } {
  const { trouble } = container
  if (trouble !== null && trouble.reason !== '' && trouble.reason !== 'RemoveError' && trouble.reason !== 'StopError') {
    const isOld = trouble.reason === 'ErrImagePull' && now >= trouble.since + FRESH_PULL_ERROR_MS
    if (!isOld) return { reason: trouble.reason, message: trouble.message }
    return {
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "${container.spec.image ?? ''}": ${trouble.message}`,
    }
  }
  if (container.startError !== '' && restartDue(container) !== null)
    return now < (restartDue(container) ?? 0)
      ? crashLoop(pod, container)
      : { reason: 'RunContainerError', message: container.startError }
  const restart = restartDue(container)
  if (restart !== null && now < restart) return crashLoop(pod, container)
  if (pod.volumeTrouble !== null && pod.volumes !== 'ready')
    return { reason: reasonOfVolumes(pod), message: pod.volumeTrouble.message }
  const { sandbox } = pod
  if (sandbox !== null && !isRunning(sandbox) && sandbox.trouble !== null)
    return { reason: 'ContainerCreating', message: `sandbox: ${sandbox.trouble.message}` }
  const isInitializing = pod.containers.some((c) => c.type === 'init' && !c.done)
  if (isInitializing && container.type !== 'init') return { reason: 'PodInitializing', message: '' }
  if (isInitializing && pod.containers.find((c) => c.type === 'init' && !c.done) !== container)
    return { reason: 'PodInitializing', message: '' }
  return { reason: 'ContainerCreating', message: '' }
}

function reasonOfVolumes(pod: Readonly<PodRecord>): string {
  return pod.volumeTrouble?.reason === 'CreateContainerConfigError' ? 'CreateContainerConfigError' : 'ContainerCreating'
}

function crashLoop(
  pod: Readonly<PodRecord>,
  container: Readonly<ContainerRecord>,
): { reason: string; message: string } {
  const seconds = (container.backOff?.delayMs ?? 0) / 1_000
  const { name, namespace } = pod.assigned
  const why = container.startError === '' ? exitWords(container) : `: ${container.startError}`
  return {
    reason: 'CrashLoopBackOff',
    message: `back-off ${seconds}s restarting failed container=${container.name} pod=${name}_${namespace}${why}`,
  }
}

function exitWords(container: Readonly<ContainerRecord>): string {
  const exitCode = isExited(container) ? container.current?.exitCode : null
  if (exitCode === null || exitCode === undefined) return ''
  return `: ended with exit code ${exitCode}${container.current?.oomKilled ? ' (out of memory)' : ''}`
}

/** When the words of a pod's report change by themselves; null for never. */
export function wordsChangeAt(pod: Readonly<PodRecord>, now: Instant): Instant | null {
  let at: Instant | null = null
  for (const { trouble } of pod.containers) {
    if (trouble?.reason !== 'ErrImagePull') continue
    const change = trouble.since + FRESH_PULL_ERROR_MS
    if (change > now && (at === null || change < at)) at = change
  }
  return at
}

/** With ages in the place of instants: the clocks of agent and manager may differ. */
export function toReported(pod: ObservedPod, now: Instant): ReportedPod {
  const { uid, phase, ready, reason, message, stopped, assigned } = pod
  return {
    uid,
    phase,
    ready,
    reason,
    message,
    stopped,
    assigned,
    readyForMs: age(pod.readySince, now),
    startedAgoMs: age(pod.startedAt, now),
    containers: pod.containers.map((container) => toReportedContainer(container, now)),
  }
}

/** Written out, as all that is made for each report: to leave fields out of a copy costs several times as much. */
function toReportedContainer(container: ObservedContainer, now: Instant): ReportedPod['containers'][number] {
  const { name, type, ready, restarts, containerId, imageId, exitCode, phase, reason, message } = container
  return {
    name,
    type,
    ready,
    restarts,
    containerId,
    imageId,
    exitCode,
    phase,
    reason,
    message,
    startedAgoMs: age(container.startedAt, now),
    finishedAgoMs: age(container.finishedAt, now),
  }
}

function age(instant: Instant | null, now: Instant): number | null {
  return instant === null ? null : Math.max(0, now - instant)
}
