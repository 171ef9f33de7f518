/**
 * A host's container engine: containers that behave as their image's profile says, and operations that take the time
 * they take on a real one (about: create 70 ms, start 110 ms). Outlives the agent, not the host.
 */
import type { Operation, ProbeRequest } from '../agents/core/agent-effect.js'
import type { OperationErrorCode, OperationResult, ProbeOutcome } from '../agents/core/agent-event.js'
import {
  containerLabels,
  containerName,
  LABEL_CLUSTER,
  LABEL_CONTAINER,
  LABEL_POD_NAME,
  LABEL_POD_UID,
} from '../agents/core/container-names.js'
import { SANDBOX, SANDBOX_IMAGE } from '../agents/core/pod-form.js'
import type { RuntimeContainer } from '../agents/runtime.js'
import { assertNever } from '../base/assert.js'
import { hash32 } from '../base/hash.js'
import type { Instant } from '../base/instant.js'
import type { Random } from '../base/random.js'
import type { PodUid } from '../model/assignment.js'
import type { NodeImage, ResolvedImage } from '../model/observed-state.js'
import { EngineFaults } from './engine-faults.js'
import { type ImageProfile, imageId, makeImage } from './image-profile.js'
import type { TimeSource } from './pausable-time.js'

export interface EngineOptions {
  readonly clusterId: string
  readonly time: TimeSource
  /** How far the host's clock is ahead, by which containers' times are told; left out for a clock that is right. */
  clockOffsetMs?(): number
  readonly random: Random
  readonly images: ReadonlyMap<string, ImageProfile>
  trace(what: string): void
  /** A container begins to run. */
  started?(container: RuntimeContainer): void
}

/** What the agent, while there is one, hears of the engine. */
export interface EngineListener {
  changed(container: RuntimeContainer): void
  removed(containerId: string): void
  /** The stream of events broke: what was missed is not known. */
  lost(): void
}

interface Entry {
  container: RuntimeContainer
  /** When it began to run, in true time; 0 before. */
  ranAt: Instant
  readonly profile: ImageProfile
  readonly random: Random
  /** Ends a stop that waits for its grace to pass; null while none is in flight. */
  kill: ((afterMs: number) => void) | null
}

const done: OperationResult = { ok: true }

export class SimulatedEngine {
  listener: EngineListener | null = null
  readonly faults: EngineFaults
  /** Runs of containers since the beginning: a restart that nobody needed shows here. */
  starts = 0
  private readonly entries = new Map<string, Entry>()
  private readonly pulled = new Set<string>()
  /** Containers of which an event never came; the agent's next glance finds them. */
  private readonly untold = new Set<string>()
  private readonly volumeOwners = new Set<PodUid>()
  private readonly runs = new Map<string, number>()
  /** Containers of others that run here; a power cut ends them too. */
  foreignCount = 0
  private nextId = 1
  /** Grows when everything in flight is lost: the host or the engine went down. */
  private life = 0

  constructor(private readonly options: EngineOptions) {
    this.faults = new EngineFaults(options.time, options.random.split('faults'), () => this.listener?.lost())
  }

  /** Somebody else's container, as another tool makes it: with foreign labels, or another cluster's. */
  addForeign(name: string, labels: Readonly<Record<string, string>>): void {
    this.foreignCount++
    const id = this.makeId(name)
    const container: RuntimeContainer = {
      id,
      name,
      labels,
      imageId: imageId('foreign'),
      state: 'running',
      startedAt: this.options.time.now,
      finishedAt: null,
      exitCode: null,
      oomKilled: false,
      error: '',
      pid: 1,
    }
    const profile = makeImage('foreign')
    this.entries.set(id, { container, ranAt: 0, profile, random: this.options.random, kill: null })
  }

