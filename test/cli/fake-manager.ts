/** A manager's admin API on a Unix socket that answers from fixtures: what commands are tested against without a manager. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { WebSocketServer } from 'ws'
import type { RevisionAnswer } from '../../src/model/admin-api.js'
import type { EventView } from '../../src/model/event-view.js'
import {
  STREAM_END,
  STREAM_STDERR,
  STREAM_STDIN,
  STREAM_STDIN_END,
  STREAM_STDOUT,
  type StreamRequest,
} from '../../src/model/protocol.js'
import type { HistoryDetail, HistoryEntry, StatusView, WhyView } from '../../src/model/status-view.js'

export interface FakeAnswers {
  status?: StatusView
  /** Answers of GET /v1/revisions, one after the other; the last one stays. */
  revisions?: RevisionAnswer[]
  fetch?: unknown
  events?: readonly EventView[]
  history?: readonly HistoryEntry[]
  historyDetail?: HistoryDetail
  /** The text itself. */
  snapshot?: string
  why?: WhyView
  object?: unknown
  /** Of GET /v1/namespaces. */
  namespaces?: readonly string[]
  confirm?: unknown
  token?: unknown
  /** Serves a stream: what the process writes, and its end. */
  stream?: (request: StreamRequest, input: Buffer) => StreamScript | null
  /** Requests by `METHOD path` that answer with an error instead. */
  errors?: Record<string, { status: number; error: string }>
}

/** What a fake process writes, and its exit code; null in its place breaks the stream. */
export interface StreamScript {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
  /** What the agent refuses the stream with. */
  readonly error?: string
}

export interface FakeManager {
  readonly directory: string
  /** Every request, `METHOD path body`. */
  readonly requests: string[]
  answers: FakeAnswers
  /** Lets waiting GET /v1/changes answer. */
  change(): void
  close(): Promise<void>
}

/** Starts one in a temporary state directory, with a cluster.json whose one source is `url`. */
export async function startFakeManager(
  answers: FakeAnswers,
  url = 'https://git.example.com/cluster.git',
): Promise<FakeManager> {
  const directory = mkdtempSync('/tmp/hwcli-')
  const settings = {
    version: 1,
    sources: [{ id: 'main', url, branch: 'main', path: '', tokenFile: '' }],
    host: '127.0.0.1',
    port: 7443,
    nodeName: 'node1',
    nodeAddress: '',
    owner: '',
    service: false,
  }
  writeFileSync(path.join(directory, 'cluster.json'), JSON.stringify(settings))
  const requests: string[] = []
  let sequence = 1
  const waiting: (() => void)[] = []
  const fake: FakeManager = {
    directory,
    requests,
    answers,
    change() {
      sequence += 1
      for (const wake of waiting.splice(0)) wake()
    },
    close: async () => {
      for (const wake of waiting.splice(0)) wake()
      server.closeAllConnections()
      for (const client of sockets.clients) client.terminate()
      await new Promise((resolve) => server.close(resolve))
      rmSync(directory, { recursive: true, force: true })
    },
  }
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const target = new URL(request.url ?? '/', 'http://manager')
      const call = `${request.method} ${decodeURIComponent(target.pathname)}`
      requests.push(
        `${request.method} ${decodeURIComponent(request.url ?? '')}${body === '' || body === '{}' ? '' : ` ${body}`}`,
      )
      const error = fake.answers.errors?.[call]
      if (call === 'GET /v1/changes') {
        const after = Number(target.searchParams.get('after'))
        if (after >= sequence) await new Promise<void>((resolve) => waiting.push(resolve))
      }
      response.writeHead(error?.status ?? 200, { 'content-type': 'application/json' })
      if (call === 'GET /v1/snapshot') response.end(fake.answers.snapshot)
      else response.end(JSON.stringify(error === undefined ? answerOf(call) : { error: error.error }))
    })
  })
  const answerOf = (call: string): unknown => {
    const { answers: current } = fake
    if (call === 'GET /v1/changes') return { sequence }
    if (call === 'GET /v1/status') return current.status
    if (call === 'POST /v1/fetch') return current.fetch ?? { sources: [{ id: 'main', tip: '', error: '' }] }
    if (call.startsWith('GET /v1/revisions/')) {
      const list = current.revisions ?? []
      return list.length > 1 ? list.shift() : list[0]
    }
    if (call === 'GET /v1/events') return current.events
    if (call === 'GET /v1/history') return current.history
    if (call.startsWith('GET /v1/history/')) return current.historyDetail
    if (call === 'GET /v1/why') return current.why
    if (call === 'GET /v1/namespaces') return { namespaces: current.namespaces ?? [] }
    if (call.startsWith('GET /v1/objects/')) return current.object
    if (call === 'POST /v1/confirm') return current.confirm
    if (call === 'POST /v1/evict') return { pod: 'any' }
    if (call === 'POST /v1/tokens') return current.token
    return {}
  }
  const sockets = new WebSocketServer({ server, path: '/v1/stream' })
  sockets.on('connection', (client, request) => {
    requests.push(`STREAM ${request.url}`)
    let first: StreamRequest | null = null
    const input: Buffer[] = []
    const finish = (): void => {
      const end = fake.answers.stream?.(first!, Buffer.concat(input)) ?? null
      if (end === null) {
        client.close()
        return
      }
      if (end.stdout !== '') client.send(Buffer.concat([Buffer.from([STREAM_STDOUT]), Buffer.from(end.stdout)]))
      if (end.stderr !== '') client.send(Buffer.concat([Buffer.from([STREAM_STDERR]), Buffer.from(end.stderr)]))
      client.send(
        Buffer.concat([
          Buffer.from([STREAM_END]),
          Buffer.from(JSON.stringify({ exitCode: end.exitCode, error: end.error ?? null })),
        ]),
      )
    }
    client.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) {
        first = JSON.parse(data.toString('utf8')) as StreamRequest
        if (first.type === 'logs' || !first.stdin) finish()
      } else if (data[0] === STREAM_STDIN) input.push(data.subarray(1))
      else if (data[0] === STREAM_STDIN_END) finish()
    })
  })
  await new Promise<void>((resolve) => server.listen(path.join(directory, 'manager.sock'), resolve))
  return fake
}
