/**
 * A cluster simulated forward from a snapshot: the real manager core, and real agent cores where something happens.
 * Runs one desired state after the other until nothing is left to do; the same snapshot gives the same runs.
 */
import { assert, assertNever } from '../../base/assert.js'
import type { Instant } from '../../base/instant.js'
import type { CoreState } from '../../manager/core/core-state.js'
import { ManagerCore, type ManagerEffect, type ManagerEvent } from '../../manager/core/manager-core.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { Deployment } from '../../model/generated/kubernetes.js'
import { compareGenerations } from '../../model/generation.js'
import type { ObservedPod } from '../../model/observed-state.js'
import type { AgentMessage } from '../../model/protocol.js'
import type { Snapshot } from '../../model/snapshot.js'
import { SimulatedTime } from '../simulated-time.js'
import { findFailures } from './failures.js'
import { OperationTimes } from './operation-times.js'
import { PreviewNode } from './preview-node.js'
import { RunRecord, type RunResult } from './run-record.js'

export interface ForecastLimits {
  /** No run is followed for longer than this. */
  readonly runMs: number
  /** A run in which nothing came about for so long is over. */
  readonly idleMs: number
}

export const DEFAULT_LIMITS: ForecastLimits = { runMs: 60 * 60_000, idleMs: 90_000 }

const CONNECTION = 1
/** Messages one way; the store; the data plane's tables. */
const MESSAGE_MS = 2
const STORE_MS = 2
const NETWORK_MS = 8
/** How long before the manager's core takes long silence for its own stall: clocks are set before that. */
const CLOCKS_MS = 1_000
/** Planning that failed: a bug in the planner, which no preview can hide. */
const FATAL_LOG = /^(plan refused|planning failed)/

export class Forecast {
  readonly times: OperationTimes
  readonly #time: SimulatedTime
  readonly #core: ManagerCore
  readonly #nodes = new Map<string, PreviewNode>()
  /** Nodes that are silent and stay so, and since when. */
  readonly #silent = new Map<string, Instant>()
  readonly #limits: ForecastLimits
  readonly #snapshot: Snapshot
  #record: RunRecord
  #clocksAt: Instant
  #progressAt: Instant
  #busyUntil: Instant
  #isTickScheduled = false
  #networkVersion = 0
  #startedAt: Instant
  #revision = ''

  constructor(snapshot: Snapshot, limits: ForecastLimits = DEFAULT_LIMITS) {
    const now = snapshot.takenAt
    this.times = new OperationTimes(snapshot.durations)
    this.#limits = limits
    this.#snapshot = snapshot
    this.#time = new SimulatedTime(now)
    this.#core = ManagerCore.restore(coreStateOf(snapshot))
    this.#record = new RunRecord(now, snapshot.planned, snapshot.observed)
    this.#clocksAt = now
    this.#progressAt = now
    this.#busyUntil = now
    this.#startedAt = now
    this.#addNodes(snapshot)
  }

  get now(): Instant {
    return this.#time.now
  }

  /** Makes a state desired and follows what happens until nothing is left to do. */
  run(desired: DesiredState): RunResult {
    const { now } = this.#time
    this.#startedAt = now
    this.#progressAt = now
    this.#revision = desired.revision
    this.#record = new RunRecord(now, this.#core.planned, this.#core.observed)
    this.#handle({ type: 'desired', desired })
    const idleMs = Math.max(this.#limits.idleMs, longestMinReady(desired) + 10_000)
    let isConverged = false
    for (;;) {
      isConverged = this.#isConverged()
      if (isConverged) break
      const next = this.#time.nextAt()
      if (next === null || next - now > this.#limits.runMs) break
      if (next - Math.max(this.#progressAt, this.#busyUntil) > idleMs) break
      // Nothing in here waits for a promise.
      void this.#time.step()
    }
    const { planned, observed, waiting, brake } = this.#core
    return this.#record.finish({
      convergedMs: isConverged ? this.#time.now - now : null,
      endMs: Math.max(0, this.#progressAt - now),
      planned,
      observed,
      waiting,
      brake,
    })
  }

  /** The cluster as it is after the runs so far. */
  snapshot(): Snapshot {
    const { desired, planned, assignments, observed, generation, confirmed, isRecovering, waiting, brake } = this.#core
    return {
      ...this.#snapshot,
      takenAt: this.#time.now,
      desired,
      planned,
      assignments,
      observed,
      generation,
      confirmed,
      isRecovering,
      waiting,
      brake,
    }
  }

  #addNodes(snapshot: Snapshot): void {
    const assignments = new Map(snapshot.assignments.map((assignment) => [assignment.node, assignment]))
    const { images, templates } = findFailures(snapshot)
    for (const [name, observed] of snapshot.observed.nodes) {
      if (observed.silentSince !== null) {
        this.#silent.set(name, observed.silentSince)
        continue
      }
      const node = new PreviewNode({
        clusterId: snapshot.clusterId,
        time: this.#time,
        times: this.times,
        observed,
        assignment: assignments.get(name) ?? null,
        failingImages: images,
        failingTemplates: templates,
        send: (from, message) => this.#time.schedule(MESSAGE_MS, () => this.#takeMessage(from, message)),
        pulled: (from, reference, ms) => {
          this.#record.pulls.push({ node: from, reference, atMs: this.#time.now - this.#startedAt, ms })
        },
        busyUntil: (instant) => {
          this.#busyUntil = Math.max(this.#busyUntil, instant)
        },
      })
      this.#nodes.set(name, node)
    }
    const isUnderWay = (pod: ObservedPod): boolean => isPodUnderWay(pod, templates)
    for (const node of this.#nodes.values()) node.begin(isUnderWay)
    const { version } = snapshot.planned.network
    this.#networkVersion = version
    this.#time.schedule(NETWORK_MS, () => this.#obeyNetwork(version))
  }

  #takeMessage(node: string, message: AgentMessage): void {
    if (message.type === 'report' && this.#record.takeReport(message.pods, message.gone, this.#time.now))
      this.#progress()
    this.#handle({ type: 'agent-message', node, connection: CONNECTION, message })
  }

  #obeyNetwork(version: number): void {
    for (const node of this.#nodes.values()) node.obeyNetwork(version)
  }

  #progress(): void {
    this.#progressAt = this.#time.now
  }

  #handle(event: ManagerEvent): void {
    const { now } = this.#time
    if (now - this.#clocksAt >= CLOCKS_MS || event.type === 'tick') {
      this.#core.setClocks(now, this.#silent, now)
      this.#clocksAt = now
    }
    const effects = this.#core.handle(event, now)
    if (event.type === 'tick') this.#record.takeWaiting(this.#core.waiting, now)
    for (const effect of effects) this.#carryOut(effect)
    this.#scheduleTick()
  }

  #scheduleTick(): void {
    if (this.#isTickScheduled) return
    const { now } = this.#time
    const at = this.#core.isTickDue ? now : this.#core.requeueAt
    if (at === null || (at <= now && !this.#core.isTickDue)) return
    if (at > now) {
      this.#time.schedule(at - now, () => {
        if (this.#core.requeueAt === at) this.#handle({ type: 'tick' })
      })
      return
    }
    this.#isTickScheduled = true
    this.#time.schedule(0, () => {
      this.#isTickScheduled = false
      this.#handle({ type: 'tick' })
    })
  }

