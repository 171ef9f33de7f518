/**
 * The agent's connection to a manager: a WebSocket over mutually authenticated TLS that trusts only the cluster's
 * authority. It heartbeats, notices silence, and dials again with back-off, one manager after the other.
 */
import type { RawData } from 'ws'
import { WebSocket } from 'ws'
import type { AgentMessage, ManagerMessage } from '../../model/protocol.js'
import type { Identity } from './identity.js'
import type { DialledStream, LinkListener, ManagerLink } from './link-port.js'
import { MANAGER_SERVER_NAME } from './secure-request.js'

const BACK_OFF_FIRST_MS = 100
const BACK_OFF_MAX_MS = 5_000
const HANDSHAKE_MS = 5_000
/** Until welcome says otherwise. */
const HEARTBEAT_MS = 1_000
/** A manager that answers no ping for this long is taken for dead: its own limit for us is 4 s of silence. */
const SILENCE_MS = 6_000
const MESSAGE_BYTES_MAX = 256 * 2 ** 20
/** A writer waits while the socket holds more than this. */
const UNSENT_BYTES_MAX = 1024 * 1024

/** Opens nothing until `start`. `identity` is asked for at each dialling: a renewed certificate is used from the next one on. */
export function openManagerLink(identity: () => Identity): ManagerLink {
  return new WebSocketLink(identity)
}

class WebSocketLink implements ManagerLink {
  private listener: LinkListener | null = null
  private socket: WebSocket | null = null
  private isClosed = false
  private attempts = 0
  private dialTimer: NodeJS.Timeout | undefined
  private heartbeatTimer: NodeJS.Timeout | undefined
  private heardAt = 0
  private address = ''
  private readonly streams = new Set<WebSocket>()

  constructor(private readonly identity: () => Identity) {}

  start(listener: LinkListener): void {
    this.listener = listener
    this.dial()
  }

  send(message: AgentMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message))
  }

  reconnect(reason: string): void {
    this.socket?.close(4000, reason.slice(0, 100))
    const socket = this.socket
    setTimeout(() => socket?.terminate(), BACK_OFF_FIRST_MS).unref()
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.dialTimer)
    clearInterval(this.heartbeatTimer)
    this.socket?.terminate()
    for (const stream of this.streams) stream.terminate()
  }

  async openStream(id: string): Promise<DialledStream> {
    const socket = this.connect(`/stream/${encodeURIComponent(id)}`)
    this.streams.add(socket)
    socket.on('close', () => this.streams.delete(socket))
    // Made before it opens: the first frames may come with the answer to the handshake.
    const stream = dialledStream(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    socket.on('error', () => {})
    return stream
  }

  private connect(path: string): WebSocket {
    const { ca, certificate, key } = this.identity()
    // The types of ws know no servername; it hands it on to TLS.
    const options: WebSocket.ClientOptions & { readonly servername: string } = {
      ca,
      cert: certificate,
      key,
      servername: MANAGER_SERVER_NAME,
      minVersion: 'TLSv1.3',
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MESSAGE_BYTES_MAX,
      perMessageDeflate: false,
      followRedirects: false,
    }
    return new WebSocket(`wss://${this.address}${path}`, options)
  }

  private dial(): void {
    if (this.isClosed) return
    const { managers } = this.identity()
    this.address = managers[this.attempts % managers.length] ?? ''
    const socket = this.connect('/agent')
    this.socket = socket
    let why = 'the connection ended'
    socket.on('open', () => {
      this.heardAt = performance.now()
      this.beat(HEARTBEAT_MS)
      this.listener?.opened()
    })
    socket.on('message', (data) => {
      why = this.take(data) ?? why
    })
    socket.on('pong', () => {
      this.heardAt = performance.now()
    })
    socket.on('error', (error) => {
      why = explain(error, this.address)
    })
    socket.on('close', (_code, reason) => this.end(socket, reason.toString() || why))
  }

  /** Takes a message; gives the reason of a goodbye. */
  private take(data: RawData): string | null {
    this.heardAt = performance.now()
    let message: ManagerMessage
    try {
      message = JSON.parse(data.toString()) as ManagerMessage
    } catch {
      this.reconnect('the manager sent what is no message')
      return null
    }
    if (message.type === 'welcome') {
      this.attempts = 0
      this.beat(message.heartbeatMs)
    }
    this.listener?.message(message)
    return message.type === 'goodbye' ? message.reason : null
  }

  private beat(everyMs: number): void {
    clearInterval(this.heartbeatTimer)
    this.heartbeatTimer = setInterval(() => {
      if (performance.now() - this.heardAt > SILENCE_MS) this.socket?.terminate()
      else {
        this.send({ type: 'heartbeat' })
        // The manager says nothing by itself for long: its answers to pings show that it is there.
        if (this.socket?.readyState === WebSocket.OPEN) this.socket.ping()
      }
    }, everyMs)
  }

  private end(socket: WebSocket, reason: string): void {
    if (this.socket !== socket) return
    this.socket = null
    clearInterval(this.heartbeatTimer)
    if (this.isClosed) return
    this.listener?.closed(reason)
    const most = Math.min(BACK_OFF_MAX_MS, BACK_OFF_FIRST_MS * 2 ** Math.min(this.attempts, 10))
    this.attempts++
    // Jitter: after a manager's restart its agents do not all come at once.
    this.dialTimer = setTimeout(() => this.dial(), most * (0.5 + Math.random() / 2))
  }
}

function explain(error: Error, address: string): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code.includes('CERT') || code.includes('SIGNATURE') || code.includes('VERIFY'))
    return `the manager at ${address} is not of this cluster (${error.message}): join again with a token of the right one`
  if (/PEM|DECODER|asn1|key values mismatch/i.test(error.message))
    return `this node's own key or certificate is damaged (${error.message}): join again`
  if (/Unexpected server response: (401|403)/.test(error.message))
    return `the manager at ${address} does not admit this node (its certificate was revoked or has expired): join again`
  return `manager at ${address}: ${error.message}`
}

function dialledStream(socket: WebSocket): DialledStream {
  let frames: Uint8Array[] | null = []
  let listener: (frame: Uint8Array) => void = (frame) => void frames?.push(frame)
  socket.on('message', (data) => listener(data as Buffer))
  return {
    async send(frame) {
      if (socket.readyState !== WebSocket.OPEN) throw new Error('the other side hung up')
      const written = new Promise<void>((resolve, reject) => {
        socket.send(frame, { binary: true }, (error) => (error ? reject(error) : resolve()))
      })
      if (socket.bufferedAmount > UNSENT_BYTES_MAX) await written
      else written.catch(() => {})
    },
    close: () => socket.close(),
    onFrame(take) {
      listener = take
      for (const frame of frames ?? []) take(frame)
      frames = null
    },
    onClose(take) {
      if (socket.readyState === WebSocket.CLOSED) take()
      else socket.on('close', take)
    },
  }
}
