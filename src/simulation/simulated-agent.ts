/** An agent's process on its host: the real core, with the engine, the ledger and the link of the simulation as its hands. */
import { type AgentCore, createAgentCore } from '../agents/core/agent-core.js'
import type { AgentEffect, Operation } from '../agents/core/agent-effect.js'
import type { AgentEvent } from '../agents/core/agent-event.js'
import { assert, assertNever } from '../base/assert.js'
import { deepFreeze } from '../base/deep-freeze.js'
import type { Instant } from '../base/instant.js'
import type { Assignment, NetworkTable } from '../model/assignment.js'
import type { NodeFacts } from '../model/observed-state.js'
import type { AgentMessage, ManagerMessage } from '../model/protocol.js'
import type { PausableTime } from './pausable-time.js'
import type { SimulatedEngine } from './simulated-engine.js'
import type { SimulatedLedger } from './simulated-ledger.js'
import type { AgentSide, SimulatedLinks } from './simulated-links.js'

export interface AgentParts {
  readonly clusterId: string
  readonly time: PausableTime
  /** True: what goes into the core is frozen. */
  readonly isStrict: boolean
  /** How far the host's clock is ahead. */
  clockOffsetMs(): number
  readonly engine: SimulatedEngine
  readonly ledger: SimulatedLedger
  readonly links: SimulatedLinks
  readonly facts: NodeFacts
  trace(what: string): void
  /** Before an operation goes to the engine. */
  operates(operation: Operation, core: AgentCore): void
  /** An assignment has come and is about to be handled. */
  arrived(assignment: Assignment): void
  /** An assignment has come and was handled. */
  assigned(assignment: Assignment, core: AgentCore): void
  /** The data plane obeys a table. */
  networkApplied(table: NetworkTable): void
}

const LIST_MS = 15
const APPLY_NETWORK_MS = 6
const DIAL_AGAIN_MS = 250
/** No timer of the real shell is shorter. */
const TIMER_MIN_MS = 1
/** A tick may find that something is due at this very moment once; more often it would never end. */
const SPINS_MAX = 3

const tick: AgentEvent = Object.freeze({ type: 'tick' })
const heartbeat: AgentMessage = Object.freeze({ type: 'heartbeat' })

/** Lives from its start until `stop`; a restarted agent is another one. */
export class SimulatedAgent implements AgentSide {
  private readonly core: AgentCore
  private isRunning = true
  private isLinkOpen = false
  private cancelTick: (() => void) | null = null
  private heartbeatMs: number | null = null
  private timerAt: Instant | null = null
  private spins = 0
  /** Made once: most of what is scheduled is one of these two. */
  private readonly onTimer = (): void => {
    this.cancelTick = null
    this.timerAt = null
    this.handle(tick)
  }
  private readonly onBeat = (): void => {
    if (!this.isRunning || !this.isLinkOpen || this.heartbeatMs === null) return
    this.parts.links.sendToManager(this.parts.facts.name, heartbeat)
    this.beat()
  }

  constructor(private readonly parts: AgentParts) {
    const { clusterId, facts, ledger, engine, links } = parts
    this.core = createAgentCore({ clusterId, facts, ledger: ledger.read() })
    engine.listener = {
      changed: (container) => this.handle({ type: 'container', container }),
      removed: (containerId) => this.handle({ type: 'container-removed', containerId }),
      lost: () => {
        this.handle({ type: 'engine-lost' })
        this.list()
      },
    }
    this.list()
    links.dial(facts.name, this)
  }

  /** SIGKILL: the engine and what it runs go on. */
  stop(isTold: boolean): void {
    this.isRunning = false
    this.cancelTick?.()
    this.parts.engine.listener = null
    this.parts.links.hangUp(this.parts.facts.name, isTold)
  }

  opened(): void {
    this.isLinkOpen = true
    this.handle({ type: 'link-opened' })
  }

  closed(reason: string): void {
    if (this.parts.time.isPaused) this.parts.time.later(0, () => this.linkClosed(reason))
    else this.linkClosed(reason)
  }

  message(message: ManagerMessage): void {
    if (this.parts.time.isPaused) this.parts.time.later(0, () => this.takeMessage(message))
    else this.takeMessage(message)
  }

  private linkClosed(reason: string): void {
    if (!this.isRunning) return
    this.isLinkOpen = false
    this.heartbeatMs = null
    this.parts.trace(`link closed: ${reason}`)
    this.handle({ type: 'link-closed' })
    this.redial()
  }

