/**
 * What the core knows of one pod: the assigned record, what the engine shows, and the facts between. Mutable, and the
 * core's alone; `next-operation.ts` and `pod-status.ts` read it through the readonly views.
 */
import type { Instant } from '../../base/instant.js'
import type { AssignedPod } from '../../model/assignment.js'
import type { Container } from '../../model/generated/kubernetes.js'
import type { ObservedPod } from '../../model/observed-state.js'
import type { RuntimeContainer } from '../runtime.js'
import type { Operation, ProbeKind } from './agent-effect.js'
import type { ContainerLedger, PodLedger } from './ledger-snapshot.js'
import { type ContainerType, containerType, type PodForm, podForm, SANDBOX } from './pod-form.js'
import type { ProbeState } from './probe-machine.js'
import type { BackOff } from './restart-back-off.js'

/** Why a container cannot be run just now, in kubelet's words, and when it is tried again. */
export interface Trouble {
  readonly reason: string
  readonly message: string
  readonly since: Instant
  readonly retryAt: Instant
}

export interface ContainerRecord {
  readonly name: string
  readonly type: ContainerType
  readonly spec: Container
  /** Of the newest run; -1 before the first. */
  attempt: number
  /** Its turn has come since the pod (or its sandbox) began. */
  hasBegun: boolean
  /** The newest container the engine has of it. */
  current: RuntimeContainer | null
  /** Dead ones before it, newest first. */
  readonly older: RuntimeContainer[]
  /** In flight. */
  operation: { readonly id: number; readonly operation: Operation } | null
  backOff: BackOff | null
  imageBackOff: BackOff | null
  trouble: Trouble | null
  done: boolean
  started: boolean
  ready: boolean
  /** The postStart hook of the current run is due. */
  hookDue: boolean
  /** The engine refused to start the current container: its reason is this. */
  startError: string
  /** The current run must end: a probe or a hook said so. */
  kill: { readonly graceMs: number; readonly reason: string } | null
  imageId: string | null
  imageUser: string
  /** The image was found in this life of the agent. */
  isImageEnsured: boolean
  stopSignal: string
  readonly probes: Map<ProbeKind, ProbeState>
}

export interface PodRecord {
  assigned: AssignedPod
  isAssigned: boolean
  /**
   * What is to run once this one is stopped and gone: the same pod, assigned again after an assignment had left it out,
   * or with another address. Not in the ledger: the next assignment says it again.
   */
  next: AssignedPod | null
  readonly form: PodForm
  readonly sandbox: ContainerRecord | null
  /** Init containers first, as in the spec. */
  readonly containers: readonly ContainerRecord[]
  startedAt: Instant | null
  readySince: Instant | null
  stopSince: Instant | null
  stopDeadline: Instant | null
  phase: 'Succeeded' | 'Failed' | null
  reason: string
  message: string
  /** Its sandbox died: everything stops and begins again. */
  isSandboxLost: boolean
  /** `unknown`: not prepared in this life of the agent, but there may be something on disk. */
  volumes: 'unknown' | 'ready' | 'removed'
  volumeOperation: { readonly id: number; readonly operation: Operation } | null
  volumeTrouble: Trouble | null
  volumeBackOff: BackOff | null
  /** The configuration digests that mounts show. */
  mountedConfigs: string
  /** When operations or the report's words are due; and that or a probe. */
  operateAt: Instant | null
  wakeAt: Instant | null
  reported: ObservedPod | null
  /** What the ledger on disk says. */
  saved: PodLedger | null
}

