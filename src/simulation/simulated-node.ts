/** A host: power, engine, disk (the ledger) and at times an agent's process. */
import type { Instant } from '../base/instant.js'
import type { NodeFacts } from '../model/observed-state.js'
import { parseMilli, parseUnits } from '../model/quantity.js'
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

export class SimulatedNode {
  readonly engine: SimulatedEngine
  readonly ledger = new SimulatedLedger()
  private agent: SimulatedAgent | null = null
  private boots = 0
  isOn = false

  constructor(
    readonly options: NodeOptions,
    private readonly address: string,
    private readonly links: SimulatedLinks,
    private readonly engineOptions: EngineOptions,
  ) {
    this.engine = new SimulatedEngine(engineOptions)
  }

  get name(): string {
    return this.options.name
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
    this.agent?.stop(false)
    this.agent = null
    this.engine.powerOff()
  }

  /** SIGKILL to the agent; it is started again after a while, as systemd does. */
  crashAgent(downMs: number): void {
    if (this.agent === null) return
    this.agent.stop(true)
    this.agent = null
    this.engineOptions.time.schedule(downMs, () => {
      if (this.isOn && this.agent === null) this.startAgent()
    })
  }

  private startAgent(): void {
    const { clusterId, time, trace } = this.engineOptions
    const { engine, ledger, links } = this
    this.agent = new SimulatedAgent({ clusterId, time, engine, ledger, links, trace, facts: this.facts() })
  }

  private facts(): NodeFacts {
    const { name, cpu = '4', memory = '8Gi', labels = {} } = this.options
    const amounts = {
      cpuMilli: parseMilli(cpu),
      memoryBytes: parseUnits(memory),
      ephemeralStorageBytes: 50 * 2 ** 30,
      pods: 110,
      extended: {},
    }
    return {
      name,
      address: this.address,
      agentVersion: 'simulated',
      engineVersion: 'simulated',
      kernelVersion: 'simulated',
      osImage: 'simulated',
      architecture: 'amd64',
      capacity: amounts,
      allocatable: amounts,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/arch': 'amd64', 'kubernetes.io/os': 'linux', ...labels },
      images: this.engine.images(),
      bootId: `${name}-boot-${this.boots}`,
      agentPid: 100 + this.boots,
    }
  }
}

/** The address of the n-th host. */
export function hostAddress(index: number): string {
  return `192.168.${Math.floor(index / 250)}.${(index % 250) + 1}`
}

/** When simulations begin: a round number, so that traces read well. */
export const SIMULATION_START: Instant = Date.UTC(2026, 0, 1)
