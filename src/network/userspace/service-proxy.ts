/**
 * The listeners of all Services on one node: each at its virtual address and port, and at its node port. A Service
 * without endpoints has none, so the kernel refuses its connections. Ports in use are told, and tried again.
 */
import net from 'node:net'
import type { NetworkTable, ServicePortTable, ServiceTable } from '../../model/assignment.js'
import { formatKey } from '../../model/keys.js'
import { type ConnectionBudget, ServicePort } from './service-port.js'

const BACKLOG = 1024
/** A port that another program holds is tried again so often. */
const RETRY_MS = 2_000

export interface ServiceProxyOptions {
  /** Connections open at once on this node; about 20 KB each. */
  readonly connectionsMax: number
  /** Where node ports are opened: `0.0.0.0`. */
  readonly nodePortAddress: string
  readonly log: (line: string) => void
}

/** A listening address that should be there, and whose it is. */
interface Target {
  readonly owner: string
  readonly address: string
  readonly port: number
  /** The service port that the connections go to. */
  readonly portKey: string
}

export class ServiceProxy {
  readonly #budget: ConnectionBudget
  readonly #ports = new Map<string, ServicePort>()
  readonly #listeners = new Map<string, net.Server>()
  #targets = new Map<string, Target>()
  #retry: NodeJS.Timeout | null = null
  /** Work on listeners, one after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(private readonly options: ServiceProxyOptions) {
    this.#budget = { open: 0, max: options.connectionsMax }
  }

  get openConnections(): number {
    return this.#budget.open
  }

  /** Obeys the table; resolves when it does, with what could not be done. */
  async apply(table: NetworkTable): Promise<readonly string[]> {
    const problems: string[] = []
    const targets = new Map<string, Target>()
    const wanted = new Set<string>()
    for (const service of table.services.values()) {
      for (const port of service.ports) {
        const owner = `${formatKey(service.key)} port ${port.name || port.port}`
        if (port.protocol !== 'TCP') {
          problems.push(`${owner}: ${port.protocol} is not carried out yet; only TCP is`)
          continue
        }
        const portKey = `${service.key} ${port.name} ${port.port}`
        wanted.add(portKey)
        this.#updatePort(portKey, port, service)
        if (port.endpoints.length > 0) addTargets(targets, service, port, owner, portKey, this.options.nodePortAddress)
      }
    }
    this.#targets = targets
    // Ports of Services that are gone keep their open connections, and take no new ones.
    for (const [key, port] of this.#ports) {
      if (wanted.has(key)) continue
      port.update([], null)
      this.#ports.delete(key)
    }
    problems.push(...(await this.#listen()))
    return problems
  }

  /** Stops listening and breaks all connections. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#targets = new Map()
    await this.#listen()
    for (const port of this.#ports.values()) port.close()
  }

  #updatePort(key: string, port: ServicePortTable, service: ServiceTable): void {
    const existing = this.#ports.get(key) ?? new ServicePort(this.#budget)
    this.#ports.set(key, existing)
    existing.update(port.endpoints, service.sessionAffinitySeconds)
  }

  #listen(): Promise<readonly string[]> {
    const turn = this.#turn.then(() => this.#listenNow())
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Closes what is not wanted before it opens what is: an address may have gone from one Service to another. */
  async #listenNow(): Promise<readonly string[]> {
    const targets = this.#targets
    const opened = this.#separateTargets(targets)
    for (const [key, server] of this.#listeners) {
      if (opened.has(key)) continue
      server.close()
      this.#listeners.delete(key)
    }
    const missing = [...opened].filter(([key]) => !this.#listeners.has(key))
    const problems = (await Promise.all(missing.map(([key, target]) => this.#open(key, target)))).filter(
      (problem) => problem !== null,
    )
    if (problems.length > 0) this.#tryAgain()
    return problems
  }

  /** A virtual address whose port is also an open node port needs no listener: the node port's, on all addresses, gets its connections. */
  #separateTargets(targets: ReadonlyMap<string, Target>): Map<string, Target> {
    const nodePorts = new Set<number>()
    for (const target of targets.values()) if (target.address === '0.0.0.0') nodePorts.add(target.port)
    return new Map([...targets].filter(([, target]) => target.address === '0.0.0.0' || !nodePorts.has(target.port)))
  }

  #open(key: string, target: Target): Promise<string | null> {
    return new Promise((resolve) => {
      const server = net.createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) =>
        this.#accept(key, client),
      )
      server.once('error', (error: NodeJS.ErrnoException) => resolve(listenProblem(target, error)))
      server.listen({ host: target.address, port: target.port, backlog: BACKLOG }, () => {
        server.removeAllListeners('error')
        server.on('error', (error) => this.options.log(`${target.owner}: ${error.message}`))
        this.#listeners.set(key, server)
        resolve(null)
      })
    })
  }

  #accept(key: string, client: net.Socket): void {
    const target = this.#targets.get(`${client.localAddress}:${client.localPort}`) ?? this.#targets.get(key)
    const port = target === undefined ? undefined : this.#ports.get(target.portKey)
    if (port === undefined) client.resetAndDestroy()
    else port.accept(client)
  }

  #tryAgain(): void {
    if (this.#retry !== null || this.#isClosed) return
    this.#retry = setTimeout(() => {
      this.#retry = null
      void this.#listen()
    }, RETRY_MS)
    this.#retry.unref()
  }
}

function addTargets(
  targets: Map<string, Target>,
  service: ServiceTable,
  port: ServicePortTable,
  owner: string,
  portKey: string,
  nodePortAddress: string,
): void {
  const add = (address: string, number: number): void => {
    targets.set(`${address}:${number}`, { owner, address, port: number, portKey })
  }
  if (service.address !== null) add(service.address, port.port)
  if (port.nodePort !== null) add(nodePortAddress, port.nodePort)
}

function listenProblem(target: Target, error: NodeJS.ErrnoException): string {
  const where = `${target.address}:${target.port}`
  switch (error.code) {
    case 'EADDRINUSE':
      return `${target.owner}: ${where} is in use by another program on this host; stop it (\`ss -ltnp\` names it) or change the port`
    case 'EADDRNOTAVAIL':
      return `${target.owner}: ${where} is not an address of this host yet`
    case 'EACCES':
      return `${target.owner}: ports below 1024 need root, for ${where}`
    default:
      return `${target.owner}: listen at ${where}: ${error.message}`
  }
}
