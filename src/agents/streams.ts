/** Serves logs and exec on streams that the manager asked for and the agent dialled back (protocol.ts, frames). */
import type { Readable } from 'node:stream'
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
import type { DialledStream } from './link/link-port.js'
import type { Runtime } from './runtime.js'

/** Serves one stream to its end and closes it. `findContainer` gives the engine's id. Never throws. */
export async function serveStream(
  runtime: Runtime,
  stream: DialledStream,
  request: StreamRequest,
  findContainer: (previous: boolean) => string | null,
): Promise<void> {
  let end: StreamEnd
  try {
    const previous = request.type === 'logs' && request.previous
    const containerId = findContainer(previous)
    if (containerId === null) {
      const which = previous ? 'previous container' : 'container'
      throw new Error(`the pod has no ${which} named ${request.container} on this node`)
    }
    end =
      request.type === 'logs'
        ? await serveLogs(runtime, stream, request, containerId)
        : await serveExec(runtime, stream, request, containerId)
  } catch (error) {
    end = { exitCode: null, error: (error as Error).message }
  }
  await stream.send(frame(STREAM_END, Buffer.from(JSON.stringify(end)))).catch(() => {})
  stream.close()
}

async function serveLogs(
  runtime: Runtime,
  stream: DialledStream,
  request: Extract<StreamRequest, { type: 'logs' }>,
  containerId: string,
): Promise<StreamEnd> {
  const { follow, tailLines, sinceMs, timestamps } = request
  const logs = await runtime.logs(containerId, { follow, tailLines, sinceMs, timestamps })
  stream.onClose(() => logs.close())
  await Promise.all([pump(logs.stdout, STREAM_STDOUT, stream), pump(logs.stderr, STREAM_STDERR, stream)])
  return { exitCode: 0, error: null }
}

async function serveExec(
  runtime: Runtime,
  stream: DialledStream,
  request: Extract<StreamRequest, { type: 'exec' }>,
  containerId: string,
): Promise<StreamEnd> {
  const { command, stdin, tty } = request
  const session = await runtime.openExec(containerId, command, { stdin, tty })
  session.stdin.on('error', () => {})
  stream.onFrame((bytes) => {
    const body = Buffer.from(bytes.subarray(1))
    if (bytes[0] === STREAM_STDIN) session.stdin.write(body)
    else if (bytes[0] === STREAM_STDIN_END) session.stdin.end()
    else if (bytes[0] === STREAM_RESIZE) {
      const { columns, rows } = JSON.parse(body.toString()) as { columns: number; rows: number }
      session.resize(columns, rows).catch(() => {})
    }
  })
  stream.onClose(() => session.stdin.end())
  const [exitCode] = await Promise.all([
    session.ended,
    pump(session.stdout, STREAM_STDOUT, stream),
    pump(session.stderr, STREAM_STDERR, stream),
  ])
  return { exitCode, error: null }
}

/** Sends as fast as the other side takes it. */
async function pump(source: NodeJS.ReadableStream, channel: number, stream: DialledStream): Promise<void> {
  for await (const chunk of source as Readable) await stream.send(frame(channel, chunk as Buffer))
}

function frame(channel: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([channel]), body])
}
