/** All agents that are connected, one connection a node: a newer one replaces the older. */
import type { WebSocket } from 'ws'
import type { AgentMessage } from '../../model/protocol.js'
import { type AgentConnection, AgentSocket } from './agent-connection.js'

export interface ConnectionsListener {
  onConnect(connection: AgentConnection): void
  onMessage(connection: AgentConnection, message: AgentMessage): void
  onClose(connection: AgentConnection): void
  log(line: string): void
}

/**
 * An agent heartbeats every second. The core takes its silence for what it is after 4 s; the connection itself is given
 * up later, since a host that was only slow need not dial again.
 */
const SILENT_MAX_MS = 20_000
const SWEEP_MS = 5_000
/** A name whose agent was heard this recently is in use. */
const LIVE_MS = 10_000

export class AgentConnections {
  private readonly byNode = new Map<string, AgentSocket>()
  private readonly sweeper: NodeJS.Timeout

  constructor(private readonly listener: ConnectionsListener) {
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS)
    this.sweeper.unref()
  }

  accept(node: string, socket: WebSocket): void {
    this.byNode.get(node)?.replace('a newer connection of this node replaces this one')
    const connection = new AgentSocket(node, socket, {
      onMessage: (from, message) => this.listener.onMessage(from, message),
      onClose: (closed) => {
        if (this.byNode.get(closed.node) === closed) this.byNode.delete(closed.node)
        this.listener.onClose(closed)
      },
      log: (line) => this.listener.log(line),
    })
    this.byNode.set(node, connection)
    this.listener.onConnect(connection)
  }

  /** True while the node's agent is connected and speaks. */
  isLive(node: string): boolean {
    const connection = this.byNode.get(node)
    return connection !== undefined && performance.now() - connection.heardAt < LIVE_MS
  }

  /** False when the node is not connected. */
  disconnect(node: string, reason: string): boolean {
    const connection = this.byNode.get(node)
    connection?.close(reason)
    return connection !== undefined
  }

  close(reason: string): void {
    clearInterval(this.sweeper)
    for (const connection of [...this.byNode.values()]) connection.replace(reason)
  }

  private sweep(): void {
    const now = performance.now()
    for (const connection of this.byNode.values()) {
      if (now - connection.heardAt <= SILENT_MAX_MS) continue
      this.listener.log(
        `agent of ${connection.node}: silent for ${Math.round((now - connection.heardAt) / 1_000)} s, hanging up`,
      )
      connection.drop()
    }
  }
}
