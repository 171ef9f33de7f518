/** Service tables for tests, and servers on loopback to stand for pods. */
import net from 'node:net'
import type { NetworkTable, NodeRoute, ServiceTable } from '../../src/model/assignment.js'

export interface PortShape {
  readonly port: number
  readonly nodePort?: number
  readonly protocol?: 'TCP' | 'UDP'
  /** `ADDRESS:PORT` of each endpoint. */
  readonly endpoints: readonly string[]
}

export function serviceTable(
  name: string,
  address: string | null,
  ports: readonly PortShape[],
  affinity: number | null = null,
): ServiceTable {
  return {
    key: `Service./shop/${name}`,
    address,
    sessionAffinitySeconds: affinity,
    ports: ports.map((shape) => ({
      name: `p${shape.port}`,
      protocol: shape.protocol ?? 'TCP',
      port: shape.port,
      nodePort: shape.nodePort ?? null,
      endpoints: shape.endpoints.map((endpoint) => {
        const [host = '', port = ''] = endpoint.split(':')
        return { uid: endpoint, node: 'node1', address: host, port: Number(port) }
      }),
    })),
  }
}

export function networkTable(services: readonly ServiceTable[], routes: readonly NodeRoute[] = []): NetworkTable {
  return {
    version: 1,
    podCidr: '10.250.0.0/16',
    serviceCidr: '127.96.0.0/16',
    services: new Map(services.map((service) => [service.key, service])),
    routes: new Map(routes.map((route) => [route.node, route])),
  }
}

/** A pod's stand-in: greets with its name, then sends back what it gets, and ends when the client does. */
export interface Echo {
  readonly endpoint: string
  /** Connections it has taken. */
  readonly taken: () => number
  close(): Promise<void>
}

export async function openEcho(name: string, onConnection?: (socket: net.Socket) => void): Promise<Echo> {
  const sockets = new Set<net.Socket>()
  let taken = 0
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    taken++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    if (onConnection) return onConnection(socket)
    socket.write(`${name}\n`)
    socket.pipe(socket)
  })
  const port = await listen(server, '127.0.0.1')
  return {
    endpoint: `127.0.0.1:${port}`,
    taken: () => taken,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Listens at a free port and returns it. */
export function listen(server: net.Server, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => resolve((server.address() as net.AddressInfo).port))
  })
}

/** A port of loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = net.createServer()
  const port = await listen(server, '127.0.0.1')
  await new Promise((resolve) => server.close(resolve))
  return port
}

export interface Client {
  readonly socket: net.Socket
  /** All that came so far. */
  readonly received: () => string
  /** Resolves to the error's code, or to `end` when the other side ended. */
  readonly ended: Promise<string>
}

/** Connects; resolves once connected. Rejects with the error when refused. */
export function connect(host: string, port: number, from?: string): Promise<Client> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({
      host,
      port,
      allowHalfOpen: true,
      ...(from === undefined ? {} : { localAddress: from }),
    })
    let text = ''
    let end: (how: string) => void = () => undefined
    const ended = new Promise<string>((done) => {
      end = done
    })
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('end', () => end('end'))
    socket.on('close', () => end('close'))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end(error.code ?? error.message)
      reject(error)
    })
    socket.on('connect', () => resolve({ socket, received: () => text, ended }))
  })
}
