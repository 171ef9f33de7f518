/**
 * A host's container engine in a preview: every operation succeeds and takes the time it is known to take, but for
 * images that cannot be pulled now and templates that crash now. No chance: equal pods take equal times.
 */
import type { ContainerPlan, Operation, ProbeRequest } from '../../agents/core/agent-effect.js'
import type { OperationResult, ProbeOutcome } from '../../agents/core/agent-event.js'
import { containerLabels, containerName, LABEL_CONTAINER } from '../../agents/core/container-names.js'
import { podForm, SANDBOX, SANDBOX_IMAGE } from '../../agents/core/pod-form.js'
import { timeoutMs } from '../../agents/core/probe-machine.js'
import type { RuntimeContainer } from '../../agents/runtime.js'
import { assertNever } from '../../base/assert.js'
import { hashText } from '../../base/hash.js'
import type { Instant } from '../../base/instant.js'
import type { AssignedPod } from '../../model/assignment.js'
import type { NodeFacts, ResolvedImage } from '../../model/observed-state.js'
import { isSidecar } from '../../model/pod-resources.js'
import { normalizeReference } from '../../planner/image-reference.js'
import type { SimulatedTime } from '../simulated-time.js'
import type { OperationTimes } from './operation-times.js'
import { SharedWork } from './shared-work.js'

export interface EngineParts {
  readonly clusterId: string
  readonly time: SimulatedTime
  readonly times: OperationTimes
  readonly facts: NodeFacts
  /** Images that no node can pull now, with what the engine says. */
  readonly failingImages: ReadonlyMap<string, string>
  /** Template hashes whose pods all fail now: new ones would not become ready either. */
  readonly failingTemplates: ReadonlySet<string>
  pulled(node: string, reference: string, ms: number): void
  /** An operation ended, or a container will be ready at an instant: something is going on until then. */
  busyUntil(instant: Instant): void
}

/** What the agent of a container hears of the engine. */
export type EngineListener = (container: RuntimeContainer) => void

interface Entry {
  container: RuntimeContainer
  readonly listener: EngineListener
  readonly pod: AssignedPod
  /** When its probes begin to succeed; null for never. */
  readyAt: Instant | null
  /** How long its readiness probes take to answer. */
  answerMs: number
  kill: ((afterMs: number) => void) | null
}

const done: OperationResult = { ok: true }
/** A look at what is there, a volume prepared, an answer of a probe. */
const GLANCE_MS = 4
const REMOVE_MS = 35
/** Of the time from bound until running, what messages and the store take. */
const MESSAGES_MS = 12
const CREATE_SHARE = 0.4
/** Of the time from ordered to gone, what messages take. */
const STOP_MESSAGES_MS = 6

export class PreviewEngine {
  readonly #entries = new Map<string, Entry>()
  readonly #present: Map<string, string>
  readonly #pulls = new Map<string, Instant>()
  /** Made when first needed: most hosts of a large cluster have nothing to do. */
  #work: SharedWork | null = null

