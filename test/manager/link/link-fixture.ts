/** A link server on loopback, and agents made of nothing but TLS and WebSockets, for tests. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import https from 'node:https'
import os from 'node:os'
import path from 'node:path'
import type tls from 'node:tls'
import { type ClientOptions, WebSocket } from 'ws'
import { type AgentConnection, type LinkServer, startLinkServer } from '../../../src/manager/link/link-server.js'
import type { Credentials } from '../../../src/manager/pki/certificates.js'
import { MANAGER_SERVER_NAME, openPki, type Pki } from '../../../src/manager/pki/pki.js'
import type { AgentMessage, ManagerMessage } from '../../../src/model/protocol.js'
import { waitFor } from '../../support/wait-for.js'
import { makeRequest } from '../pki/make-request.js'

const scratch = mkdtempSync(path.join(os.tmpdir(), 'headway-link-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
let folders = 0

export interface Answer {
  readonly status: number
  readonly text: string
  readonly json: Readonly<Record<string, string>>
}

export interface LinkFixture {
  readonly pki: Pki
  readonly link: LinkServer
  /** What the server told its owner, in order: `connect node1#1`, `heartbeat node1#1`, `close node1#1`. */
  readonly events: string[]
  readonly messages: AgentMessage[]
  readonly log: string[]
  readonly connections: AgentConnection[]
  /** Waits until the event was told. */
  told(event: string): Promise<void>
  call(method: string, route: string, options?: { body?: unknown; identity?: Credentials }): Promise<Answer>
  /** Joins with a new token. */
  join(name: string): Promise<Credentials>
  dial(identity: Credentials | null, route?: string): Promise<TestAgent>
  close(): Promise<void>
}

/** Starts a server; `onMessage` may be replaced to make it fail. */
export async function startFixture(onMessage?: (message: AgentMessage) => void): Promise<LinkFixture> {
  const pki = await openPki(path.join(scratch, `pki-${++folders}`), { clusterName: 'test' })
  const events: string[] = []
  const messages: AgentMessage[] = []
  const log: string[] = []
  const connections: AgentConnection[] = []
  const label = (connection: AgentConnection) => `${connection.node}#${connections.indexOf(connection) + 1}`
  const link = await startLinkServer({
    host: '127.0.0.1',
    port: 0,
    pki,
    onConnect(connection) {
      connections.push(connection)
      events.push(`connect ${label(connection)}`)
    },
    onMessage(connection, message) {
      events.push(`${message.type} ${label(connection)}`)
      messages.push(message)
      onMessage?.(message)
    },
    onClose: (connection) => events.push(`close ${label(connection)}`),
    log: (line) => log.push(line),
  })
  const fixture: LinkFixture = {
    pki,
    link,
    events,
    messages,
    log,
    connections,
    told: async (event) => {
      await waitFor(event, 5_000, () => events.includes(event))
    },
    call: (method, route, options = {}) => call(fixture, { method, route, ...options }),
    async join(name) {
      const { token } = await pki.createToken(60_000)
      const { csr, key } = await makeRequest()
      const { status, json, text } = await fixture.call('POST', '/join', { body: { token, name, csr } })
      if (status !== 200) throw new Error(`join answered ${status}: ${text}`)
      return { certificate: json['certificate'] ?? '', key }
    },
    dial: (identity, route = '/agent') => dial(fixture, identity, route),
    close: () => link.close(),
  }
  return fixture
}

async function call(
  { pki, link }: LinkFixture,
  request: { method: string; route: string; body?: unknown; identity?: Credentials },
): Promise<Answer> {
  const { identity, body } = request
  const outgoing = https.request({
    host: '127.0.0.1',
    port: link.port,
    method: request.method,
    path: request.route,
    ca: pki.caCertificate,
    servername: MANAGER_SERVER_NAME,
    agent: false,
    ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
  })
  outgoing.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
  const [response] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const json = response.headers['content-type'] === 'application/json' ? JSON.parse(text) : {}
  return { status: response.statusCode ?? 0, text, json }
}

export interface TestAgent {
  readonly socket: WebSocket
  readonly received: ManagerMessage[]
  readonly frames: Buffer[]
  /** `code reason` once it is closed. */
  readonly closed: Promise<string>
  say(message: unknown): void
}

/** Rejects with `status: error` when the upgrade is refused. */
async function dial({ pki, link }: LinkFixture, identity: Credentials | null, route: string): Promise<TestAgent> {
  const options: ClientOptions & tls.ConnectionOptions = {
    ca: pki.caCertificate,
    servername: MANAGER_SERVER_NAME,
    ...(identity === null ? {} : { cert: identity.certificate, key: identity.key }),
  }
  const socket = new WebSocket(`wss://127.0.0.1:${link.port}${route}`, options)
  const received: ManagerMessage[] = []
  const frames: Buffer[] = []
  socket.on('message', (data, isBinary) => {
    if (isBinary) frames.push(data as Buffer)
    else received.push(JSON.parse(String(data)) as ManagerMessage)
  })
  const closed = new Promise<string>((resolve) => socket.on('close', (code, reason) => resolve(`${code} ${reason}`)))
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => reject(new Error(`${response.statusCode}: ${Buffer.concat(chunks)}`)))
    })
  })
  return {
    socket,
    received,
    frames,
    closed,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
  }
}

/** A hello as the agent of a small empty host would send it. */
export function makeHello(name: string): Extract<AgentMessage, { type: 'hello' }> {
  const amounts = { cpuMilli: 2_000, memoryBytes: 4e9, ephemeralStorageBytes: 1e10, pods: 110, extended: {} }
  return {
    type: 'hello',
    protocols: [1],
    facts: {
      name,
      address: '192.0.2.1',
      agentVersion: '0.1.0',
      engineVersion: '20.10.24',
      kernelVersion: '6.1',
      osImage: 'Debian 12',
      architecture: 'amd64',
      capacity: amounts,
      allocatable: amounts,
      labels: {},
      images: [],
      bootId: 'boot-1',
      agentPid: 17,
    },
    generation: { epoch: 0, counter: 0 },
    networkVersion: 0,
    pods: [],
    services: [],
    podSubnet: '',
    taints: [],
  }
}