  private takeMessage(message: ManagerMessage): void {
    if (!this.isRunning) return
    switch (message.type) {
      case 'welcome':
        this.handle({ type: 'welcome', clusterId: message.clusterId, epoch: message.epoch })
        this.heartbeatMs = message.heartbeatMs
        this.beat()
        return
      case 'assignment':
        this.parts.arrived(message.assignment)
        this.handle({ type: 'assignment', assignment: message.assignment })
        this.parts.assigned(message.assignment, this.core)
        return
      case 'network':
        this.handle({ type: 'network', message })
        return
      case 'config': {
        const digests = message.contents.map((contents) => contents.digest)
        this.parts.ledger.keepConfigs(digests)
        this.handle({ type: 'config-arrived', digests })
        return
      }
      case 'goodbye':
      case 'open-stream':
        return
      default:
        assertNever(message)
    }
  }

  private handle(event: AgentEvent): void {
    if (!this.isRunning) return
    if (this.parts.isStrict) deepFreeze(event)
    const now = this.parts.time.now + this.parts.clockOffsetMs()
    const effects = this.core.handle(event, now)
    for (const effect of effects) this.carryOut(effect)
    const wakeAt = this.core.wakeAt()
    // A tick that wants another one at once would make a real agent spin.
    if (event.type === 'tick' && wakeAt !== null) {
      this.spins = wakeAt <= now ? this.spins + 1 : 0
      const { name } = this.parts.facts
      assert(this.spins < SPINS_MAX, `the agent of ${name} wants to be woken in the past, again and again`)
    }
    this.setTimer(wakeAt, now)
  }

  private setTimer(wakeAt: Instant | null, now: Instant): void {
    if (wakeAt === this.timerAt) return
    this.cancelTick?.()
    this.cancelTick = null
    this.timerAt = wakeAt
    if (wakeAt === null) return
    this.cancelTick = this.parts.time.schedule(Math.max(TIMER_MIN_MS, wakeAt - now), this.onTimer)
  }

  private carryOut(effect: AgentEffect): void {
    const { engine, ledger, links, facts, trace } = this.parts
    switch (effect.type) {
      case 'operate':
        this.parts.operates(effect.operation, this.core)
        engine.operate(effect.operation, (result) => this.handle({ type: 'operation', id: effect.id, result }))
        return
      case 'hasten-stop':
        engine.hastenStop(effect.containerId, effect.graceMs)
        return
      case 'probe':
        engine.probe(effect.request, (outcome) => {
          this.handle({ type: 'probe', id: effect.id, outcome, message: outcome === 'success' ? '' : 'no answer' })
        })
        return
      case 'send':
        links.sendToManager(facts.name, effect.message)
        return
      case 'apply-network':
        this.later(APPLY_NETWORK_MS, () => {
          this.parts.networkApplied(effect.table)
          this.handle({ type: 'network-applied', version: effect.table.version, problems: [] })
        })
        return
      case 'resolve-images':
        engine.resolve(effect.references, (images) => this.handle({ type: 'resolved', images }))
        return
      case 'inspect':
        this.later(2, () => this.inspect(effect.containerId))
        return
      case 'list-containers':
        this.list()
        return
      case 'reconnect':
        trace(`reconnects: ${effect.reason}`)
        this.isLinkOpen = false
        links.hangUp(facts.name, true)
        this.handle({ type: 'link-closed' })
        this.redial()
        return
      case 'save-assignment':
      case 'save-network':
      case 'save-pod':
      case 'forget-config':
        ledger.write(effect, facts.bootId)
        return
      case 'log':
        trace(effect.message)
        return
      default:
        assertNever(effect)
    }
  }

  private inspect(containerId: string): void {
    const container = this.parts.engine.inspect(containerId)
    this.handle(container === null ? { type: 'container-removed', containerId } : { type: 'container', container })
  }

  private list(): void {
    const { engine } = this.parts
    this.later(LIST_MS, () => {
      this.handle({ type: 'containers', containers: engine.containers(), volumes: engine.volumes() })
    })
  }

  private redial(): void {
    this.later(DIAL_AGAIN_MS, () => {
      if (!this.isLinkOpen) this.parts.links.dial(this.parts.facts.name, this)
    })
  }

  private beat(): void {
    if (this.heartbeatMs !== null) this.parts.time.later(this.heartbeatMs, this.onBeat)
  }

  private later(ms: number, run: () => void): void {
    this.parts.time.later(ms, () => {
      if (this.isRunning) run()
    })
  }
}
