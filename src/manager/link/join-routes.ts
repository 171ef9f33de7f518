/**
 * The requests of agents that are not connected yet, over plain HTTPS: `GET /ca`, `POST /join`, `POST /renew`. Errors
 * answer with `{ error }`, a sentence that says what to do.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { IssueOutcome, Pki } from '../pki/pki.js'
import { object, type Shape, text } from './message-shape.js'
import { identifyPeer } from './peer.js'

export interface RouteContext {
  readonly pki: Pki
  isLive(node: string): boolean
  log(line: string): void
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** A request holds a name, a token and a certificate request of less than 1 KiB. */
const BODY_BYTES_MAX = 64 * 1_024
const joinBody = object({ token: text, name: text, csr: text })
const renewBody = object({ csr: text })
const STATUS_OF = { 'bad-request': 400, 'bad-token': 401, 'not-a-member': 403, 'name-taken': 409 } as const

/** Answers one request; never rejects. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  context: RouteContext,
): Promise<void> {
  const route = `${request.method} ${request.url?.split('?')[0]}`
  try {
    const answer = await routeRequest(route, request, context)
    const body = typeof answer.body === 'string' ? answer.body : `${JSON.stringify(answer.body)}\n`
    const type = typeof answer.body === 'string' ? 'application/x-pem-file' : 'application/json'
    response.writeHead(answer.status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    })
    response.end(body)
  } catch (error) {
    context.log(`${route}: ${(error as Error).message}`)
    if (response.headersSent || request.destroyed) response.destroy()
    else
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end('{"error":"the manager failed: see its log"}\n')
  }
}

async function routeRequest(route: string, request: IncomingMessage, context: RouteContext): Promise<Answer> {
  switch (route) {
    case 'GET /ca':
      return { status: 200, body: context.pki.caCertificate }
    case 'POST /join':
      return join(request, context)
    case 'POST /renew':
      return renew(request, context)
    default:
      return refuse(404, 'there is nothing here: agents use /ca, /join, /renew, /agent and /stream')
  }
}

async function join(request: IncomingMessage, { pki, isLive, log }: RouteContext): Promise<Answer> {
  const body = await readBody<{ token: string; name: string; csr: string }>(request, joinBody)
  if ('error' in body) return refuse(400, body.error)
  const outcome = await pki.join(body.value, isLive)
  log(`join of ${JSON.stringify(body.value.name.slice(0, 80))}: ${outcome.issued ? 'welcome' : outcome.message}`)
  return answerIssue(outcome, pki)
}

async function renew(request: IncomingMessage, { pki, log }: RouteContext): Promise<Answer> {
  const peer = identifyPeer(request.socket as TLSSocket, pki)
  if (!peer.admitted) return refuse(peer.status, peer.message)
  const body = await readBody<{ csr: string }>(request, renewBody)
  if ('error' in body) return refuse(400, body.error)
  const outcome = await pki.renew(peer.node, peer.key, body.value.csr)
  log(`renewal for ${peer.node}: ${outcome.issued ? 'done' : outcome.message}`)
  return answerIssue(outcome, pki)
}

function answerIssue(outcome: IssueOutcome, pki: Pki): Answer {
  if (!outcome.issued) return refuse(STATUS_OF[outcome.reason], outcome.message)
  const { certificate } = outcome
  return { status: 200, body: { certificate, ca: pki.caCertificate, clusterId: pki.clusterId } }
}

function refuse(status: number, error: string): Answer {
  return { status, body: { error } }
}

async function readBody<T>(
  request: IncomingMessage,
  shape: Shape,
): Promise<{ readonly value: T } | { readonly error: string }> {
  const chunks: Buffer[] = []
  let bytes = 0
  // A request that is too long is still answered, so the socket must outlive this loop.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) return { error: `the request has more than ${BODY_BYTES_MAX} bytes` }
    chunks.push(chunk)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    const problem = shape(value, '')
    return problem === null ? { value: value as T } : { error: `the request is malformed: ${problem}` }
  } catch {
    return { error: 'the request is not JSON' }
  }
}
