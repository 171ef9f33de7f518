/**
 * What the Docker Engine's failures mean to an agent. The engine tells most of its errors apart by wording only, so the
 * wordings that matter are listed here; everything else falls back to the HTTP status.
 */
import { RuntimeError, type RuntimeErrorCode } from '../runtime.js'

/** As docker-modem throws them: `statusCode` for an answer, `code` for a connection that failed. */
interface EngineFailure {
  readonly statusCode?: number
  readonly code?: string
  readonly name?: string
  readonly message?: string
  readonly json?: unknown
}

interface Meaning {
  readonly code: RuntimeErrorCode
  readonly retryable: boolean
}

const CONNECTION_CODES = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EACCES', 'ETIMEDOUT', 'ENOTSOCK'])

/** By wording, first match wins. The address of a container that is just going away is free a moment later, hence retryable. */
const WORDINGS: readonly (readonly [RegExp, Meaning])[] = [
  [/address already in use/i, { code: 'conflict', retryable: true }],
  [/port is already allocated|bind for .* failed/i, { code: 'conflict', retryable: true }],
  [/removal of container .* is already in progress/i, { code: 'conflict', retryable: true }],
  [/has active endpoints|volume is in use|is using its referenced image/i, { code: 'conflict', retryable: true }],
  [/no such image|image .* (not found|could not be found)/i, { code: 'image-missing', retryable: true }],
  // The command cannot be run: its "permission denied: unknown" is not a registry's.
  [/exec: ".*": .*(not found|no such file|denied|not a directory)/i, { code: 'invalid', retryable: false }],
  [
    /pull access denied|repository does not exist|manifest (unknown|for .* not found)|no matching manifest|unauthorized|denied: /i,
    { code: 'image-pull', retryable: false },
  ],
  [
    /toomanyrequests|TLS handshake timeout|i\/o timeout|no such host|dial tcp|failed to resolve reference/i,
    { code: 'image-pull', retryable: true },
  ],
  [
    /pool overlaps|invalid reference format|invalid (mount|volume) (config|specification)/i,
    { code: 'invalid', retryable: false },
  ],
  [/cannot join network of a non running container|is not running/i, { code: 'conflict', retryable: true }],
  // The command or the working directory does not exist: the image is at fault, repeating does not help.
  [
    /executable file not found|no such file or directory|permission denied|not a directory/i,
    { code: 'invalid', retryable: false },
  ],
]

const STATUSES: Readonly<Record<number, Meaning>> = {
  400: { code: 'invalid', retryable: false },
  401: { code: 'invalid', retryable: false },
  403: { code: 'invalid', retryable: false },
  404: { code: 'not-found', retryable: false },
  409: { code: 'conflict', retryable: false },
  503: { code: 'unavailable', retryable: true },
}

/**
 * A RuntimeError of anything thrown by a call to the engine. `doing` says what was attempted (`create container web`);
 * errors that are RuntimeErrors already pass through.
 */
export function runtimeError(doing: string, thrown: unknown): RuntimeError {
  if (thrown instanceof RuntimeError) return thrown
  const failure = (thrown ?? {}) as EngineFailure
  const text = failureText(failure)
  const { code, retryable } = meaningOf(failure, text)
  const advice =
    failure.code === 'EACCES'
      ? ' (run as root, or as a member of the group docker)'
      : code === 'unavailable'
        ? ' (is dockerd running?)'
        : ''
  return new RuntimeError(code, `${doing}: ${text}${advice}`, retryable, { cause: thrown })
}

/** The engine's own words, without docker-modem's frame around them. */
export function failureText(failure: EngineFailure): string {
  const { json } = failure
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string')
    return json.message.trim()
  return (failure.message ?? String(failure)).replace(/^\(HTTP code \d+\) .*? - /s, '').trim()
}

function meaningOf(failure: EngineFailure, text: string): Meaning {
  if (failure.name === 'AbortError' || failure.name === 'TimeoutError') return { code: 'timeout', retryable: true }
  if (failure.statusCode === undefined) {
    const isGone = CONNECTION_CODES.has(failure.code ?? '') || /socket hang up|aborted|premature close/i.test(text)
    if (isGone) return { code: 'unavailable', retryable: true }
  }
  for (const [wording, meaning] of WORDINGS) if (wording.test(text)) return meaning
  return STATUSES[failure.statusCode ?? 0] ?? { code: 'internal', retryable: true }
}