  /** Somebody kills a container, or removes it by force; the n-th of those of this cluster that run. */
  harm(choice: number, how: 'kill' | 'out-of-memory' | 'remove'): void {
    const entries = [...this.entries.values()].filter(
      ({ container }) => container.state === 'running' && container.labels[LABEL_CLUSTER] === this.options.clusterId,
    )
    const entry = entries[choice % Math.max(1, entries.length)]
    if (entry === undefined) return
    this.end(entry, 137, true, how === 'out-of-memory')
    if (how !== 'remove') return
    const { id } = entry.container
    this.entries.delete(id)
    this.later(3, () => this.tell(id))
  }

  /** Somebody cleans up: images that no container uses must be pulled again. */
  cleanImages(): void {
    const used = new Set([...this.entries.values()].map(({ profile }) => profile.reference))
    for (const reference of [...this.pulled]) if (!used.has(reference)) this.pulled.delete(reference)
  }

  containers(): readonly RuntimeContainer[] {
    return [...this.entries.values()].map((entry) => entry.container)
  }

  running(): readonly RuntimeContainer[] {
    const running: RuntimeContainer[] = []
    for (const { container } of this.entries.values()) if (container.state === 'running') running.push(container)
    return running
  }

  volumes(): readonly PodUid[] {
    return [...this.volumeOwners].sort()
  }

  inspect(containerId: string): RuntimeContainer | null {
    return this.entries.get(containerId)?.container ?? null
  }

  /** Images on the host, for the node's facts. */
  images(): readonly NodeImage[] {
    const present = [...this.options.images.values()].filter((profile) => this.isPresent(profile))
    return present.map(({ reference }) => ({ id: imageId(reference), names: [reference], sizeBytes: 5_000_000 }))
  }

  /** Carries out an operation; `answer` is called once, unless the engine goes down before. */
  operate(operation: Operation, answer: (result: OperationResult) => void): void {
    const { life } = this
    this.faults.around(
      operation.type,
      (done) => {
        if (life === this.life) this.carryOut(operation, done)
      },
      (result) => {
        if (life === this.life) answer(result)
      },
    )
  }

  private carryOut(operation: Operation, answer: (result: OperationResult) => void): void {
    switch (operation.type) {
      case 'ensure-image':
        this.pull(operation.reference, (result) => answer(result))
        return
      case 'prepare-volumes':
      case 'update-volumes':
        this.later(3, () => {
          if (operation.type === 'prepare-volumes') this.volumeOwners.add(operation.pod.uid)
          answer(done)
        })
        return
      case 'remove-volumes':
        this.later(3, () => {
          this.volumeOwners.delete(operation.uid)
          answer(done)
        })
        return
      case 'create':
        this.create(operation, answer)
        return
      case 'start':
        this.start(operation.containerId, answer)
        return
      case 'post-start':
        this.later(10, () => answer(done))
        return
      case 'stop':
        this.stop(operation.containerId, operation.graceMs, answer)
        return
      case 'remove':
        this.remove(operation.containerId, answer)
        return
      default:
        assertNever(operation)
    }
  }

  hastenStop(containerId: string, graceMs: number): void {
    this.entries.get(containerId)?.kill?.(graceMs)
  }

  probe(request: ProbeRequest, answer: (outcome: ProbeOutcome) => void): void {
    this.later(this.options.random.integer(2, 8), () => {
      const entry = this.entries.get(request.containerId)
      if (entry?.container.state !== 'running') return answer('error')
      const age = this.options.time.now - entry.ranAt
      const { readyAfterMs, unreadyAfterMs, hangsAfterMs } = entry.profile
      const isReadyStill = unreadyAfterMs === null || age < unreadyAfterMs
      const isReady = readyAfterMs !== null && age >= readyAfterMs && (request.kind === 'startup' || isReadyStill)
      const isAlive = hangsAfterMs === null || age < hangsAfterMs
      answer((request.kind === 'liveness' || isReady) && isAlive ? 'success' : 'failure')
    })
  }

