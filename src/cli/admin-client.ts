/** The client of the manager's admin API (model/admin-api.ts): HTTP with JSON over the Unix socket in the state directory. */
import http from 'node:http'
import type {
  ChangesAnswer,
  ConfirmAnswer,
  EvictAnswer,
  FetchAnswer,
  NamespacesAnswer,
  RevisionAnswer,
  ShutdownRequest,
  TokenAnswer,
} from '../model/admin-api.js'
import type { DesiredObject } from '../model/desired-state.js'
import type { EventView } from '../model/event-view.js'
import type { HistoryDetail, HistoryEntry, StatusView, WhyView } from '../model/status-view.js'
import { CliError, codeOf, EXIT_NO, EXIT_UNREACHABLE, EXIT_USAGE, type ExitCode, messageOf } from './cli-error.js'
import type { StatePaths } from './state-directory.js'

export interface AdminClient {
  readonly socket: string
  status(signal?: AbortSignal): Promise<StatusView>
  fetch(signal?: AbortSignal): Promise<FetchAnswer>
  revision(revision: string, signal?: AbortSignal): Promise<RevisionAnswer>
  /** Answers when something changed after the sequence, at the latest after 20 s. */
  changes(after: number, signal?: AbortSignal): Promise<ChangesAnswer>
  history(): Promise<readonly HistoryEntry[]>
  /** Error 1 when the manager took no commit that begins so. */
  historyDetail(revision: string): Promise<HistoryDetail>
  /** Of the last hour, the newest last. */
  events(): Promise<readonly EventView[]>
  /** The text of a snapshot, to hand to decodeSnapshot. */
  snapshot(): Promise<string>
  why(object: string, namespace: string): Promise<WhyView>
  /** Where objects of that kind and name (`KIND/NAME`) are. */
  namespaces(object: string): Promise<NamespacesAnswer>
  confirm(hash: string): Promise<ConfirmAnswer>
  /** Error 1 when a disruption budget refuses. */
  evict(pod: string): Promise<EvictAnswer>
  token(ttlMs: number): Promise<TokenAnswer>
  /** Error 1 when desired state has no such object. */
  object(key: string): Promise<DesiredObject>
  shutdown(request: ShutdownRequest): Promise<void>
}

/** A client for the manager of this state directory; nothing is opened before the first request. */
export function openAdminClient(paths: StatePaths): AdminClient {
  const socket = paths.socket
  const get = <T>(url: string, signal?: AbortSignal): Promise<T> => request<T>(socket, 'GET', url, undefined, signal)
  const post = <T>(url: string, body: unknown, signal?: AbortSignal): Promise<T> =>
    request<T>(socket, 'POST', url, body, signal)
  return {
    socket,
    status: (signal) => get('/v1/status', signal),
    fetch: (signal) => post('/v1/fetch', {}, signal),
    revision: (revision, signal) => get(`/v1/revisions/${encodeURIComponent(revision)}`, signal),
    changes: (after, signal) => get(`/v1/changes?after=${after}`, signal),
    history: () => get('/v1/history'),
    historyDetail: (revision) => get(`/v1/history/${encodeURIComponent(revision)}`),
    events: () => get('/v1/events'),
    snapshot: () => requestText(socket, 'GET', '/v1/snapshot', undefined, undefined),
    why: (object, namespace) => get(`/v1/why?${new URLSearchParams({ object, namespace })}`),
    namespaces: (object) => get(`/v1/namespaces?${new URLSearchParams({ object })}`),
    confirm: (hash) => post('/v1/confirm', { hash }),
    evict: (pod) => post('/v1/evict', { pod }),
    token: (ttlMs) => post('/v1/tokens', { ttlMs }),
    object: (key) => get(`/v1/objects/${encodeURIComponent(key)}`),
    shutdown: async (body) => void (await post('/v1/shutdown', body)),
  }
}

/** True when a manager answers on the socket. */
export async function isManagerAnswering(client: AdminClient): Promise<boolean> {
  try {
    await client.status(AbortSignal.timeout(2_000))
    return true
  } catch {
    return false
  }
}

async function request<T>(
  socketPath: string,
  method: string,
  url: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<T> {
  const text = await requestText(socketPath, method, url, body, signal)
  return parseJson(text, `${method} ${url}`) as T
}

function requestText(
  socketPath: string,
  method: string,
  url: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = text === undefined ? {} : { 'content-type': 'application/json' }
    // A connection of its own for each request: one that is kept may be closed by the manager just when it is used again.
    const options = { socketPath, method, path: url, headers, agent: false, ...(signal ? { signal } : {}) } as const
    const call = http.request(options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', (error) => reject(unreachable(socketPath, error)))
      answer.on('end', () => {
        try {
          resolve(readAnswer(answer.statusCode ?? 500, Buffer.concat(chunks).toString('utf8'), `${method} ${url}`))
        } catch (error) {
          reject(error)
        }
      })
    })
    call.on('error', (error) => reject(signal?.aborted ? signal.reason : unreachable(socketPath, error)))
    call.end(text)
  })
}

/** The text of a good answer; else throws what the manager says. */
function readAnswer(status: number, text: string, call: string): string {
  if (status < 400) return text
  const error = (parseJson(text, call) as { readonly error?: unknown }).error
  throw new CliError(exitCodeOf(status), typeof error === 'string' ? error : `${call}: the manager answered ${status}`)
}

function parseJson(text: string, call: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    throw new CliError(EXIT_UNREACHABLE, `${call}: the manager's answer is not JSON: is it of another version?`)
  }
}

function exitCodeOf(status: number): ExitCode {
  if (status === 400) return EXIT_USAGE
  return status < 500 ? EXIT_NO : EXIT_UNREACHABLE
}

/** Why the socket does not answer, and what to do. */
export function unreachable(socketPath: string, error: unknown): CliError {
  const code = codeOf(error)
  const advice =
    code === 'ENOENT' || code === 'ECONNREFUSED'
      ? 'it is not running here: start it with "headway up", or name its state directory with --dir or HEADWAY_DIR'
      : code === 'EACCES' || code === 'EPERM'
        ? 'the socket belongs to another user: run this command as the one who ran "headway up"'
        : `${messageOf(error)}: its log is log/manager.log in the state directory`
  return new CliError(EXIT_UNREACHABLE, `cannot reach the manager at ${socketPath}: ${advice}`, { cause: error })
}
