/** The agents' connections by number: the core knows a connection by one that no other ever had. */
import type { AgentConnection } from './link/link-server.js'

export class NodeConnections {
  readonly #byNumber = new Map<number, AgentConnection>()
  readonly #numbers = new WeakMap<AgentConnection, number>()
  #next = 1

  add(connection: AgentConnection): void {
    this.#numbers.set(connection, this.#next)
    this.#byNumber.set(this.#next++, connection)
  }

  /** It keeps its number: what is still to be said of it is said by that. */
  remove(connection: AgentConnection): void {
    this.#byNumber.delete(this.numberOf(connection))
  }

  /** 0 for one that was never added. */
  numberOf(connection: AgentConnection): number {
    return this.#numbers.get(connection) ?? 0
  }

  /** Undefined once it is closed. */
  get(number: number): AgentConnection | undefined {
    return this.#byNumber.get(number)
  }

  /** The newest of a node; throws when there is none, with where to look. */
  ofNode(node: string): AgentConnection {
    const connection = [...this.#byNumber.values()].reverse().find((candidate) => candidate.node === node)
    if (connection === undefined) throw new Error(`node ${node} is not connected: see headway status`)
    return connection
  }
}
