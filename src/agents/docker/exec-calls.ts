/** Commands inside containers: to their end (probes, hooks) or interactive. One costs the engine about 48 ms of CPU. */
import type { Duplex, Readable } from 'node:stream'
import { type ExecResult, type ExecSession, RuntimeError } from '../runtime.js'
import type { EngineConnection } from './engine-connection.js'
import { FrameDecoder, splitStream } from './stream-frames.js'

interface ExecState {
  readonly ExitCode: number | null
  readonly Running: boolean
  readonly Pid: number
}

export interface ExecuteOptions {
  readonly timeoutMs: number
  readonly outputMaxBytes: number
}

/** Runs a command to its end. Past `timeoutMs` its process is killed and the error is `timeout`. */
export async function executeCommand(
  connection: EngineConnection,
  containerId: string,
  command: readonly string[],
  options: ExecuteOptions,
): Promise<ExecResult> {
  const id = await createExec(connection, containerId, command, { stdin: false, tty: false })
  const stream = await connection.stream({
    method: 'POST',
    path: `/exec/${id}/start`,
    body: { Detach: false, Tty: false },
    doing: `run ${command[0]}`,
  })
  const deadline = Date.now() + options.timeoutMs
  const output = new OutputBuffer(options.outputMaxBytes)
  const decoder = new FrameDecoder((_isStderr, content) => output.add(content))
  stream.on('data', (chunk: Buffer) => decoder.push(chunk))
  if (!(await isEnded(stream, options.timeoutMs))) {
    stream.destroy()
    await killExec(connection, id)
    throw new RuntimeError('timeout', `run ${command[0]}: not ended after ${options.timeoutMs} ms`, true)
  }
  return { exitCode: await endedExitCode(connection, id, deadline), output: output.text() }
}

/** A command with its streams open: `headway exec`. Closing `stdin` is the command's end of file. */
export async function openExecSession(
  connection: EngineConnection,
  containerId: string,
  command: readonly string[],
  options: { readonly stdin: boolean; readonly tty: boolean },
): Promise<ExecSession> {
  const id = await createExec(connection, containerId, command, options)
  const duplex: Duplex = await connection.hijack({
    method: 'POST',
    path: `/exec/${id}/start`,
    body: { Detach: false, Tty: options.tty },
    doing: `run ${command[0]}`,
  })
  const { stdout, stderr } = splitStream(duplex, options.tty)
  const closed = new Promise<void>((resolve) => {
    duplex.once('end', resolve)
    duplex.once('close', resolve)
  })
  const ended = closed.then(() => endedExitCode(connection, id, Number.POSITIVE_INFINITY))
  ended.catch(() => undefined)
  return {
    stdout,
    stderr,
    stdin: duplex,
    ended,
    resize: async (columns, rows) => {
      await connection.request({
        method: 'POST',
        path: `/exec/${id}/resize`,
        query: { w: columns, h: rows },
        doing: 'resize the terminal',
      })
    },
  }
}

async function createExec(
  connection: EngineConnection,
  containerId: string,
  command: readonly string[],
  options: { readonly stdin: boolean; readonly tty: boolean },
): Promise<string> {
  const answer = (await connection.request({
    method: 'POST',
    path: `/containers/${containerId}/exec`,
    body: { AttachStdin: options.stdin, AttachStdout: true, AttachStderr: true, Tty: options.tty, Cmd: command },
    doing: `run ${command[0]} in container ${containerId.slice(0, 12)}`,
  })) as { readonly Id: string }
  return answer.Id
}

async function inspectExec(connection: EngineConnection, id: string): Promise<ExecState> {
  return (await connection.request({
    method: 'GET',
    path: `/exec/${id}/json`,
    doing: 'inspect a command',
  })) as ExecState
}

/** The exit code is set a moment after the streams close; a command may also close them and go on. */
async function endedExitCode(connection: EngineConnection, id: string, deadline: number): Promise<number> {
  for (let waitMs = 5; ; waitMs = Math.min(200, waitMs * 2)) {
    const state = await inspectExec(connection, id)
    if (!state.Running && state.ExitCode !== null) return state.ExitCode
    // The streams may close at the last moment: one more second is the engine's.
    if (Date.now() > deadline + 1_000) {
      await killExec(connection, id)
      throw new RuntimeError('timeout', 'the command closed its output but did not end in time', true)
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

/** The engine has no call for it; the agent runs on the engine's host, so the process is signalled directly. */
async function killExec(connection: EngineConnection, id: string): Promise<void> {
  try {
    const state = await inspectExec(connection, id)
    if (state.Running && state.Pid > 1) process.kill(state.Pid, 'SIGKILL')
  } catch {
    // Ended meanwhile, or not ours to signal (the agent is not root): it then ends with its container.
  }
}

async function isEnded(stream: Readable, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(false), timeoutMs)
    const done = (value: boolean): void => {
      clearTimeout(timer)
      resolve(value)
    }
    stream.once('end', () => done(true))
    stream.once('close', () => done(true))
    stream.on('error', () => done(true))
  })
}

/** Keeps the first `limit` bytes. */
class OutputBuffer {
  readonly #chunks: Buffer[] = []
  #bytes = 0

  constructor(private readonly limit: number) {}

  add(content: Buffer): void {
    const room = this.limit - this.#bytes
    if (room <= 0) return
    const piece = Buffer.from(content.subarray(0, room))
    this.#chunks.push(piece)
    this.#bytes += piece.length
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}
