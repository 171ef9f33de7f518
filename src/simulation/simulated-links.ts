/**
 * Connections between agents and the manager: messages take a while, keep their order, and in strict runs are text on the
 * way (so that nothing is shared, and every message passes the manager's own decoder). A cut holds messages back as TCP does; a side
 * that hears nothing for long gives the connection up. A reset loses what is on the way, or brings it after the next
 * connection has opened; one connection never reorders (it is TLS). Neither does it repeat, but for a fault that has every
 * message come twice: nobody may count on that it came once.
 */
import { assert } from '../base/assert.js'
import { deepFreeze } from '../base/deep-freeze.js'
import type { Instant } from '../base/instant.js'
import type { Random } from '../base/random.js'
import { decodeMessage } from '../manager/link/decode-message.js'
import type { AgentMessage, ManagerMessage } from '../model/protocol.js'
import type { TimeSource } from './pausable-time.js'

export interface AgentSide {
  opened(): void
  message(message: ManagerMessage): void
  closed(reason: string): void
}

export interface ManagerSide {
  /** False while no manager runs: dialling fails. */
  isUp(): boolean
  /** False for a host that is no member (any more): its certificate is refused. */
  accepts(node: string): boolean
  connected(node: string, connection: number): void
  message(node: string, connection: number, message: AgentMessage): void
  closed(node: string, connection: number): void
}

export type Direction = 'to-manager' | 'to-agent'

interface Connection {
  readonly number: number
  readonly node: string
  readonly agent: AgentSide
  isAgentOpen: boolean
  isManagerOpen: boolean
  /** Delivered no earlier than this, each way, to keep the order. */
  readonly nextAt: Record<Direction, Instant>
  readonly held: Record<Direction, (() => void)[]>
  readonly deliverHeartbeat: () => void
  /** What was sent before a reset is lost; but what was on its way to the manager then may come so much later. */
  lives: number
  lateMs: number | null
  /** Which process of the manager has accepted it. */
  readonly managerLife: number
}

/** The cuts that hold for one node, counted: faults may overlap. */
interface Cuts {
  readonly count: Record<Direction, number>
  /** Changes with every cut: an older cut's patience is void. */
  serial: number
}

/** As the real ends of the link: the agent gives up sooner, since it must find the next manager. */
const AGENT_PATIENCE_MS = 10_000
const MANAGER_PATIENCE_MS = 20_000
const DIAL_AGAIN_MS = 500

const NONE: readonly Connection[] = []
const heartbeat: AgentMessage = deepFreeze({ type: 'heartbeat' })

export class SimulatedLinks {
  private readonly connections = new Map<string, Connection[]>()
  private readonly byNumber = new Map<number, Connection>()
  private readonly cuts = new Map<string, Cuts>()
  private readonly dialling = new Map<string, () => void>()
  private readonly delays = new Map<string, number>()
  private readonly repeated = new Set<string>()
  /** What goes to many agents is made once. */
  private readonly copies = new WeakMap<ManagerMessage, ManagerMessage>()
  private nextNumber = 1
  private managerLife = 0

  constructor(
    private readonly time: TimeSource,
    private readonly random: (node: string) => Random,
    private readonly manager: ManagerSide,
    /** True: messages are text on the way, checked and frozen at the other end. Runs are the same either way. */
    private readonly isText: boolean,
  ) {}

