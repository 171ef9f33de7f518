/** An agent core on a simulated host: clock, engine and disk are plain data, everything takes some time, things may fail. */

import { type AgentCore, createAgentCore } from '../../../src/agents/core/agent-core.js'
import type { AgentEffect, Operation, ProbeRequest } from '../../../src/agents/core/agent-effect.js'
import type { AgentEvent, OperationResult, ProbeOutcome } from '../../../src/agents/core/agent-event.js'
import { containerLabels } from '../../../src/agents/core/container-names.js'
import type { LedgerSnapshot } from '../../../src/agents/core/ledger-snapshot.js'
import type { RuntimeContainer } from '../../../src/agents/runtime.js'
import { assert } from '../../../src/base/assert.js'
import { makeRandom, type Random } from '../../../src/base/random.js'
import type { AssignedPod, Assignment } from '../../../src/model/assignment.js'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import type { NodeFacts } from '../../../src/model/observed-state.js'
import type { AgentMessage } from '../../../src/model/protocol.js'

export const CLUSTER = 'c0ffee00-1111'
const START = 1_700_000_000_000

export const facts: NodeFacts = {
  name: 'node1',
  address: '10.0.0.1',
  agentVersion: '0',
  engineVersion: '20.10',
  kernelVersion: '6',
  osImage: 'test',
  architecture: 'amd64',
  capacity: { cpuMilli: 4000, memoryBytes: 2 ** 33, ephemeralStorageBytes: 0, pods: 110, extended: {} },
  allocatable: { cpuMilli: 4000, memoryBytes: 2 ** 33, ephemeralStorageBytes: 0, pods: 110, extended: {} },
  labels: {},
  images: [],
  bootId: 'boot-1',
  agentPid: 1,
}

export function makePod(name: string, spec: Partial<PodSpec> = {}, more: Partial<AssignedPod> = {}): AssignedPod {
  return {
    uid: `${name}-uid`,
    namespace: 'default',
    name,
    labels: {},
    annotations: {},
    owner: null,
    workload: `Pod./default/${name}`,
    templateHash: 'v1-1',
    ordinal: 0,
    incarnation: 0,
    commit: 'c',
    createdAt: START,
    spec: { containers: [{ name: 'app', image: 'app:1' }], ...spec },
    images: {},
    address: '10.244.0.5',
    configs: [],
    stop: null,
    ...more,
  }
}

export interface FakeOptions {
  readonly seed?: number
  /** Chance that an operation fails, is lost, or a container dies by itself after a start. */
  readonly faults?: number
  readonly probe?: (request: ProbeRequest, node: FakeNode) => ProbeOutcome
  /** Exit code of a container that ends by itself (init containers, jobs); null: it goes on running. */
  readonly exits?: (container: string) => number | null
  readonly ledger?: LedgerSnapshot
  readonly pullFails?: () => boolean
}

type Due = { readonly at: number; readonly order: number; readonly run: () => void }

/** Drives a core; `advance` moves the clock and lets everything due happen in order. */
export class FakeNode {
  /** True time; timers go by it. */
  now = START
  /** How far the host's clock is from it. */
  clockOffsetMs = 0
  core: AgentCore
  readonly containers = new Map<string, RuntimeContainer>()
  readonly sent: AgentMessage[] = []
  readonly operations: Operation[] = []
  readonly effects: AgentEffect[] = []
  readonly probes: ProbeRequest[] = []
  /** The most creates and starts that were in flight at one time. */
  startsMost = 0
  generation = 1
  random: Random
  faults: number
  private due: Due[] = []
  private count = 0
  private life = 0
  private starts = 0
  /** What the core has asked to be woken for, and the true time at which the timer for that goes off. */
  private timer: { readonly wakeAt: number; readonly at: number } | null = null

  constructor(readonly options: FakeOptions = {}) {
    this.random = makeRandom(options.seed ?? 1)
    this.faults = options.faults ?? 0
    this.core = createAgentCore({ clusterId: CLUSTER, facts, ledger: options.ledger ?? null })
  }

