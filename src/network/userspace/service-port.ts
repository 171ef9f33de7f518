/**
 * One port of one Service: takes clients' connections and carries each to an endpoint. A connection that cannot be made
 * is tried at another endpoint; one that was made stays with its endpoint also after that has left the table. Nothing is
 * held in memory but the streams' own bounded buffers: a slow reader slows its writer down.
 */
import net from 'node:net'
import type { ServiceEndpoint } from '../../model/assignment.js'
import { type BalancedEndpoint, EndpointBalancer } from './endpoint-balancer.js'

/** A pod on a live host answers within a millisecond; more means that the host or the pod has gone. */
const CONNECT_LIMIT_MS = 1_000
/** Notices peers that went away without a word. */
const KEEP_ALIVE_MS = 60_000

/** Counts the connections of all ports together. */
export interface ConnectionBudget {
  open: number
  readonly max: number
}

export class ServicePort {
  readonly #balancer = new EndpointBalancer()
  /** Connections being made, by endpoint: those are taken elsewhere when the endpoint leaves. */
  readonly #connecting = new Map<BalancedEndpoint, Set<() => void>>()
  readonly #sockets = new Set<net.Socket>()

  constructor(private readonly budget: ConnectionBudget) {}

  get hasEndpoints(): boolean {
    return this.#balancer.endpoints.length > 0
  }

  /** From now on no new connection goes to an endpoint outside of the table; one being made to such is taken elsewhere. */
  update(table: readonly ServiceEndpoint[], affinitySeconds: number | null): void {
    for (const endpoint of this.#balancer.update(table, affinitySeconds)) {
      const moves = [...(this.#connecting.get(endpoint) ?? [])]
      for (const moveOn of moves) moveOn()
    }
  }

  /** Takes over a client's connection. */
  accept(client: net.Socket): void {
    if (this.budget.open >= this.budget.max) {
      client.resetAndDestroy()
      return
    }
    this.budget.open++
    this.#sockets.add(client)
    client.once('close', () => {
      this.budget.open--
      this.#sockets.delete(client)
    })
    // Replaced by the pair's own once there is one; without any the process would end.
    client.on('error', () => client.destroy())
    this.#connect(client, new Set())
  }

  /** Breaks all connections. */
  close(): void {
    this.#balancer.update([], null)
    for (const socket of this.#sockets) socket.destroy()
  }

  #connect(client: net.Socket, tried: Set<BalancedEndpoint>): void {
    if (client.destroyed) return
    const endpoint = this.#balancer.choose(client.remoteAddress ?? '', tried, Date.now())
    if (endpoint === null) {
      client.resetAndDestroy()
      return
    }
    tried.add(endpoint)
    endpoint.connections++
    const { address: host, port } = endpoint
    const upstream = net.connect({ host, port, allowHalfOpen: true, noDelay: true })
    this.#sockets.add(upstream)
    upstream.once('close', () => {
      endpoint.connections--
      this.#sockets.delete(upstream)
    })
    const settle = (): void => {
      clearTimeout(timer)
      this.#forget(endpoint, moveOn)
      upstream.removeAllListeners('connect')
      upstream.removeAllListeners('error')
      upstream.on('error', () => undefined)
    }
    const moveOn = (): void => {
      settle()
      upstream.destroy()
      this.#connect(client, tried)
    }
    const fail = (): void => {
      this.#balancer.avoid(endpoint, Date.now())
      moveOn()
    }
    const timer = setTimeout(fail, CONNECT_LIMIT_MS)
    this.#remember(endpoint, moveOn)
    upstream.once('error', fail)
    upstream.once('connect', () => {
      settle()
      joinSockets(client, upstream)
    })
  }

  #remember(endpoint: BalancedEndpoint, moveOn: () => void): void {
    const moves = this.#connecting.get(endpoint) ?? new Set()
    moves.add(moveOn)
    this.#connecting.set(endpoint, moves)
  }

  #forget(endpoint: BalancedEndpoint, moveOn: () => void): void {
    const moves = this.#connecting.get(endpoint)
    moves?.delete(moveOn)
    if (moves?.size === 0) this.#connecting.delete(endpoint)
  }
}

/** Carries bytes both ways. An end on one side is an end on the other (half-close); an error on one breaks the other. */
function joinSockets(client: net.Socket, upstream: net.Socket): void {
  const bind = (from: net.Socket, to: net.Socket): void => {
    from.setKeepAlive(true, KEEP_ALIVE_MS)
    from.removeAllListeners('error')
    from.on('error', () => {
      to.resetAndDestroy()
      from.destroy()
    })
    from.once('close', (hadError) => {
      if (hadError || !from.readableEnded) to.destroy()
    })
    from.pipe(to)
  }
  if (client.destroyed) {
    upstream.destroy()
    return
  }
  bind(client, upstream)
  bind(upstream, client)
}