  #carryOut(effect: ManagerEffect): void {
    switch (effect.type) {
      case 'commit-plan': {
        const { plan } = effect
        this.#progress()
        this.#record.takePlan(plan, this.#core.planned, this.#time.now)
        this.#time.schedule(STORE_MS, () => this.#handle({ type: 'plan-committed', plan: plan.id }))
        return
      }
      case 'send': {
        const { node, message } = effect
        if (message.type === 'assignment') {
          const { assignment } = message
          this.#time.schedule(MESSAGE_MS, () => this.#nodes.get(node)?.assign(assignment))
        } else if (message.type === 'network' && message.version > this.#networkVersion) {
          const { version } = message
          this.#networkVersion = version
          this.#time.schedule(NETWORK_MS, () => this.#obeyNetwork(version))
        }
        return
      }
      case 'log':
        assert(!FATAL_LOG.test(effect.line), effect.line)
        return
      case 'send-config':
      case 'close':
      case 'save-history':
      case 'changed':
        return
      default:
        assertNever(effect)
    }
  }

  #isConverged(): boolean {
    const { desired, isConverged, isTickDue } = this.#core
    return isConverged && !isTickDue && desired?.revision === this.#revision
  }
}

function coreStateOf(snapshot: Snapshot): CoreState {
  const { observed, takenAt } = snapshot
  const heard = [...observed.nodes].map(([name, node]) => [name, node.silentSince ?? takenAt] as const)
  const connections = new Map<string, number>()
  for (const [name, node] of observed.nodes) if (node.silentSince === null) connections.set(name, CONNECTION)
  const generation =
    compareGenerations(snapshot.generation, snapshot.planned.generation) > 0
      ? snapshot.generation
      : snapshot.planned.generation
  return {
    clusterId: snapshot.clusterId,
    desired: snapshot.desired,
    planned: snapshot.planned,
    assignments: snapshot.assignments,
    generation,
    observed: {
      nodes: observed.nodes,
      heardAt: new Map(heard),
      members: [...observed.nodes.keys(), ...observed.unheard],
      heardSince: observed.heardSince,
    },
    connections,
    history: [],
    isRecovering: snapshot.isRecovering,
    recoveryEndsAt: takenAt,
    confirmed: snapshot.confirmed,
    isPruningAll: false,
    inFlight: null,
    isDirty: true,
    requeueAt: null,
    waiting: snapshot.waiting,
    brake: snapshot.brake,
    isConverged: false,
    lastHandledAt: takenAt,
    fullCheckAt: Number.POSITIVE_INFINITY,
    isCheckedInFull: false,
  }
}

/** Something happens to it by itself: it stops, or starts without anything being wrong. */
function isPodUnderWay(pod: ObservedPod, failingTemplates: ReadonlySet<string>): boolean {
  if (pod.stopped || pod.assigned.stop !== null) return true
  if (pod.ready || pod.phase === 'Succeeded' || pod.phase === 'Failed') return false
  return !failingTemplates.has(pod.assigned.templateHash) && !isPodStuck(pod)
}

const STUCK_REASONS = /BackOff|^Err|Error|InvalidImageName/

/** Its containers say that it will not come up by itself as it is. */
export function isPodStuck(pod: ObservedPod): boolean {
  return pod.containers.some(
    (container) => STUCK_REASONS.test(container.reason) || (container.restarts > 0 && !container.ready),
  )
}

/** The longest time that a workload keeps a ready pod waiting. */
function longestMinReady(desired: DesiredState): number {
  let seconds = 0
  for (const { kind, manifest } of desired.objects.values())
    if (kind === 'Deployment' || kind === 'ReplicaSet')
      seconds = Math.max(seconds, (manifest as Deployment).spec?.minReadySeconds ?? 0)
  return seconds * 1_000
}
