/**
 * Connections between agents and the manager: messages take a while, keep their order, and are text on the way (so that
 * nothing is shared, and every message passes the manager's own decoder). A cut link holds messages back as TCP does; a
 * side that hears nothing for long gives the connection up.
 */
import { assert } from '../base/assert.js'
import { deepFreeze } from '../base/deep-freeze.js'
import type { Instant } from '../base/instant.js'
import type { Random } from '../base/random.js'
import { decodeMessage } from '../manager/link/decode-message.js'
import type { AgentMessage, ManagerMessage } from '../model/protocol.js'
import type { SimulatedTime } from './simulated-time.js'

export interface AgentSide {
  opened(): void
  message(message: ManagerMessage): void
  closed(reason: string): void
}

export interface ManagerSide {
  /** False while no manager runs: dialling fails. */
  isUp(): boolean
  connected(node: string, connection: number): void
  message(node: string, connection: number, message: AgentMessage): void
  closed(node: string, connection: number): void
}

interface Connection {
  readonly number: number
  readonly node: string
  readonly agent: AgentSide
  isAgentOpen: boolean
  isManagerOpen: boolean
  /** Delivered no earlier than this, each way, to keep the order. */
  nextToManager: Instant
  nextToAgent: Instant
  readonly held: (() => void)[]
}

/** As the real ends of the link: the agent gives up sooner, since it must find the next manager. */
const AGENT_PATIENCE_MS = 10_000
const MANAGER_PATIENCE_MS = 20_000
const DIAL_AGAIN_MS = 500

export class SimulatedLinks {
  private readonly connections = new Map<number, Connection>()
  /** By node, the number of the cut that holds now. */
  private readonly cuts = new Map<string, number>()
  private readonly dialling = new Map<string, () => void>()
  private nextNumber = 1

  constructor(
    private readonly time: SimulatedTime,
    private readonly random: (node: string) => Random,
    private readonly manager: ManagerSide,
  ) {}

  /** Dials until it succeeds or `hangUp`. */
  dial(node: string, agent: AgentSide): void {
    this.dialling.get(node)?.()
    const tryOnce = (): void => {
      if (this.cuts.has(node) || !this.manager.isUp()) {
        wait(DIAL_AGAIN_MS + this.random(node).integer(0, 250))
        return
      }
      this.dialling.delete(node)
      this.open(node, agent)
    }
    const wait = (ms: number): void => {
      this.dialling.set(node, this.time.schedule(ms, tryOnce))
    }
    wait(this.random(node).integer(4, 12))
  }

  /** The agent's process or its host is gone: the manager notices only when the kernel there still says so. */
  hangUp(node: string, isTold: boolean): void {
    this.dialling.get(node)?.()
    this.dialling.delete(node)
    for (const connection of this.of(node)) {
      connection.isAgentOpen = false
      if (isTold) this.toManager(connection, () => this.endAtManager(connection))
      else this.time.schedule(MANAGER_PATIENCE_MS, () => this.endAtManager(connection))
    }
  }

  sendToManager(node: string, message: AgentMessage): void {
    const connection = this.of(node).find((candidate) => candidate.isAgentOpen)
    if (connection === undefined) return
    const bytes = Buffer.from(JSON.stringify(message))
    this.toManager(connection, () => {
      if (!connection.isManagerOpen) return
      const decoded = decodeMessage(bytes)
      assert(
        decoded.good,
        `the agent of ${node} sent a malformed ${message.type}: ${decoded.good ? '' : decoded.problem}`,
      )
      this.manager.message(node, connection.number, deepFreeze(decoded.message))
    })
  }

  sendToAgent(number: number, message: ManagerMessage): void {
    const connection = this.connections.get(number)
    if (connection === undefined || !connection.isManagerOpen) return
    const text = JSON.stringify(message)
    this.toAgent(connection, () => {
      if (connection.isAgentOpen) connection.agent.message(deepFreeze(JSON.parse(text) as ManagerMessage))
    })
  }

  /** The manager ends one connection. */
  close(number: number, reason: string): void {
    const connection = this.connections.get(number)
    if (connection === undefined || !connection.isManagerOpen) return
    this.endAtManager(connection)
    this.toAgent(connection, () => this.endAtAgent(connection, reason))
  }

  /** The manager's process is gone: the kernel there resets every connection. */
  managerDied(): void {
    for (const connection of this.connections.values()) {
      connection.isManagerOpen = false
      this.toAgent(connection, () => this.endAtAgent(connection, 'the manager is gone'))
    }
  }

  cut(node: string): void {
    const cut = this.nextNumber++
    this.cuts.set(node, cut)
    for (const connection of this.of(node)) {
      this.time.schedule(AGENT_PATIENCE_MS, () => {
        if (this.cuts.get(node) === cut) this.endAtAgent(connection, 'the manager is silent')
      })
      this.time.schedule(MANAGER_PATIENCE_MS, () => {
        if (this.cuts.get(node) === cut) this.endAtManager(connection)
      })
    }
  }

  heal(node: string): void {
    this.cuts.delete(node)
    for (const connection of this.of(node)) for (const deliver of connection.held.splice(0)) deliver()
  }

  private open(node: string, agent: AgentSide): void {
    for (const older of this.of(node)) this.endAtManager(older)
    const { now } = this.time
    const connection: Connection = {
      number: this.nextNumber++,
      node,
      agent,
      isAgentOpen: true,
      isManagerOpen: true,
      nextToManager: now,
      nextToAgent: now,
      held: [],
    }
    this.connections.set(connection.number, connection)
    this.manager.connected(node, connection.number)
    agent.opened()
  }

  private toManager(connection: Connection, deliver: () => void): void {
    this.hold(connection, () => {
      const at = Math.max(this.time.now + this.latency(connection.node), connection.nextToManager)
      connection.nextToManager = at
      this.time.schedule(at - this.time.now, () => this.hold(connection, deliver))
    })
  }

  private toAgent(connection: Connection, deliver: () => void): void {
    this.hold(connection, () => {
      const at = Math.max(this.time.now + this.latency(connection.node), connection.nextToAgent)
      connection.nextToAgent = at
      this.time.schedule(at - this.time.now, () => this.hold(connection, deliver))
    })
  }

  /** Now, or once the cut is healed. */
  private hold(connection: Connection, run: () => void): void {
    if (this.cuts.has(connection.node)) connection.held.push(run)
    else run()
  }

  private endAtAgent(connection: Connection, reason: string): void {
    if (!connection.isAgentOpen) return
    connection.isAgentOpen = false
    this.forget(connection)
    connection.agent.closed(reason)
  }

  private endAtManager(connection: Connection): void {
    if (!connection.isManagerOpen) return
    connection.isManagerOpen = false
    this.forget(connection)
    this.manager.closed(connection.node, connection.number)
  }

  private forget(connection: Connection): void {
    if (!connection.isAgentOpen && !connection.isManagerOpen) this.connections.delete(connection.number)
  }

  private of(node: string): readonly Connection[] {
    return [...this.connections.values()].filter((connection) => connection.node === node)
  }

  private latency(node: string): number {
    return this.random(node).integer(1, 4)
  }
}
