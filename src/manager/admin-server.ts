/** The admin API (src/model/admin-api.ts) over HTTP on a Unix socket: for the CLI on the manager's own machine. */
import { chmodSync, rmSync } from 'node:fs'
import http from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import type {
  ConfirmAnswer,
  EvictAnswer,
  FetchAnswer,
  NamespacesAnswer,
  RevisionAnswer,
  TokenAnswer,
} from '../model/admin-api.js'
import type { DesiredObject } from '../model/desired-state.js'
import type { EventView } from '../model/event-view.js'
import type { StreamRequest } from '../model/protocol.js'
import type { HistoryDetail, HistoryEntry, StatusView, WhyView } from '../model/status-view.js'

/** What the manager answers with; a thrown AdminError becomes its HTTP status. */
export interface AdminHandlers {
  status(): StatusView
  fetch(): Promise<FetchAnswer>
  revision(revision: string): Promise<RevisionAnswer>
  /** Resolves when the status sequence is above `after`, or after `limitMs`. */
  changes(after: number, limitMs: number): Promise<number>
  history(): readonly HistoryEntry[]
  historyDetail(revision: string): Promise<HistoryDetail>
  events(): readonly EventView[]
  /** The text of a snapshot, in pieces that are each quick to make. */
  snapshot(): Iterable<string>
  why(object: string, namespace: string): WhyView
  namespaces(object: string): NamespacesAnswer
  confirm(hash: string): ConfirmAnswer
  evict(pod: string): Promise<EvictAnswer>
  token(ttlMs: number): Promise<TokenAnswer>
  object(key: string): DesiredObject
  shutdown(prune: boolean): Promise<void>
  stream(node: string, request: StreamRequest, socket: WebSocket): Promise<void>
}

export class AdminError extends Error {
  override readonly name = 'AdminError'
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

const BODY_MAX_BYTES = 1 << 20
const CHANGES_LIMIT_MS = 20_000
const CHUNK_LETTERS = 256 << 10

export interface AdminServer {
  close(): Promise<void>
}

/** Throws AdminError 409 when a manager answers at the socket already. */
export async function refuseSecondManager(path: string): Promise<void> {
  if (await isAnswered(path))
    throw new AdminError(409, `another manager answers at ${path}: stop it first (headway down)`)
}

/** Listens at `path` (mode 0600); throws AdminError 409 when another manager answers there already. */
export async function startAdminServer(path: string, handlers: AdminHandlers): Promise<AdminServer> {
  await refuseSecondManager(path)
  rmSync(path, { force: true })
  const server = http.createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/v1/snapshot') {
      pipeline(Readable.from(chunksOf(handlers.snapshot())), response).catch(() => response.destroy())
      return
    }
    answer(request, handlers).then(
      (value) => reply(response, 200, value),
      (error: unknown) => reply(response, statusOf(error), { error: textOf(error) }),
    )
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://manager')
    if (url.pathname !== '/v1/stream') {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.once('message', (data) => {
        const node = url.searchParams.get('node') ?? ''
        // In this turn: the next message may be in the same packet, and is input already.
        const begin = async (): Promise<void> =>
          handlers.stream(node, JSON.parse(String(data)) as StreamRequest, client)
        begin().catch((error: unknown) => client.close(4000, textOf(error).slice(0, 120)))
      })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  chmodSync(path, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Pieces joined to chunks worth sending; between two of them the process does what else there is to do. */
async function* chunksOf(pieces: Iterable<string>): AsyncGenerator<string> {
  let chunk = ''
  for (const piece of pieces) {
    chunk += piece
    if (chunk.length < CHUNK_LETTERS) continue
    yield chunk
    chunk = ''
    await new Promise((resolve) => setImmediate(resolve))
  }
  yield chunk
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

async function answer(request: http.IncomingMessage, handlers: AdminHandlers): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://manager')
  const route = `${request.method} ${url.pathname}`
  const query = (name: string): string => url.searchParams.get(name) ?? ''
  if (route.startsWith('GET /v1/revisions/')) return handlers.revision(decodeURIComponent(url.pathname.slice(14)))
  if (route.startsWith('GET /v1/history/')) return handlers.historyDetail(decodeURIComponent(url.pathname.slice(12)))
  if (route.startsWith('GET /v1/objects/')) return plain(handlers.object(decodeURIComponent(url.pathname.slice(12))))
  switch (route) {
    case 'GET /v1/status':
      return handlers.status()
    case 'POST /v1/fetch':
      return handlers.fetch()
    case 'GET /v1/changes':
      return { sequence: await handlers.changes(Number(query('after')), CHANGES_LIMIT_MS) }
    case 'GET /v1/history':
      return handlers.history()
    case 'GET /v1/events':
      return handlers.events()
    case 'GET /v1/why':
      return handlers.why(query('object'), query('namespace') || 'default')
    case 'GET /v1/namespaces':
      return handlers.namespaces(query('object'))
    case 'POST /v1/confirm':
      return handlers.confirm(textField(await readBody(request), 'hash'))
    case 'POST /v1/evict':
      return handlers.evict(textField(await readBody(request), 'pod'))
    case 'POST /v1/tokens':
      return handlers.token(numberField(await readBody(request), 'ttlMs'))
    case 'POST /v1/shutdown':
      await handlers.shutdown((await readBody(request))['prune'] === true)
      return {}
    default:
      throw new AdminError(404, `no such request: ${route}`)
  }
}

async function readBody(request: http.IncomingMessage): Promise<Record<string, unknown>> {
  let size = 0
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_MAX_BYTES) throw new AdminError(413, 'the request body is larger than 1 MiB')
    chunks.push(chunk)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Falls through to the one error below.
  }
  throw new AdminError(400, 'the request body must be a JSON object')
}

function textField(body: Record<string, unknown>, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw new AdminError(400, `${name} must be a text that is not empty`)
  return value
}

function numberField(body: Record<string, unknown>, name: string): number {
  const value = body[name]
  if (typeof value !== 'number' || !(value > 0)) throw new AdminError(400, `${name} must be a number above 0`)
  return value
}

/** JSON has no maps: config keys become an object. */
function plain(object: DesiredObject): unknown {
  if (object.config === undefined) return object
  return { ...object, config: { ...object.config, keys: Object.fromEntries(object.config.keys) } }
}

function reply(response: http.ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function statusOf(error: unknown): number {
  return error instanceof AdminError ? error.status : 500
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
