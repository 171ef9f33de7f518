/**
 * Which endpoint of a service port the next connection goes to: the one with the fewest open connections, ties in turn;
 * one that has just refused a connection comes last. With ClientIP affinity a client keeps its endpoint while that one
 * is in the table (Kubernetes: sessionAffinity). Holds no sockets.
 */
import type { ServiceEndpoint } from '../../model/assignment.js'

/** An endpoint that could not be reached is asked last for this long; the next table or probe decides about it sooner. */
const AVOID_MS = 2_000
/** Clients whose endpoint is remembered; the one heard of longest ago is forgotten first. */
const CLIENTS_MAX = 10_000

export interface BalancedEndpoint {
  readonly key: string
  readonly address: string
  readonly port: number
  /** Open connections and those being opened. */
  connections: number
  /** Until when it is asked last. */
  avoidUntil: number
  /** Not in the table any more. */
  isGone: boolean
}

export class EndpointBalancer {
  #endpoints: readonly BalancedEndpoint[] = []
  #affinityMs: number | null = null
  #turn = 0
  readonly #clients = new Map<string, { readonly endpoint: BalancedEndpoint; readonly until: number }>()

  get endpoints(): readonly BalancedEndpoint[] {
    return this.#endpoints
  }

  /** Takes a new table; returns the endpoints that have left. Those that stay keep their counts. */
  update(table: readonly ServiceEndpoint[], affinitySeconds: number | null): readonly BalancedEndpoint[] {
    const known = new Map(this.#endpoints.map((endpoint) => [endpoint.key, endpoint]))
    const next = new Map<string, BalancedEndpoint>()
    for (const { uid, address, port } of table) {
      // With the uid: an address that another pod has taken over is another endpoint.
      const key = `${uid} ${address}:${port}`
      next.set(key, known.get(key) ?? { key, address, port, connections: 0, avoidUntil: 0, isGone: false })
    }
    const gone = this.#endpoints.filter((endpoint) => !next.has(endpoint.key))
    for (const endpoint of gone) endpoint.isGone = true
    this.#endpoints = [...next.values()]
    this.#affinityMs = affinitySeconds === null ? null : affinitySeconds * 1000
    if (this.#affinityMs === null) this.#clients.clear()
    for (const [client, { endpoint }] of this.#clients) if (endpoint.isGone) this.#clients.delete(client)
    return gone
  }

  /** The endpoint for a client's connection; null when all have been tried. */
  choose(client: string, tried: ReadonlySet<BalancedEndpoint>, now: number): BalancedEndpoint | null {
    const kept = this.#keptEndpoint(client, now)
    const endpoint = kept !== null && !tried.has(kept) ? kept : this.#leastBusy(tried, now)
    if (endpoint !== null && this.#affinityMs !== null) this.#keep(client, endpoint, now + this.#affinityMs)
    return endpoint
  }

  /** The endpoint could not be reached. */
  avoid(endpoint: BalancedEndpoint, now: number): void {
    endpoint.avoidUntil = now + AVOID_MS
  }

  #keptEndpoint(client: string, now: number): BalancedEndpoint | null {
    if (this.#affinityMs === null) return null
    const kept = this.#clients.get(client)
    return kept !== undefined && kept.until > now ? kept.endpoint : null
  }

  #keep(client: string, endpoint: BalancedEndpoint, until: number): void {
    // Deleted first, so that the map's order is that of the last connection.
    this.#clients.delete(client)
    this.#clients.set(client, { endpoint, until })
    if (this.#clients.size <= CLIENTS_MAX) return
    const oldest = this.#clients.keys().next()
    if (!oldest.done) this.#clients.delete(oldest.value)
  }

  #leastBusy(tried: ReadonlySet<BalancedEndpoint>, now: number): BalancedEndpoint | null {
    let best: BalancedEndpoint | null = null
    let bestAvoided = false
    const { length } = this.#endpoints
    this.#turn = length === 0 ? 0 : (this.#turn + 1) % length
    for (let i = 0; i < length; i++) {
      const endpoint = this.#endpoints[(this.#turn + i) % length]!
      if (tried.has(endpoint)) continue
      const isAvoided = endpoint.avoidUntil > now
      const isBetter =
        best === null ||
        (bestAvoided && !isAvoided) ||
        (bestAvoided === isAvoided && endpoint.connections < best.connections)
      if (!isBetter) continue
      best = endpoint
      bestAvoided = isAvoided
    }
    return best
  }
}