  constructor(private readonly parts: EngineParts) {
    this.#present = new Map(
      parts.facts.images.flatMap((image) =>
        image.names.map((name) => [normalizeReference(name), image.id] as const).concat([[image.id, image.id]]),
      ),
    )
  }

  /** A container that runs from before the preview began. */
  adopt(container: RuntimeContainer, pod: AssignedPod, isReady: boolean, listener: EngineListener): void {
    const readiness = isReady
      ? { readyAt: this.parts.time.now, answerMs: GLANCE_MS }
      : this.#readinessOf(container, pod)
    this.#entries.set(container.id, { container, pod, listener, ...readiness, kill: null })
    if (container.state === 'running' && readiness.readyAt !== null) this.parts.busyUntil(readiness.readyAt)
  }

  operate(operation: Operation, listener: EngineListener, answer: (result: OperationResult) => void): void {
    switch (operation.type) {
      case 'ensure-image':
        this.#pull(operation.reference, operation.pinned.id, answer)
        return
      case 'prepare-volumes':
      case 'update-volumes':
      case 'remove-volumes':
        this.#later(GLANCE_MS, () => answer(done))
        return
      case 'create':
        this.#create(operation.plan, listener, answer)
        return
      case 'start':
        this.#start(operation.containerId, answer)
        return
      case 'post-start':
        this.#later(GLANCE_MS, () => answer(done))
        return
      case 'stop':
        this.#stop(operation.containerId, operation.graceMs, answer)
        return
      case 'remove':
        this.#share(REMOVE_MS, () => {
          this.#entries.delete(operation.containerId)
          answer(done)
        })
        return
      default:
        assertNever(operation)
    }
  }

  hastenStop(containerId: string, graceMs: number): void {
    this.#entries.get(containerId)?.kill?.(graceMs)
  }

  /** Readiness and startup succeed once the time has come; liveness always. */
  probe(request: ProbeRequest, answer: (outcome: ProbeOutcome) => void): void {
    const answerMs = request.kind === 'readiness' ? this.#entries.get(request.containerId)?.answerMs : undefined
    this.parts.time.schedule(answerMs ?? GLANCE_MS, () => {
      const entry = this.#entries.get(request.containerId)
      if (entry === undefined || entry.container.state !== 'running') return answer('error')
      const isReady = entry.readyAt !== null && this.parts.time.now >= entry.readyAt
      answer(request.kind === 'liveness' || isReady ? 'success' : 'failure')
    })
  }

  resolve(references: readonly string[], answer: (images: readonly ResolvedImage[]) => void): void {
    const images: ResolvedImage[] = []
    for (const reference of references) {
      this.#pull(reference, '', (result) => {
        const id = result.ok ? (result.image?.id ?? '') : ''
        images.push({ reference, id, digest: '', error: result.ok ? '' : result.message })
        if (images.length === references.length) answer(images)
      })
    }
  }

  #create(plan: ContainerPlan, listener: EngineListener, answer: (result: OperationResult) => void): void {
    const { pod, container, attempt, image } = plan
    const name = containerName(pod, container, attempt)
    this.#share(this.#stageMs(pod) * CREATE_SHARE, () => {
      const made: RuntimeContainer = {
        id: hashText(`${name} ${pod.uid}`),
        name,
        labels: containerLabels(this.parts.clusterId, pod, container, attempt),
        imageId: image,
        state: 'created',
        startedAt: null,
        finishedAt: null,
        exitCode: null,
        oomKilled: false,
        error: '',
        pid: null,
      }
      this.#entries.set(made.id, { container: made, pod, listener, readyAt: null, answerMs: GLANCE_MS, kill: null })
      answer({ ok: true, container: made })
    })
  }

  #start(containerId: string, answer: (result: OperationResult) => void): void {
    const entry = this.#entries.get(containerId)
    if (entry === undefined) {
      this.#later(GLANCE_MS, () => answer(failure('not-found', 'no such container')))
      return
    }
    this.#share(this.#stageMs(entry.pod) * (1 - CREATE_SHARE), () => {
      const { now } = this.parts.time
      const isInit = isInitContainer(entry)
      entry.container = isInit
        ? { ...entry.container, state: 'exited', startedAt: now, finishedAt: now, exitCode: 0 }
        : { ...entry.container, state: 'running', startedAt: now, pid: 1 }
      Object.assign(entry, this.#readinessOf(entry.container, entry.pod))
      if (entry.readyAt !== null) this.parts.busyUntil(entry.readyAt)
      answer({ ok: true, container: entry.container })
    })
  }

  /** A pod's start is made of stages, one after the other: the sandbox, each init container, the app containers. */
  #stageMs(pod: AssignedPod): number {
    const { ms } = this.parts.times.start(pod, this.parts.facts.name)
    const stages = (podForm(pod.spec) === 'sandbox' ? 2 : 1) + (pod.spec.initContainers?.length ?? 0)
    return Math.max(GLANCE_MS, ms - MESSAGES_MS) / stages
  }

  /**
   * When its probes begin to succeed, and how long they take to answer. A measured time ends with the probe that
   * succeeded: within the period before it the program was ready, and what is more than whole periods the probe took.
   * Of 2,040 ms, probed each second: ready after 1,500 ms, and 40 ms for the answer.
   */
  #readinessOf(container: RuntimeContainer, pod: AssignedPod): Pick<Entry, 'readyAt' | 'answerMs'> {
    if (this.parts.failingTemplates.has(pod.templateHash)) return { readyAt: null, answerMs: GLANCE_MS }
    const name = container.labels[LABEL_CONTAINER] ?? ''
    const spec = pod.spec.containers.find((candidate) => candidate.name === name)
    const probe = spec?.readinessProbe ?? spec?.startupProbe
    const startedAt = container.startedAt ?? this.parts.time.now
    if (probe === undefined) return { readyAt: startedAt, answerMs: GLANCE_MS }
    const { ms } = this.parts.times.pod('ready', pod)
    const periodMs = Math.max(1, probe.periodSeconds ?? 10) * 1_000
    const restMs = (ms - (probe.initialDelaySeconds ?? 0) * 1_000) % periodMs
    const isAnswer = restMs >= 0 && restMs < Math.min(periodMs / 2, timeoutMs(probe))
    const readyAt = startedAt + Math.max(0, ms - (isAnswer ? restMs : 0) - periodMs / 2)
    return { readyAt, answerMs: Math.max(GLANCE_MS, isAnswer ? restMs : 0) }
  }

  #stop(containerId: string, graceMs: number, answer: (result: OperationResult) => void): void {
    const entry = this.#entries.get(containerId)
    if (entry === undefined || entry.container.state !== 'running') {
      this.#later(GLANCE_MS, () => answer(done))
      return
    }
    let isSettled = false
    const finish = (exitCode: number): void => {
      if (isSettled) return
      isSettled = true
      entry.kill = null
      entry.container = { ...entry.container, state: 'exited', exitCode, finishedAt: this.parts.time.now, pid: null }
      entry.listener(entry.container)
      answer(done)
    }
    const { times } = this.parts
    const stopMs = Math.max(GLANCE_MS, times.pod('stop', entry.pod).ms - STOP_MESSAGES_MS)
    // The program ends by itself; what the engine does then shares the host with its other work.
    const engineMs = Math.min(stopMs, times.engineStopMs())
    if (stopMs < graceMs) this.#later(stopMs - engineMs, () => this.#share(engineMs, () => finish(143)))
    entry.kill = (afterMs) => this.#later(Math.max(0, afterMs), () => finish(137))
    if (stopMs >= graceMs) entry.kill(graceMs)
  }

  #pull(reference: string, pinnedId: string, answer: (result: OperationResult) => void): void {
    const { failingImages, time, times, facts } = this.parts
    const failing = failingImages.get(reference)
    const name = normalizeReference(reference)
    const id = (pinnedId !== '' && this.#present.has(pinnedId) ? pinnedId : undefined) ?? this.#present.get(name)
    const isLocal = id !== undefined || reference === SANDBOX_IMAGE
    if (failing !== undefined && !isLocal) {
      this.#later(GLANCE_MS, () => answer({ ok: false, code: 'image-pull', message: failing, retryable: true }))
      return
    }
    if (isLocal) {
      this.#later(GLANCE_MS, () => answer({ ok: true, image: { id: id ?? SANDBOX_IMAGE, stopSignal: '', user: '' } }))
      return
    }
    // Two pods that need one image wait for the same pull.
    let endsAt = this.#pulls.get(name)
    if (endsAt === undefined) {
      const { ms } = times.pull(reference)
      endsAt = time.now + ms
      this.#pulls.set(name, endsAt)
      this.parts.pulled(facts.name, reference, ms)
    }
    const imageId = pinnedId === '' ? `sha256:${hashText(name)}${hashText(`${name} `)}` : pinnedId
    this.#later(endsAt - time.now, () => {
      this.#present.set(name, imageId)
      this.#present.set(imageId, imageId)
      answer({ ok: true, image: { id: imageId, stopSignal: '', user: '' } })
    })
  }

  #share(ms: number, run: () => void): void {
    const { time, times, facts } = this.parts
    this.#work ??= new SharedWork(time, times.slowdown(facts.name))
    this.#work.begin(ms, run)
    this.parts.busyUntil(this.#work.endsAt())
  }

  #later(ms: number, run: () => void): void {
    const { time } = this.parts
    this.parts.busyUntil(time.now + Math.round(ms))
    time.schedule(Math.max(0, ms), run)
  }
}

function isInitContainer({ container, pod }: Entry): boolean {
  const name = container.labels[LABEL_CONTAINER] ?? ''
  if (name === SANDBOX) return false
  const init = pod.spec.initContainers?.find((candidate) => candidate.name === name)
  return init !== undefined && !isSidecar(init)
}

function failure(code: 'not-found', message: string): OperationResult {
  return { ok: false, code, message, retryable: true }
}