  /** Opens the link and lists the engine's containers, unless the test does. */
  begin(isListed = true): this {
    this.handle({ type: 'link-opened' })
    this.handle({ type: 'welcome', clusterId: CLUSTER, epoch: 1 })
    if (isListed) this.list()
    return this
  }

  /** The agent is killed and begins again from its ledger, or from nothing. */
  restart(ledger: LedgerSnapshot | null = this.core.ledger(), bootId = facts.bootId, isListed = true): this {
    this.life++
    this.starts = 0
    this.timer = null
    this.core = createAgentCore({ clusterId: CLUSTER, facts: { ...facts, bootId }, ledger })
    return this.begin(isListed)
  }

  assign(pods: readonly AssignedPod[], generation = { epoch: 1, counter: this.generation++ }): this {
    const assignment: Assignment = {
      node: 'node1',
      generation,
      pods,
      podSubnet: '10.244.0.0/24',
      resolve: [],
      hash: String(this.generation),
    }
    this.handle({ type: 'assignment', assignment })
    return this
  }

  list(): void {
    this.handle({ type: 'containers', containers: [...this.containers.values()], volumes: [] })
  }

  handle(event: AgentEvent): void {
    for (const effect of this.core.handle(event, this.hostNow)) this.carryOut(effect)
    const wakeAt = this.core.wakeAt()
    if (wakeAt === null) this.timer = null
    else if (wakeAt !== this.timer?.wakeAt) this.timer = { wakeAt, at: this.now + Math.max(0, wakeAt - this.hostNow) }
  }

  get hostNow(): number {
    return this.now + this.clockOffsetMs
  }

  advance(ms: number): this {
    const end = this.now + ms
    for (let guard = 0; ; guard++) {
      assert(guard < 200_000, 'the core spins')
      this.due.sort((a, b) => a.at - b.at || a.order - b.order)
      const next = this.due[0]?.at ?? Number.POSITIVE_INFINITY
      const wake = this.timer?.at ?? Number.POSITIVE_INFINITY
      const at = Math.min(next, Math.max(wake, this.now))
      if (at > end) break
      this.now = at
      if (next <= wake) this.due.shift()?.run()
      else {
        this.timer = null
        this.handle({ type: 'tick' })
      }
    }
    this.now = end
    return this
  }

  running(): RuntimeContainer[] {
    return [...this.containers.values()].filter((c) => c.state === 'running')
  }

  /** A container dies; the engine says so, unless it is down. */
  die(id: string, exitCode: number, says = true): void {
    const container = this.containers.get(id)
    if (container?.state !== 'running') return
    const ended: RuntimeContainer = { ...container, state: 'exited', exitCode, finishedAt: this.hostNow, pid: null }
    this.containers.set(id, ended)
    if (says) this.later(1, () => this.handle({ type: 'container', container: ended }))
  }

  private later(ms: number, run: () => void): void {
    const life = this.life
    this.due.push({ at: this.now + ms, order: this.count++, run: () => (life === this.life ? run() : undefined) })
  }

  /** What happens in the engine whether an agent lives or not. */
  private inEngine(ms: number, run: () => void): void {
    this.due.push({ at: this.now + ms, order: this.count++, run })
  }

  private carryOut(effect: AgentEffect): void {
    this.effects.push(effect)
    if (effect.type === 'send') this.sent.push(effect.message)
    if (effect.type === 'operate') this.operate(effect.id, effect.operation)
    if (effect.type === 'probe') {
      this.probes.push(effect.request)
      const outcome = this.options.probe?.(effect.request, this) ?? 'success'
      this.later(2, () => this.handle({ type: 'probe', id: effect.id, outcome, message: outcome }))
    }
    if (effect.type === 'list-containers') this.later(3, () => this.list())
    if (effect.type === 'inspect') {
      this.later(1, () => {
        const container = this.containers.get(effect.containerId)
        if (container === undefined) this.handle({ type: 'container-removed', containerId: effect.containerId })
        else this.handle({ type: 'container', container })
      })
    }
    if (effect.type === 'apply-network')
      this.later(2, () => this.handle({ type: 'network-applied', version: effect.table.version, problems: [] }))
  }

