/**
 * The live connections of agents and what each node was last told: its assignment, and the network's tables. Sends only
 * to connections that are live; messages of an older one are not listened to.
 */
import { sortedBy } from '../../base/ordered.js'
import type { Assignment } from '../../model/assignment.js'
import { compareGenerations, type Generation } from '../../model/generation.js'
import type { NetworkDelta, Plan } from '../../model/plan.js'
import type { ManagerMessage } from '../../model/protocol.js'
import type { ManagerEffect } from './manager-events.js'

/** What the network's tables say, whole or as the change from an older version. */
type NetworkTables = Pick<NetworkDelta, 'version' | 'podCidr' | 'serviceCidr' | 'services' | 'routes'>

export class AgentLinks {
  readonly #connections = new Map<string, number>()
  readonly #assignments = new Map<string, Assignment>()
  readonly #emit: (effect: ManagerEffect) => void

  constructor(assignments: readonly Assignment[], emit: (effect: ManagerEffect) => void) {
    this.#emit = emit
    this.#takeAll(assignments)
  }

  /** By node. */
  get connections(): ReadonlyMap<string, number> {
    return this.#connections
  }

  /** By node name, in the order in which they were given out. */
  get assignments(): ReadonlyMap<string, Assignment> {
    return this.#assignments
  }

  /** Sorted by node name. */
  sortedAssignments(): readonly Assignment[] {
    return sortedBy(this.#assignments.values(), (assignment) => assignment.node)
  }

  isLive(node: string, connection: number): boolean {
    return this.#connections.get(node) === connection
  }

  connect(node: string, connection: number): void {
    this.#connections.set(node, connection)
  }

  disconnect(node: string): void {
    this.#connections.delete(node)
  }

  /** Takes what a plan gives to nodes and forgets nodes that are no more. `sent` hears of each assignment. */
  takePlan({ assignments, delta }: Plan, sent: (node: string) => void): void {
    for (const assignment of assignments) {
      this.#assignments.set(assignment.node, assignment)
      sent(assignment.node)
    }
    for (const [name, node] of delta.nodes) if (node === null) this.#assignments.delete(name)
  }

  /** Somebody else's plans are in force. */
  replaceAll(assignments: readonly Assignment[]): void {
    this.#assignments.clear()
    this.#takeAll(assignments)
  }

  /**
   * The node's assignment as last planned. Not to an agent that has seen a newer one: the planner sees that and gives it
   * a newer one still, with what it runs. `seen`: the newest that it has reported.
   */
  sendAssignment(node: string, seen: Generation | undefined): void {
    const assignment = this.#assignments.get(node)
    if (assignment === undefined) return
    if (seen !== undefined && compareGenerations(assignment.generation, seen) < 0) return
    this.send(node, { type: 'assignment', assignment })
  }

  /** The tables to one node, or to all; `from`: the version that they change, null where they are whole. */
  sendNetwork(tables: NetworkTables, from: number | null, node: string | null = null): void {
    const message = networkMessage(tables, from)
    for (const name of node === null ? this.#connections.keys() : [node]) this.send(name, message)
  }

  send(node: string, message: ManagerMessage): void {
    const connection = this.#connections.get(node)
    if (connection !== undefined) this.#emit({ type: 'send', node, connection, message })
  }

  #takeAll(assignments: readonly Assignment[]): void {
    for (const assignment of assignments) this.#assignments.set(assignment.node, assignment)
  }
}

function networkMessage(tables: NetworkTables, from: number | null): ManagerMessage {
  return {
    type: 'network',
    isFull: from === null,
    from: from ?? 0,
    version: tables.version,
    podCidr: tables.podCidr,
    serviceCidr: tables.serviceCidr,
    services: Object.fromEntries(tables.services),
    routes: Object.fromEntries(tables.routes),
  }
}