  resolve(references: readonly string[], answer: (images: readonly ResolvedImage[]) => void): void {
    const images: ResolvedImage[] = []
    for (const reference of references) {
      this.pull(reference, (result) => {
        const error = result.ok ? '' : result.message
        images.push({ reference, id: result.ok ? imageId(reference) : '', digest: '', error })
        if (images.length === references.length) answer(images)
      })
    }
  }

  /** Power cut: nothing runs, nothing in flight ends, nobody is told. */
  powerOff(): void {
    this.life++
    this.listener = null
    this.foreignCount = 0
    this.untold.clear()
    for (const entry of this.entries.values()) {
      entry.kill = null
      if (entry.container.state === 'running') this.end(entry, 137, false)
    }
  }

  private create(operation: Operation & { readonly type: 'create' }, answer: (result: OperationResult) => void): void {
    const { pod, container, attempt, image } = operation.plan
    const profile = this.profileOf(image)
    if (profile === null) {
      this.later(5, () => answer(failure('image-missing', `no image ${image}`)))
      return
    }
    const name = containerName(pod, container, attempt)
    this.later(this.options.random.integer(50, 90), () => {
      for (const { container: other } of this.entries.values())
        if (other.name === name) return answer(failure('conflict', `the name ${name} is taken`))
      const id = this.makeId(name)
      const made: RuntimeContainer = {
        id,
        name,
        labels: containerLabels(this.options.clusterId, pod, container, attempt),
        imageId: image,
        state: 'created',
        startedAt: null,
        finishedAt: null,
        exitCode: null,
        oomKilled: false,
        error: '',
        pid: null,
      }
      this.entries.set(id, { container: made, ranAt: 0, profile, random: this.options.random.split(name), kill: null })
      answer({ ok: true, container: made })
    })
  }

  private start(containerId: string, answer: (result: OperationResult) => void): void {
    const entry = this.entries.get(containerId)
    if (entry === undefined) {
      this.later(2, () => answer(failure('not-found', 'no such container')))
      return
    }
    this.later(entry.random.integer(80, 140), () => {
      if (!this.entries.has(containerId)) return answer(failure('not-found', 'no such container'))
      if (entry.container.state === 'created') {
        this.starts++
        entry.ranAt = this.options.time.now
        this.set(entry, { state: 'running', startedAt: this.hostNow(), pid: 1_000 + this.starts })
        this.options.trace(`started ${describe(entry.container)}`)
        this.options.started?.(entry.container)
        this.planEnding(entry)
      }
      answer({ ok: true, container: entry.container })
    })
  }

  private planEnding(entry: Entry): void {
    const { ending } = entry.profile
    if (ending.type === 'none') return
    const { container } = entry
    const whose = `${container.labels[LABEL_POD_UID]}/${container.labels[LABEL_CONTAINER]}`
    const run = this.runs.get(whose) ?? 0
    this.runs.set(whose, run + 1)
    if (ending.type === 'exits-once' && run > 0) return
    this.later(ending.afterMs, () => {
      if (entry.container.state !== 'running') return
      if (ending.type === 'out-of-memory') this.end(entry, 137, true, true)
      else this.end(entry, ending.code, true)
    })
  }

  private stop(containerId: string, graceMs: number, answer: (result: OperationResult) => void): void {
    const entry = this.entries.get(containerId)
    if (entry === undefined || entry.container.state !== 'running') {
      this.later(2, () => answer(done))
      return
    }
    let isSettled = false
    const finish = (code: number): void => {
      if (isSettled) return
      isSettled = true
      entry.kill = null
      if (entry.container.state === 'running') this.end(entry, code, true)
      answer(done)
    }
    const { stopMs } = entry.profile
    // PID 1 with no handler ignores TERM too, and so does everything that waits for its grace to pass.
    if (stopMs !== null && stopMs < graceMs) this.later(stopMs + entry.random.integer(0, 20), () => finish(143))
    entry.kill = (afterMs) => this.later(Math.max(0, afterMs), () => finish(137))
    entry.kill(graceMs)
  }

