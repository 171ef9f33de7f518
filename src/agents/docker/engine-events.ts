/**
 * The engine's events of containers. The engine sends none for what happened while it was down, and none of the ones
 * missed can be asked for afterwards, so every break is told as `lost`, and `connected` when it is over: list again then.
 */
import type { RuntimeEvent } from '../runtime.js'
import type { EngineConnection } from './engine-connection.js'
import { readJsonLines } from './json-lines.js'

const TYPES: Readonly<Record<string, 'started' | 'died' | 'removed'>> = {
  start: 'started',
  die: 'died',
  destroy: 'removed',
}

/** A restart of dockerd takes about two seconds; asking ten times a second costs nothing on a local socket. */
const RETRY_MS = 100
const RETRY_MS_MAX = 1_000

/** The parts of an event that are read. */
export interface EventAnswer {
  readonly Type?: string
  readonly Action?: string
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> }
}

/** Null for an event that does not matter. */
export function decodeEvent(answer: EventAnswer): RuntimeEvent | null {
  const type = TYPES[answer.Action ?? '']
  const id = answer.Actor?.ID
  if (answer.Type !== 'container' || type === undefined || id === undefined) return null
  const { exitCode, image: _image, name: _name, ...labels } = answer.Actor?.Attributes ?? {}
  return { type, containerId: id, labels, exitCode: exitCode === undefined ? null : Number(exitCode) }
}

/** Calls `listener` until the returned function is called. Errors are never thrown: a listener's own go to `log`. */
export function watchEvents(
  connection: EngineConnection,
  listener: (event: RuntimeEvent) => void,
  log: (line: string) => void,
): () => void {
  const stopping = new AbortController()
  const tell = (event: RuntimeEvent): void => {
    if (stopping.signal.aborted) return
    try {
      listener(event)
    } catch (error) {
      log(`a listener to the engine's events failed: ${String(error)}`)
    }
  }
  void follow(connection, tell, stopping.signal, log)
  return () => stopping.abort()
}

async function follow(
  connection: EngineConnection,
  tell: (event: RuntimeEvent) => void,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  const filters = { type: ['container'], event: Object.keys(TYPES) }
  let isLost = false
  let waitMs = RETRY_MS
  while (!signal.aborted) {
    let why = 'the engine closed it'
    try {
      const stream = await connection.stream({
        method: 'GET',
        path: '/events',
        query: { filters },
        signal,
        doing: 'follow events',
      })
      isLost = false
      waitMs = RETRY_MS
      tell({ type: 'connected' })
      for await (const answer of readJsonLines(stream)) {
        const event = decodeEvent(answer as EventAnswer)
        if (event !== null) tell(event)
      }
    } catch (error) {
      why = error instanceof Error ? error.message : String(error)
    }
    if (signal.aborted) return
    if (!isLost) {
      isLost = true
      log(`the engine's event stream broke: ${why}`)
      tell({ type: 'lost' })
    }
    await pause(waitMs, signal)
    waitMs = Math.min(RETRY_MS_MAX, waitMs * 2)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