  private operate(id: number, operation: Operation): void {
    this.operations.push(operation)
    const isStart = operation.type === 'create' || operation.type === 'start'
    if (isStart) this.startsMost = Math.max(this.startsMost, ++this.starts)
    const { life } = this
    const answer = (ms: number, result: OperationResult): void =>
      this.inEngine(ms, () => {
        if (life !== this.life) return
        if (isStart) this.starts--
        this.handle({ type: 'operation', id, result })
      })
    const fails = this.random.chance(this.faults)
    const failure: OperationResult = {
      ok: false,
      code: this.random.pick(['unavailable', 'timeout', 'internal', 'conflict'] as const),
      message: 'a fault',
      retryable: true,
    }
    // A fault strikes before or after the deed.
    if (fails && this.random.chance(0.5)) {
      answer(5, failure)
      return
    }
    const ms = this.random.integer(1, 40)
    this.inEngine(ms, () => {
      const result = this.perform(operation, (then) => this.inEngine(20, then))
      answer(operation.type === 'stop' ? 25 : 1, fails ? failure : result)
    })
  }

  private perform(operation: Operation, then: (run: () => void) => void): OperationResult {
    switch (operation.type) {
      case 'ensure-image':
        if (this.options.pullFails?.()) return { ok: false, code: 'image-pull', message: 'not found', retryable: false }
        return { ok: true, image: { id: `sha256:${operation.reference}`, stopSignal: 'SIGTERM', user: '' } }
      case 'create': {
        const { plan } = operation
        const name = `${plan.pod.name}/${plan.container}/${plan.attempt}`
        if ([...this.containers.values()].some((c) => c.name === name))
          return { ok: false, code: 'conflict', message: 'the name is taken', retryable: false }
        const container: RuntimeContainer = {
          id: `id${this.count++}`,
          name,
          labels: containerLabels(CLUSTER, plan.pod, plan.container, plan.attempt),
          imageId: plan.image,
          state: 'created',
          startedAt: null,
          finishedAt: null,
          exitCode: null,
          oomKilled: false,
          error: '',
          pid: null,
        }
        this.containers.set(container.id, container)
        return { ok: true, container }
      }
      case 'start':
        return this.performStart(operation.containerId)
      case 'stop':
        then(() => this.die(operation.containerId, 143))
        return { ok: true }
      case 'remove':
        this.die(operation.containerId, 137, false)
        this.containers.delete(operation.containerId)
        this.later(1, () => this.handle({ type: 'container-removed', containerId: operation.containerId }))
        return { ok: true }
      default:
        return { ok: true }
    }
  }

  private performStart(id: string): OperationResult {
    const before = this.containers.get(id)
    if (before === undefined) return { ok: false, code: 'not-found', message: 'no such container', retryable: false }
    if (before.state !== 'created') return { ok: true, container: before }
    const base = before.name.slice(0, before.name.lastIndexOf('/'))
    for (const other of this.running()) {
      const isTwin = other.name.slice(0, other.name.lastIndexOf('/')) === base
      assert(!isTwin, `${before.name} starts while ${other.name} runs`)
    }
    const container: RuntimeContainer = { ...before, state: 'running', startedAt: this.hostNow, pid: 1 }
    this.containers.set(id, container)
    const code = this.options.exits?.(container.labels['dev.headway.container'] ?? '') ?? null
    if (code !== null) this.inEngine(10, () => this.die(id, code))
    else if (this.random.chance(this.faults)) this.inEngine(this.random.integer(1, 3000), () => this.die(id, 1))
    return { ok: true, container }
  }
}
