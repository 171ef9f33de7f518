/** Streams of a pod (logs, exec) through the manager: a WebSocket on its Unix socket, frames as in model/protocol.ts. */
import { type RawData, WebSocket } from 'ws'
import {
  STREAM_END,
  STREAM_RESIZE,
  STREAM_STDERR,
  STREAM_STDIN,
  STREAM_STDIN_END,
  STREAM_STDOUT,
  type StreamEnd,
  type StreamRequest,
} from '../model/protocol.js'
import { unreachable } from './admin-client.js'
import { CliError, EXIT_UNREACHABLE } from './cli-error.js'

export interface PodStream {
  sendInput(data: Uint8Array): void
  endInput(): void
  resize(columns: number, rows: number): void
  close(): void
  /** How it ended: null exit code for logs. Error 3 when the connection breaks before. */
  readonly ended: Promise<StreamEnd>
}

/** Opens a stream to the node's agent; `onOutput` hears every chunk (`stderr` says of which). */
export function openPodStream(
  socketPath: string,
  node: string,
  request: StreamRequest,
  onOutput: (data: Buffer, isError: boolean) => void,
): PodStream {
  const socket = new WebSocket(`ws+unix:${socketPath}:/v1/stream?node=${encodeURIComponent(node)}`)
  const queue: Buffer[] = []
  const send = (channel: number, data: Uint8Array): void => {
    const frame = Buffer.concat([Buffer.from([channel]), data])
    if (socket.readyState === WebSocket.OPEN) socket.send(frame)
    else if (socket.readyState === WebSocket.CONNECTING) queue.push(frame)
  }
  const ended = new Promise<StreamEnd>((resolve, reject) => {
    let isClosing = false
    socket.on('open', () => {
      socket.send(JSON.stringify(request))
      for (const frame of queue.splice(0)) socket.send(frame)
    })
    socket.on('message', (data) => {
      const frame = toBuffer(data)
      const body = frame.subarray(1)
      if (frame[0] === STREAM_STDOUT || frame[0] === STREAM_STDERR) onOutput(body, frame[0] === STREAM_STDERR)
      if (frame[0] !== STREAM_END) return
      isClosing = true
      resolve(JSON.parse(body.toString('utf8')) as StreamEnd)
      socket.close()
    })
    socket.on('error', (error) => reject(unreachable(socketPath, error)))
    socket.on('close', (_, reason) => {
      const why = reason.toString('utf8')
      if (!isClosing)
        reject(new CliError(EXIT_UNREACHABLE, `the stream broke${why === '' ? '' : `: ${why}`}: try again`))
    })
  })
  return {
    sendInput: (data) => send(STREAM_STDIN, data),
    endInput: () => send(STREAM_STDIN_END, Buffer.alloc(0)),
    resize: (columns, rows) => send(STREAM_RESIZE, Buffer.from(JSON.stringify({ columns, rows }))),
    close: () => socket.terminate(),
    ended,
  }
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}