/** A record of a pod that is new to this agent. */
export function newPodRecord(assigned: AssignedPod): PodRecord {
  const form = podForm(assigned.spec)
  const containers: ContainerRecord[] = []
  for (const spec of assigned.spec.initContainers ?? []) containers.push(newContainer(spec, containerType(spec, true)))
  for (const spec of assigned.spec.containers) containers.push(newContainer(spec, 'app'))
  return {
    assigned,
    isAssigned: true,
    next: null,
    form,
    sandbox: form === 'sandbox' ? newContainer({ name: SANDBOX }, 'sandbox') : null,
    containers,
    startedAt: null,
    readySince: null,
    stopSince: null,
    stopDeadline: null,
    phase: null,
    reason: '',
    message: '',
    isSandboxLost: false,
    volumes: 'unknown',
    volumeOperation: null,
    volumeTrouble: null,
    volumeBackOff: null,
    mountedConfigs: '',
    operateAt: null,
    wakeAt: null,
    reported: null,
    saved: null,
  }
}

function newContainer(spec: Container, type: ContainerType): ContainerRecord {
  return {
    name: spec.name,
    type,
    spec,
    attempt: -1,
    hasBegun: false,
    current: null,
    older: [],
    operation: null,
    backOff: null,
    imageBackOff: null,
    trouble: null,
    done: false,
    started: false,
    ready: false,
    hookDue: false,
    startError: '',
    kill: null,
    imageId: null,
    imageUser: '',
    isImageEnsured: false,
    stopSignal: '',
    probes: new Map(),
  }
}

/** A record from the ledger; the containers come with the first list. */
export function podRecordFromLedger(ledger: PodLedger, keepsRuns: boolean): PodRecord {
  const pod = newPodRecord(ledger.assigned)
  pod.isAssigned = ledger.isAssigned
  pod.startedAt = ledger.startedAt
  pod.readySince = ledger.readySince
  pod.stopSince = ledger.stopSince
  pod.stopDeadline = ledger.stopDeadline
  pod.phase = ledger.phase
  pod.reason = ledger.reason
  pod.message = ledger.message
  pod.saved = ledger
  for (const facts of ledger.containers) {
    const container = facts.name === SANDBOX ? pod.sandbox : pod.containers.find((c) => c.name === facts.name)
    if (container == null) continue
    container.attempt = facts.attempt
    container.backOff = facts.backOff
    // After a boot of the host everything that ran is gone, and init containers run again.
    container.done = facts.done && keepsRuns
    container.started = facts.started && keepsRuns
    container.ready = facts.ready && keepsRuns
    container.imageId = facts.imageId
    container.stopSignal = facts.stopSignal
  }
  return pod
}

/** The piece of ledger that a record stands for. */
export function toPodLedger(pod: PodRecord): PodLedger {
  const all = pod.sandbox === null ? pod.containers : [pod.sandbox, ...pod.containers]
  return {
    assigned: pod.assigned,
    isAssigned: pod.isAssigned,
    startedAt: pod.startedAt,
    readySince: pod.readySince,
    stopSince: pod.stopSince,
    stopDeadline: pod.stopDeadline,
    phase: pod.phase,
    reason: pod.reason,
    message: pod.message,
    containers: all.map(
      (c): ContainerLedger => ({
        name: c.name,
        attempt: c.attempt,
        containerId: c.current?.id ?? null,
        backOff: c.backOff,
        done: c.done,
        started: c.started,
        ready: c.ready,
        imageId: c.imageId,
        stopSignal: c.stopSignal,
      }),
    ),
  }
}

/** A container that runs (a paused one holds what it has). */
export function isRunning(container: { readonly current: RuntimeContainer | null }): boolean {
  return container.current?.state === 'running' || container.current?.state === 'paused'
}

/** A container that ran, or tried to, and has ended. */
export function isExited(container: { readonly current: RuntimeContainer | null }): boolean {
  const state = container.current?.state
  return state === 'exited' || state === 'dead' || state === 'removing'
}

/** Every container of the pod, the sandbox first. */
export function allContainers(pod: PodRecord): readonly ContainerRecord[] {
  return pod.sandbox === null ? pod.containers : [pod.sandbox, ...pod.containers]
}

/** The digests of the pod's configuration as one text. */
export function configsText(pod: AssignedPod): string {
  return pod.configs.map((config) => `${config.kind}/${config.name}=${config.digest ?? ''}`).join('\n')
}
