/** Streams for logs and exec: the manager asks over the agent's connection, and the agent dials back with the id. */
import { randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import type { StreamRequest } from '../../model/protocol.js'
import type { AgentConnection } from './agent-connection.js'

interface Awaited {
  readonly connection: AgentConnection
  resolve(socket: WebSocket): void
  reject(error: Error): void
}

/** A dial-back is one TLS handshake; a loaded host gets this long. */
const DIAL_BACK_MS = 10_000
/** More than people ask for at once; a runaway client is told. */
const AWAITED_MAX = 256

export class DialledStreams {
  private readonly awaited = new Map<string, Awaited>()
  private readonly open = new Set<WebSocket>()

  /** Resolves to the socket, whose listeners must be set in the same turn; rejects when the agent does not dial back. */
  request(connection: AgentConnection, request: StreamRequest): Promise<WebSocket> {
    if (this.awaited.size >= AWAITED_MAX) {
      return Promise.reject(new Error(`${AWAITED_MAX} streams wait for agents already: try again later`))
    }
    const id = randomBytes(16).toString('hex')
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.fail(id, `the agent of ${connection.node} did not dial back within ${DIAL_BACK_MS / 1_000} s`)
      }, DIAL_BACK_MS)
      const settle = (): void => {
        clearTimeout(timer)
        this.awaited.delete(id)
      }
      this.awaited.set(id, {
        connection,
        resolve(socket) {
          settle()
          resolve(socket)
        },
        reject(error) {
          settle()
          reject(error)
        },
      })
      connection.send({ type: 'open-stream', id, request })
    })
  }

  /** True when this node was asked for this stream. */
  isAwaited(id: string, node: string): boolean {
    return this.awaited.get(id)?.connection.node === node
  }

  accept(id: string, socket: WebSocket): void {
    const waiter = this.awaited.get(id)
    if (waiter === undefined) {
      socket.terminate()
      return
    }
    this.open.add(socket)
    socket.on('close', () => this.open.delete(socket))
    // Without a listener an error would end the process; ws closes the socket after it.
    socket.on('error', () => {})
    waiter.resolve(socket)
  }

  /** The connection over which streams were asked for has ended: those that were not dialled yet never will be. */
  forget(connection: AgentConnection): void {
    for (const [id, waiter] of [...this.awaited]) {
      if (waiter.connection === connection) this.fail(id, `the agent of ${connection.node} hung up`)
    }
  }

  close(): void {
    for (const id of [...this.awaited.keys()]) this.fail(id, 'the manager stops')
    for (const socket of this.open) socket.terminate()
  }

  private fail(id: string, message: string): void {
    this.awaited.get(id)?.reject(new Error(message))
  }
}
