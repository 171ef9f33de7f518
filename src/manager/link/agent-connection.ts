/** One agent's connection: a WebSocket with JSON messages, watched for form, silence and congestion. */
import type { RawData, WebSocket } from 'ws'
import type { AgentMessage, ManagerMessage } from '../../model/protocol.js'
import { decodeMessage } from './decode-message.js'

/** The agent at the other end of one connection, as the manager's loop sees it. */
export interface AgentConnection {
  readonly node: string
  /** Does nothing once the connection has ended. */
  send(message: ManagerMessage): void
  /** Says goodbye with the reason and ends the connection; `onClose` follows. */
  close(reason: string): void
}

export interface ConnectionListener {
  onMessage(connection: AgentSocket, message: AgentMessage): void
  /** Once; no message follows. */
  onClose(connection: AgentSocket): void
  log(line: string): void
}

/** Messages that an agent does not take pile up to this, then it must dial again (and gets the present state only). */
const UNSENT_BYTES_MAX = 64 * 2 ** 20
/** After goodbye the other side may take this long to hang up. */
const GOODBYE_MS = 2_000
/** RFC 6455: codes from 4000 are ours. */
const CLOSE_CODE = 4_000
const CLOSE_REASON_BYTES = 120

export class AgentSocket implements AgentConnection {
  /** By the process's monotonic clock. */
  heardAt = performance.now()
  private isOpen = true
  private hasSaidHello = false

  constructor(
    readonly node: string,
    private readonly socket: WebSocket,
    private readonly listener: ConnectionListener,
  ) {
    socket.on('message', (data, isBinary) => this.take(data, isBinary))
    socket.on('close', () => this.end())
    // ws closes by itself after an error (a frame too large, a broken one); the log says why.
    socket.on('error', (error) => this.log(`connection failed: ${error.message}`))
  }

  send(message: ManagerMessage): void {
    if (!this.isOpen) return
    if (this.socket.bufferedAmount > UNSENT_BYTES_MAX) {
      this.log('it does not take what it is sent; it must dial again')
      this.drop()
      return
    }
    this.socket.send(encode(message))
  }

  close(reason: string): void {
    if (!this.isOpen) return
    this.hangUp(reason)
    queueMicrotask(() => this.listener.onClose(this))
  }

  /** As close, but `onClose` is called before this returns. */
  replace(reason: string): void {
    if (!this.isOpen) return
    this.hangUp(reason)
    this.listener.onClose(this)
  }

  /** Ends the connection without a word: nobody is there to hear it. */
  drop(): void {
    this.socket.terminate()
    if (!this.isOpen) return
    this.isOpen = false
    queueMicrotask(() => this.listener.onClose(this))
  }

  private hangUp(reason: string): void {
    this.socket.send(encode({ type: 'goodbye', reason }))
    this.isOpen = false
    this.socket.close(
      CLOSE_CODE,
      Buffer.from(reason)
        .subarray(0, CLOSE_REASON_BYTES)
        .toString('utf8')
        .replace(/\ufffd$/, ''),
    )
    const timer = setTimeout(() => this.socket.terminate(), GOODBYE_MS)
    timer.unref()
    this.socket.on('close', () => clearTimeout(timer))
  }

  private take(data: RawData, isBinary: boolean): void {
    if (!this.isOpen) return
    this.heardAt = performance.now()
    const decoded = isBinary
      ? ({ good: false, problem: 'messages are text, not binary' } as const)
      : decodeMessage(data as Buffer)
    const problem = decoded.good ? this.problemOf(decoded.message) : decoded.problem
    if (problem !== null) {
      this.log(`malformed message: ${problem}`)
      this.close(`malformed message: ${problem}`)
      return
    }
    if (!decoded.good) return
    try {
      this.listener.onMessage(this, decoded.message)
    } catch (error) {
      this.log(`its ${decoded.message.type} failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
      this.close(`the manager failed over ${decoded.message.type}: see its log`)
    }
  }

  /** What the form alone does not show: who speaks, and in which order. */
  private problemOf(message: AgentMessage): string | null {
    if (message.type === 'hello') {
      this.hasSaidHello = true
      return this.nameProblem(message.facts.name)
    }
    if (!this.hasSaidHello) return `the first message must be hello, not ${message.type}`
    if (message.type === 'report' && message.facts !== undefined) return this.nameProblem(message.facts.name)
    return null
  }

  private nameProblem(name: string): string | null {
    return name === this.node ? null : `its certificate is for ${this.node}, but it says it is ${name.slice(0, 80)}`
  }

  private end(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.listener.onClose(this)
  }

  private log(text: string): void {
    this.listener.log(`agent of ${this.node}: ${text}`)
  }
}

let lastMessage: ManagerMessage | null = null
let lastText = ''

/** A change of the network goes to every agent in a row: the same message is made into text once. */
function encode(message: ManagerMessage): string {
  if (message !== lastMessage) {
    lastText = JSON.stringify(message)
    lastMessage = message
  }
  return lastText
}
