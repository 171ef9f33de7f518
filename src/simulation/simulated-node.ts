/** A host: power, engine, disk (the ledger), clock, and at times an agent's process. */
import type { AgentCore } from '../agents/core/agent-core.js'
import type { Operation } from '../agents/core/agent-effect.js'
import type { Instant } from '../base/instant.js'
import type { Assignment, NetworkTable } from '../model/assignment.js'
import { compareGenerations } from '../model/generation.js'
import type { NodeFacts } from '../model/observed-state.js'
import { parseMilli, parseUnits } from '../model/quantity.js'
import type { PausableTime } from './pausable-time.js'
import { SimulatedAgent } from './simulated-agent.js'
import { type EngineOptions, SimulatedEngine } from './simulated-engine.js'
import { SimulatedLedger } from './simulated-ledger.js'
import type { SimulatedLinks } from './simulated-links.js'

export interface NodeOptions {
  readonly name: string
  /** Quantities: `4`, `500m`. */
  readonly cpu?: string
  /** Quantities: `8Gi`. */
  readonly memory?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** Who watches what a host truly does. */
export interface NodeWatcher {
  operates(node: SimulatedNode, operation: Operation, core: AgentCore): void
  assigned(node: SimulatedNode, assignment: Assignment, core: AgentCore): void
}

export interface NodeParts {
  readonly options: NodeOptions
  readonly address: string
  readonly links: SimulatedLinks
  readonly time: PausableTime
  readonly engine: EngineOptions
  readonly isStrict: boolean
  readonly watcher: NodeWatcher
}

export class SimulatedNode {
  readonly engine: SimulatedEngine
  readonly ledger = new SimulatedLedger()
  /** What it can hold. */
  readonly amounts: NodeFacts['allocatable']
  isOn = false
  /** How far its clock is ahead of true time. */
  clockOffsetMs = 0
  /** The table its data plane obeys; null since it booted. */
  appliedNetwork: NetworkTable | null = null
  /** Of those that came: what the host must obey; null when none came since its disk forgot something. */
  private newest: { readonly assignment: Assignment; readonly losses: number } | null = null
  private agent: SimulatedAgent | null = null
  private boots = 0
  private agentDowntimes = 0

  constructor(private readonly parts: NodeParts) {
    this.engine = new SimulatedEngine({ ...parts.engine, clockOffsetMs: () => this.clockOffsetMs })
    const { cpu = '4', memory = '8Gi' } = parts.options
    this.amounts = {
      cpuMilli: parseMilli(cpu),
      memoryBytes: parseUnits(memory),
      ephemeralStorageBytes: 50 * 2 ** 30,
      pods: 110,
      extended: {},
    }
  }

  get name(): string {
    return this.parts.options.name
  }

  get hasAgent(): boolean {
    return this.agent !== null
  }

  /** The newest assignment that came to it; null when none did since its disk forgot something. */
  get newestAssignment(): Assignment | null {
    return this.newest?.losses === this.ledger.losses ? this.newest.assignment : null
  }

  get isPaused(): boolean {
    return this.parts.time.isPaused
  }

  /** Power on: the agent starts with the host. */
  boot(): void {
    if (this.isOn) return
    this.isOn = true
    this.boots++
    this.startAgent()
  }

  powerOff(): void {
    if (!this.isOn) return
    this.isOn = false
    this.endAgent(false)
    this.appliedNetwork = null
    this.engine.powerOff()
    this.parts.time.resume()
  }

  /** The host stands still, as a suspended virtual machine; the world cuts its cable too. */
  pause(): void {
    this.parts.time.pause()
  }

  resume(): void {
    this.parts.time.resume()
  }

  /** SIGKILL to the agent; it is started again after a while, as systemd does. */
  crashAgent(downMs: number, losesLedger: boolean): void {
    if (!this.isOn) return
    this.endAgent(true)
    if (losesLedger) this.ledger.lose()
    const downtime = ++this.agentDowntimes
    this.parts.time.schedule(downMs, () => {
      if (this.isOn && this.agent === null && downtime === this.agentDowntimes) this.startAgent()
    })
  }

  /** Starts the agent now when it is only to be started later. */
  hastenAgent(): void {
    if (this.isOn && this.agent === null) this.startAgent()
  }

  facts(): NodeFacts {
    const { name, labels = {} } = this.parts.options
    return {
      name,
      address: this.parts.address,
      agentVersion: 'simulated',
      engineVersion: 'simulated',
      kernelVersion: 'simulated',
      osImage: 'simulated',
      architecture: 'amd64',
      capacity: this.amounts,
      allocatable: this.amounts,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/arch': 'amd64', 'kubernetes.io/os': 'linux', ...labels },
      images: this.engine.images(),
      bootId: `${name}-boot-${this.boots}`,
      agentPid: 100 + this.boots,
    }
  }

  /** True while a message could come out of it: power, no pause, an agent. */
  get isWorking(): boolean {
    return this.isOn && this.agent !== null && !this.isPaused
  }

  get now(): Instant {
    return this.parts.time.now
  }

  private startAgent(): void {
    const { engine, links, time, isStrict, watcher } = this.parts
    const { clusterId, trace } = engine
    this.agent = new SimulatedAgent({
      clusterId,
      time,
      engine: this.engine,
      ledger: this.ledger,
      links,
      trace,
      facts: this.facts(),
      isStrict,
      clockOffsetMs: () => this.clockOffsetMs,
      operates: (operation, core) => watcher.operates(this, operation, core),
      arrived: (assignment) => this.takeAssignment(assignment),
      assigned: (assignment, core) => watcher.assigned(this, assignment, core),
      networkApplied: (table) => {
        this.appliedNetwork = table
      },
    })
  }

  private takeAssignment(assignment: Assignment): void {
    const known = this.newestAssignment
    if (known !== null && compareGenerations(assignment.generation, known.generation) < 0) return
    this.newest = { assignment, losses: this.ledger.losses }
  }

  private endAgent(isTold: boolean): void {
    this.agent?.stop(isTold)
    this.agent = null
    this.ledger.processEnded()
  }
}

/** The address of the n-th host. */
export function hostAddress(index: number): string {
  return `192.168.${Math.floor(index / 250)}.${(index % 250) + 1}`
}

/** When simulations begin: a round number, so that traces read well. */
export const SIMULATION_START: Instant = Date.UTC(2026, 0, 1)
