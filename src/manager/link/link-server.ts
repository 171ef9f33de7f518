/**
 * The manager's side of the agent link (DESIGN 13): one HTTPS port, TLS 1.3. Everyone may ask for the authority's
 * certificate and join with a token; all else needs a client certificate, judged by the record of members each time.
 */
import { constants } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import os from 'node:os'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type WebSocket, WebSocketServer } from 'ws'
import type { AgentMessage, StreamRequest } from '../../model/protocol.js'
import type { Credentials } from '../pki/certificates.js'
import type { Pki } from '../pki/pki.js'
import type { AgentConnection } from './agent-connection.js'
import { AgentConnections } from './agent-connections.js'
import { DialledStreams } from './dialled-streams.js'
import { answerRequest } from './join-routes.js'
import { identifyPeer } from './peer.js'

export type { AgentConnection } from './agent-connection.js'

export interface LinkServerOptions {
  /** Address to listen on; `0.0.0.0` or `::` for all. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly pki: Pki
  /** More names and addresses for the server certificate, such as the one in join strings. */
  readonly addresses?: readonly string[]
  /** The agent is connected; its hello follows. Of a node's older connection `onClose` was called before. */
  onConnect(connection: AgentConnection): void
  onMessage(connection: AgentConnection, message: AgentMessage): void
  /** Once for each connection; nothing of it follows. */
  onClose(connection: AgentConnection): void
  log(line: string): void
}

export interface LinkServer {
  readonly port: number
  /**
   * Asks the agent to dial back. Resolves to the socket, whose listeners must be set in the same turn; rejects when the
   * agent does not come, or hangs up.
   */
  openStream(connection: AgentConnection, request: StreamRequest): Promise<WebSocket>
  /** Ends a node's connection (revoked, replaced); false when it is not connected. */
  disconnect(node: string, reason: string): boolean
  close(): Promise<void>
}

/** A hello with every pod of a large host is a few hundred kilobytes. */
const MESSAGE_BYTES_MAX = 32 * 2 ** 20
const GOODBYE_MS = 500
const RENEWAL_CHECK_MS = 12 * 3_600_000

/** Starts listening; rejects when the address cannot be used, with what to do. */
export async function startLinkServer(options: LinkServerOptions): Promise<LinkServer> {
  const { pki, log } = options
  const names = serverNames(options)
  const streams = new DialledStreams()
  const agents = new AgentConnections({
    onConnect: (connection) => options.onConnect(connection),
    onMessage: (connection, message) => options.onMessage(connection, message),
    onClose: (connection) => {
      streams.forget(connection)
      options.onClose(connection)
    },
    log,
  })
  const server = https.createServer(tlsOptions(pki, await pki.serverCredentials(names)))
  server.headersTimeout = 10_000
  server.requestTimeout = 20_000
  server.maxRequestsPerSocket = 100
  const context = { pki, log, isLive: (node: string) => agents.isLive(node) }
  server.on('request', (request, response) => void answerRequest(request, response, context))
  // Broken handshakes and requests are the other side's: Node ends such sockets, and port scanners fill no log.
  server.on('clientError', (_error, socket) => socket.destroy())
  const transports = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    transports.add(socket)
    socket.on('close', () => transports.delete(socket))
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const peer = identifyPeer(request.socket as TLSSocket, pki)
    if (!peer.admitted) return refuseUpgrade(socket, peer.status, peer.message)
    const accept = routeUpgrade(request.url ?? '', peer.node, agents, streams)
    if (accept === null) return refuseUpgrade(socket, 404, 'no such stream is waited for')
    sockets.handleUpgrade(request, socket, head, accept)
  })
  await listen(server, options)
  const renewal = setInterval(() => void renewServer(server, pki, names, log), RENEWAL_CHECK_MS)
  renewal.unref()
  return {
    port: (server.address() as AddressInfo).port,
    openStream: (connection, request) => streams.request(connection, request),
    disconnect: (node, reason) => agents.disconnect(node, reason),
    async close() {
      clearInterval(renewal)
      const closed = new Promise((resolve) => server.close(resolve))
      agents.close('the manager stops')
      streams.close()
      server.closeAllConnections()
      // Goodbyes and closing handshakes get a moment; what is left then (half a handshake, a dead host) does not.
      const timer = setTimeout(() => transports.forEach((socket) => void socket.destroy()), GOODBYE_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

/** Where an admitted upgrade goes; null when it may not. */
function routeUpgrade(
  url: string,
  node: string,
  agents: AgentConnections,
  streams: DialledStreams,
): ((socket: WebSocket) => void) | null {
  const path = url.split('?')[0] ?? ''
  if (path === '/agent') return (socket) => agents.accept(node, socket)
  const id = /^\/stream\/([0-9a-f]{32})$/.exec(path)?.[1]
  if (id === undefined || !streams.isAwaited(id, node)) return null
  return (socket) => streams.accept(id, socket)
}

function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  const body = `${JSON.stringify({ error: message })}\n`
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function tlsOptions(pki: Pki, { certificate, key }: Credentials): https.ServerOptions {
  return {
    cert: certificate,
    key,
    ca: pki.caCertificate,
    minVersion: 'TLSv1.3',
    requestCert: true,
    // Joining agents have none yet; each path decides.
    rejectUnauthorized: false,
    // No resumed sessions: every connection shows its certificate.
    secureOptions: constants.SSL_OP_NO_TICKET,
  }
}

/** No address of the host's interfaces: they come and go with every container network, and agents expect a name. */
function serverNames({ host, addresses = [] }: LinkServerOptions): readonly string[] {
  const isWildcard = host === '0.0.0.0' || host === '::' || host === ''
  return [...new Set([os.hostname(), ...(isWildcard ? [] : [host]), ...addresses])].sort()
}

async function renewServer(
  server: https.Server,
  pki: Pki,
  names: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  try {
    server.setSecureContext(tlsOptions(pki, await pki.serverCredentials(names)))
  } catch (error) {
    log(`renew the server certificate: ${(error as Error).message}`)
  }
}

/** The address or port cannot be had; the message says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

function listen(server: https.Server, { host, port }: LinkServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const advice =
        error.code === 'EADDRINUSE'
          ? 'another process has the port: stop it or choose another with --port'
          : 'choose an address of this host with --listen'
      reject(new ListenError(`listen on ${host}:${port}: ${error.message}; ${advice}`, { cause: error }))
    })
    server.listen({ host, port }, resolve)
  })
}