  /** Dials until it succeeds or `hangUp`. */
  dial(node: string, agent: AgentSide): void {
    this.dialling.get(node)?.()
    const tryOnce = (): void => {
      if (this.isCut(node) || !this.manager.isUp() || !this.manager.accepts(node)) {
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
      if (isTold) this.carry(connection, 'to-manager', () => this.endAtManager(connection))
      else this.time.schedule(MANAGER_PATIENCE_MS, () => this.endAtManager(connection))
    }
  }

  sendToManager(node: string, message: AgentMessage): void {
    const connection = this.openOf(node)
    if (connection === null) return
    if (message.type === 'heartbeat') {
      // Most messages by far, and always the same.
      this.carry(connection, 'to-manager', connection.deliverHeartbeat)
      return
    }
    const bytes = this.isText ? Buffer.from(JSON.stringify(message)) : null
    this.carry(connection, 'to-manager', () => {
      for (let copies = this.copiesOf(node); copies > 0 && this.isReadStill(connection); copies--)
        this.manager.message(node, connection.number, bytes === null ? message : decode(node, bytes))
    })
  }

  sendToAgent(number: number, message: ManagerMessage): void {
    const connection = this.byNumber.get(number)
    if (connection === undefined || !connection.isManagerOpen) return
    const sent = this.written(message)
    this.carry(connection, 'to-agent', () => {
      for (let copies = this.copiesOf(connection.node); copies > 0 && connection.isAgentOpen; copies--)
        connection.agent.message(sent)
    })
  }

  /** The manager ends one connection. */
  close(number: number, reason: string): void {
    const connection = this.byNumber.get(number)
    if (connection === undefined || !connection.isManagerOpen) return
    this.endAtManager(connection)
    this.carry(connection, 'to-agent', () => this.endAtAgent(connection, reason))
  }

  /** The manager's process is gone: the kernel there resets every connection. */
  managerDied(): void {
    this.managerLife++
    for (const connection of this.byNumber.values()) {
      connection.isManagerOpen = false
      this.carry(connection, 'to-agent', () => this.endAtAgent(connection, 'the manager is gone'))
    }
  }

  /** Holds back what is sent one way; both ways in two calls. Cuts are counted: each ends by its own `heal`. */
  cut(node: string, direction: Direction): void {
    let cuts = this.cuts.get(node)
    if (cuts === undefined) {
      cuts = { count: { 'to-manager': 0, 'to-agent': 0 }, serial: 0 }
      this.cuts.set(node, cuts)
    }
    const serial = ++cuts.serial
    cuts.count[direction]++
    const stillCut = (): boolean => cuts.count[direction] > 0 && cuts.serial >= serial
    for (const connection of this.of(node)) {
      if (direction === 'to-agent')
        this.time.schedule(AGENT_PATIENCE_MS, () => {
          if (stillCut()) this.giveUpAtAgent(connection)
        })
      else
        this.time.schedule(MANAGER_PATIENCE_MS, () => {
          if (stillCut()) this.giveUpAtManager(connection)
        })
    }
  }

  heal(node: string, direction: Direction): void {
    const cuts = this.cuts.get(node)
    if (cuts === undefined || cuts.count[direction] === 0) return
    cuts.count[direction]--
    if (cuts.count[direction] > 0) return
    for (const connection of this.of(node)) for (const deliver of connection.held[direction].splice(0)) deliver()
  }

  /** Every message of a node takes so much longer from now on; null: as usual. */
  delay(node: string, ms: number | null): void {
    if (ms === null) this.delays.delete(node)
    else this.delays.set(node, ms)
  }

  /** Every message of a node comes twice from now on, or once again. */
  repeat(node: string, isRepeated: boolean): void {
    if (isRepeated) this.repeated.add(node)
    else this.repeated.delete(node)
  }

  /**
   * The connection breaks: what is on the way to the agent is lost; what is on the way to the manager is lost too, or
   * comes late (`lateMs`), when another connection may have opened.
   */
  reset(node: string, lateMs: number | null): void {
    for (const connection of this.of(node)) {
      if (!connection.isAgentOpen) continue
      connection.lives++
      connection.lateMs = lateMs
      connection.held['to-agent'].length = 0
      const late = connection.held['to-manager'].splice(0)
      if (lateMs !== null) this.time.schedule(lateMs, () => this.deliverLate(connection, late))
      this.giveUpAtAgent(connection)
      this.time.schedule(lateMs ?? MANAGER_PATIENCE_MS, () => this.endAtManager(connection))
    }
  }

  isCut(node: string): boolean {
    const count = this.cuts.get(node)?.count
    return count !== undefined && (count['to-manager'] > 0 || count['to-agent'] > 0)
  }

  private copiesOf(node: string): number {
    return this.repeated.has(node) ? 2 : 1
  }

  /** As it is read at the other end: by way of text once, however many agents it goes to. Frozen, so that they share nothing. */
  private written(message: ManagerMessage): ManagerMessage {
    if (!this.isText) return message
    let copy = this.copies.get(message)
    if (copy === undefined) {
      copy = deepFreeze(JSON.parse(JSON.stringify(message)) as ManagerMessage)
      this.copies.set(message, copy)
    }
    return copy
  }

  private deliverLate(connection: Connection, late: readonly (() => void)[]): void {
    for (const deliver of late) deliver()
    connection.deliverHeartbeat()
  }

  /** Even when the manager has closed it: as long as that process lives, its reader may hold what came before. */
  private isReadStill(connection: Connection): boolean {
    return connection.isManagerOpen || (connection.lateMs !== null && connection.managerLife === this.managerLife)
  }

  private open(node: string, agent: AgentSide): void {
    for (const older of [...this.of(node)]) this.endAtManager(older)
    const { now } = this.time
    const connection: Connection = {
      number: this.nextNumber++,
      node,
      agent,
      isAgentOpen: true,
      isManagerOpen: true,
      nextAt: { 'to-manager': now, 'to-agent': now },
      held: { 'to-manager': [], 'to-agent': [] },
      lives: 0,
      lateMs: null,
      managerLife: this.managerLife,
      deliverHeartbeat: () => {
        if (this.isReadStill(connection)) this.manager.message(node, connection.number, heartbeat)
      },
    }
    this.byNumber.set(connection.number, connection)
    this.connections.set(node, [...this.of(node), connection])
    this.manager.connected(node, connection.number)
    agent.opened()
  }

  /** Sends one way: takes the link's time, keeps the order, waits while the link is cut. */
  private carry(connection: Connection, direction: Direction, deliver: () => void): void {
    const { lives, node } = connection
    const latency = this.random(node).integer(1, 4) + (this.delays.get(node) ?? 0)
    const at = Math.max(this.time.now + latency, connection.nextAt[direction])
    connection.nextAt[direction] = at
    this.time.later(at - this.time.now, () => {
      if (lives !== connection.lives) {
        if (direction === 'to-manager' && connection.lateMs !== null) this.time.later(connection.lateMs, deliver)
        return
      }
      const held = connection.held[direction]
      if ((this.cuts.get(node)?.count[direction] ?? 0) > 0) held.push(deliver)
      else deliver()
    })
  }

  /** Heard nothing for too long: the other side learns of it as far as the link lets it. */
  private giveUpAtAgent(connection: Connection): void {
    if (!connection.isAgentOpen) return
    this.endAtAgent(connection, 'the manager is silent')
    if (connection.isManagerOpen) this.carry(connection, 'to-manager', () => this.endAtManager(connection))
  }

  private giveUpAtManager(connection: Connection): void {
    if (!connection.isManagerOpen) return
    this.endAtManager(connection)
    if (connection.isAgentOpen)
      this.carry(connection, 'to-agent', () => this.endAtAgent(connection, 'the manager gave up'))
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
    if (connection.isAgentOpen || connection.isManagerOpen) return
    this.byNumber.delete(connection.number)
    this.connections.set(
      connection.node,
      this.of(connection.node).filter((other) => other !== connection),
    )
  }

  private openOf(node: string): Connection | null {
    for (const connection of this.of(node)) if (connection.isAgentOpen) return connection
    return null
  }

  private of(node: string): readonly Connection[] {
    return this.connections.get(node) ?? NONE
  }
}

function decode(node: string, bytes: Buffer): AgentMessage {
  const decoded = decodeMessage(bytes)
  assert(decoded.good, `the agent of ${node} sent a malformed message: ${decoded.good ? '' : decoded.problem}`)
  return deepFreeze(decoded.message)
}
