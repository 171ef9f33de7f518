/**
 * One connection to a Docker Engine: requests through dockerode's modem (loaded at the first request only: it costs
 * 120 ms and 20 MB), each with a time limit, errors as RuntimeErrors.
 */
import type { Duplex, Readable } from 'node:stream'
import { RuntimeError } from '../runtime.js'
import { runtimeError } from './engine-error.js'

/** The engine answers ordinary requests within milliseconds; a minute under the heaviest load. Longer means it hangs. */
const REQUEST_LIMIT_MS = 60_000

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT'
  /** Without the query. */
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  /** Sent as it is, as a tar. */
  readonly file?: Uint8Array
  readonly auth?: Readonly<Record<string, string>>
  /** Null: no limit. */
  readonly limitMs?: number | null
  readonly signal?: AbortSignal
  /** What is attempted, for the error text. */
  readonly doing: string
}

export interface EngineConnection {
  readonly socketPath: string
  /** The parsed JSON answer (null when empty). */
  request(request: EngineRequest): Promise<unknown>
  /** The answer's body as a stream. */
  stream(request: EngineRequest): Promise<Readable>
  /** A two-way stream: exec with input. */
  hijack(request: EngineRequest): Promise<Duplex>
}

interface Modem {
  dial(options: Record<string, unknown>, callback: (error: unknown, answer: unknown) => void): void
}

const FINE_STATUSES = { 101: true, 200: true, 201: true, 204: true, 304: true }

/** Nothing is sent yet: an engine that is not there shows at the first request. */
export function connectEngine(socketPath: string): EngineConnection {
  let modem: Promise<Modem> | null = null
  const dial = async (request: EngineRequest, extra: Record<string, unknown>): Promise<unknown> => {
    modem ??= loadModem(socketPath)
    const loaded = await modem
    const limitMs = request.limitMs === undefined ? REQUEST_LIMIT_MS : request.limitMs
    const limit = limitMs === null ? undefined : AbortSignal.timeout(limitMs)
    const signal = request.signal && limit ? AbortSignal.any([request.signal, limit]) : (request.signal ?? limit)
    return new Promise((resolve, reject) => {
      loaded.dial(dialOptions(request, signal, extra), (error, answer) => {
        if (!error) return resolve(answer)
        if (limit?.aborted)
          reject(
            new RuntimeError('timeout', `${request.doing}: the engine did not answer within ${limitMs} ms`, true, {
              cause: error,
            }),
          )
        else reject(runtimeError(request.doing, error))
      })
    })
  }
  return {
    socketPath,
    request: async (request) => {
      const answer = await dial(request, {})
      return Buffer.isBuffer(answer) ? (answer.length === 0 ? null : answer.toString()) : answer
    },
    stream: async (request) => (await dial({ limitMs: null, ...request }, { isStream: true })) as Readable,
    hijack: async (request) =>
      (await dial(
        { limitMs: null, ...request },
        { isStream: true, hijack: true, openStdin: true, allowEmpty: true },
      )) as Duplex,
  }
}

function dialOptions(
  request: EngineRequest,
  signal: AbortSignal | undefined,
  extra: Record<string, unknown>,
): Record<string, unknown> {
  return {
    method: request.method,
    // The modem cuts the last letter off a path that has a `?` and no query.
    path: request.query ? `${request.path}?` : request.path,
    options: { ...(request.query ? { _query: request.query } : {}), _body: request.body ?? {} },
    statusCodes: FINE_STATUSES,
    ...(request.file
      ? { file: Buffer.from(request.file.buffer, request.file.byteOffset, request.file.byteLength) }
      : {}),
    ...(request.auth ? { authconfig: request.auth } : {}),
    ...(signal ? { abortSignal: signal } : {}),
    ...extra,
  }
}

async function loadModem(socketPath: string): Promise<Modem> {
  const { default: Docker } = await import('dockerode')
  // Spelled out, so that DOCKER_HOST in the environment does not override the socket that was chosen.
  const options = { socketPath, host: undefined, port: undefined, protocol: 'http' }
  const docker = new Docker(options as unknown as ConstructorParameters<typeof Docker>[0])
  return docker.modem as unknown as Modem
}