  private remove(containerId: string, answer: (result: OperationResult) => void): void {
    this.later(this.options.random.integer(20, 50), () => {
      const entry = this.entries.get(containerId)
      if (entry !== undefined) {
        if (entry.container.state === 'running') this.end(entry, 137, false)
        this.entries.delete(containerId)
        this.later(1, () => this.tell(containerId))
      }
      answer(done)
    })
  }

  private pull(reference: string, answer: (result: OperationResult) => void): void {
    const profile = this.profileOf(reference)
    const isMissing = profile === null || profile.found === 'nowhere'
    const isHere = profile !== null && this.isPresent(profile)
    const isRefused = !isHere && this.faults.refusesPulls
    const ms = isHere || profile === null ? 4 : profile.pullMs * this.faults.pullFactor
    this.later(ms, () => {
      if (isMissing || isRefused) {
        const why = isMissing ? 'the registry does not have it' : 'the registry does not answer'
        const message = `pull ${reference}: ${why}`
        answer({ ok: false, code: 'image-pull', message, retryable: true })
        return
      }
      this.pulled.add(profile.reference)
      answer({ ok: true, image: { id: imageId(profile.reference), stopSignal: '', user: '' } })
    })
  }

  private isPresent(profile: ImageProfile): boolean {
    return profile.found === 'everywhere' || this.pulled.has(profile.reference)
  }

  private profileOf(image: string): ImageProfile | null {
    if (image === SANDBOX_IMAGE || image === imageId(SANDBOX_IMAGE)) return makeImage(SANDBOX_IMAGE)
    const named = this.options.images.get(image)
    return named ?? [...this.options.images.values()].find(({ reference }) => imageId(reference) === image) ?? null
  }

  private end(entry: Entry, exitCode: number, isTold: boolean, oomKilled = false): void {
    this.set(entry, { state: 'exited', exitCode, finishedAt: this.hostNow(), pid: null, oomKilled })
    this.options.trace(`ended ${describe(entry.container)} with ${exitCode}`)
    if (isTold) this.later(2, () => this.tell(entry.container.id))
  }

  /** What became of a container; when the event is one of those that never come, the agent's next glance finds it. */
  private tell(containerId: string): void {
    if (!this.faults.isDeaf) this.show(containerId)
    else if (this.listener !== null) {
      if (this.untold.size === 0) this.later(this.faults.glanceMs(), () => this.glance())
      this.untold.add(containerId)
    }
  }

  private glance(): void {
    const found = [...this.untold]
    this.untold.clear()
    for (const id of found) this.show(id)
  }

  private show(containerId: string): void {
    const entry = this.entries.get(containerId)
    if (entry === undefined) this.listener?.removed(containerId)
    else this.listener?.changed(entry.container)
  }

  private hostNow(): Instant {
    return this.options.time.now + (this.options.clockOffsetMs?.() ?? 0)
  }

  private set(entry: Entry, change: Partial<RuntimeContainer>): void {
    entry.container = { ...entry.container, ...change }
  }

  private later(ms: number, run: () => void): void {
    const { life } = this
    this.options.time.later(ms, () => {
      if (life === this.life) run()
    })
  }

  private makeId(name: string): string {
    return `${hash32(`${name} ${this.nextId++}`)
      .toString(16)
      .padStart(8, '0')}${hash32(name).toString(16).padStart(8, '0')}`
  }
}

/** `web-x/main`, or the pod's name alone for its sandbox. */
function describe(container: RuntimeContainer): string {
  const name = container.labels[LABEL_CONTAINER] ?? ''
  return `${container.labels[LABEL_POD_NAME]}/${name === SANDBOX ? 'sandbox' : name}`
}

function failure(code: OperationErrorCode, message: string): OperationResult {
  return { ok: false, code, message, retryable: code !== 'image-missing' }
}
