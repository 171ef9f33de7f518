/** Containers through the Engine API: list, create, start, stop, remove. A start costs the engine 190 ms whatever we do, so nothing is asked twice. */
import { type ContainerGlance, type ContainerSpec, type RuntimeContainer, RuntimeError } from '../runtime.js'
import { decodeState, type InspectAnswer } from './container-request.js'
import type { EngineConnection } from './engine-connection.js'
import { failureText } from './engine-error.js'

/** Inspections in flight at once while listing: they cost 0.5 ms each. */
const INSPECTS_MAX = 8
/** Starting can take long where 100 containers start at once. */
const START_LIMIT_MS = 180_000
/** After KILL a process is gone at once; an engine that does not say so in this time hangs. */
const KILL_LIMIT_MS = 30_000

/** All containers that carry the labels (an empty value matches any), running or not. */
export async function listContainers(
  connection: EngineConnection,
  labels: Readonly<Record<string, string>>,
  show: ShowContainer,
): Promise<RuntimeContainer[]> {
  const answer = await listAnswer(connection, labels)
  // The list itself holds neither exit codes nor instants.
  const containers: (RuntimeContainer | null)[] = new Array(answer.length).fill(null)
  let next = 0
  const inspectSome = async (): Promise<void> => {
    for (let i = next++; i < answer.length; i = next++)
      containers[i] = await inspectContainer(connection, answer[i]!.Id, show)
  }
  await Promise.all(Array.from({ length: Math.min(INSPECTS_MAX, answer.length) }, inspectSome))
  return containers.filter((container) => container !== null)
}

/** Ids and states of the same containers, in one request. */
export async function glanceContainers(
  connection: EngineConnection,
  labels: Readonly<Record<string, string>>,
): Promise<ContainerGlance[]> {
  const answer = await listAnswer(connection, labels)
  return answer.map(({ Id, State }) => ({ id: Id, state: decodeState(State) }))
}

interface ListedContainer {
  readonly Id: string
  readonly State: string
}

async function listAnswer(
  connection: EngineConnection,
  labels: Readonly<Record<string, string>>,
): Promise<readonly ListedContainer[]> {
  const label = Object.entries(labels).map(([key, value]) => (value === '' ? key : `${key}=${value}`))
  const query = { all: true, filters: { label } }
  return (await connection.request({
    method: 'GET',
    path: '/containers/json',
    query,
    doing: 'list containers',
  })) as readonly ListedContainer[]
}

/** How the engine's record becomes the port's. */
export type ShowContainer = (answer: InspectAnswer) => Promise<RuntimeContainer>

/** Null when there is none of this id or name. */
export async function inspectContainer(
  connection: EngineConnection,
  id: string,
  show: ShowContainer,
): Promise<RuntimeContainer | null> {
  const answer = await inspectAnswer(connection, id)
  return answer === null ? null : show(answer)
}

/** The engine's own record; null when there is none. */
export async function inspectAnswer(connection: EngineConnection, id: string): Promise<InspectAnswer | null> {
  try {
    return (await connection.request({
      method: 'GET',
      path: `/containers/${encodeURIComponent(id)}/json`,
      doing: `inspect container ${id}`,
    })) as InspectAnswer
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'not-found') return null
    throw error
  }
}

/**
 * Creates a container and returns its id. When the name is taken by a container with exactly these labels that has
 * not ended, that one is taken: it is ours, from a request whose answer was lost.
 */
export async function createContainer(
  connection: EngineConnection,
  spec: Pick<ContainerSpec, 'name' | 'labels'>,
  body: unknown,
  show: ShowContainer,
): Promise<string> {
  try {
    const answer = (await connection.request({
      method: 'POST',
      path: '/containers/create',
      query: { name: spec.name },
      body,
      doing: `create container ${spec.name}`,
    })) as { readonly Id: string }
    return answer.Id
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== 'conflict') throw error
    const existing = await inspectContainer(connection, spec.name, show)
    if (existing === null) throw new RuntimeError('conflict', error.message, true, { cause: error })
    const isOurs = existing.state === 'created' || existing.state === 'running'
    if (isOurs && isSameLabels(existing.labels, spec.labels)) return existing.id
    throw error
  }
}

/** The image's own labels come on top of ours in a container. */
function isSameLabels(actual: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(wanted)
  return keys.length > 0 && keys.every((key) => actual[key] === wanted[key])
}

/** Starts a container; one that runs already is no error. */
export async function startContainer(connection: EngineConnection, id: string): Promise<void> {
  await connection.request({
    method: 'POST',
    path: `/containers/${id}/start`,
    limitMs: START_LIMIT_MS,
    doing: `start container ${id.slice(0, 12)}`,
  })
}

/** Sends the signal (empty: the container's own), waits, then KILL. Resolves when it has ended; one that does not run is no error. */
export async function stopContainer(
  connection: EngineConnection,
  id: string,
  signal: string,
  graceMs: number,
): Promise<void> {
  if (signal === '' && graceMs > 0) {
    const seconds = Math.ceil(graceMs / 1000)
    await tolerate(
      connection.request({
        method: 'POST',
        path: `/containers/${id}/stop`,
        query: { t: seconds },
        limitMs: graceMs + KILL_LIMIT_MS,
        doing: `stop container ${id.slice(0, 12)}`,
      }),
    )
    return
  }
  // The wait is sent first, so that no end is missed; it returns at once for a container that does not run.
  const ended = waitForEnd(connection, id, graceMs + KILL_LIMIT_MS)
  ended.catch(() => undefined)
  if (graceMs > 0) {
    await sendSignal(connection, id, signal)
    if (await isWithin(ended, graceMs)) return
  }
  await sendSignal(connection, id, 'SIGKILL')
  await ended
}

/** Resolves when a container does not run. Errors: RuntimeError `timeout`. */
export async function waitForEnd(connection: EngineConnection, id: string, limitMs: number): Promise<void> {
  const request = connection.request({
    method: 'POST',
    path: `/containers/${id}/wait`,
    limitMs,
    doing: `wait for the end of container ${id.slice(0, 12)}`,
  })
  await tolerate(request)
}

async function isWithin(ended: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([ended.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

async function sendSignal(connection: EngineConnection, id: string, signal: string): Promise<void> {
  const doing = `send ${signal} to container ${id.slice(0, 12)}`
  await tolerate(connection.request({ method: 'POST', path: `/containers/${id}/kill`, query: { signal }, doing }))
}

/** A container that is gone or does not run is what a stop wants. */
async function tolerate(request: Promise<unknown>): Promise<void> {
  try {
    await request
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'not-found') return
    if (error instanceof RuntimeError && error.code === 'conflict' && /is not running/.test(error.message)) return
    throw error
  }
}

/** Removes a container, also a running one, with its anonymous volumes; one that is not there is no error. */
export async function removeContainer(connection: EngineConnection, id: string): Promise<void> {
  try {
    await connection.request({
      method: 'DELETE',
      path: `/containers/${id}`,
      query: { force: true, v: true },
      doing: `remove container ${id.slice(0, 12)}`,
    })
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error
    if (error.code === 'not-found') return
    if (!/already in progress/.test(failureText(error))) throw error
    await waitForRemoval(connection, id)
  }
}

async function waitForRemoval(connection: EngineConnection, id: string): Promise<void> {
  const request = connection.request({
    method: 'POST',
    path: `/containers/${id}/wait`,
    query: { condition: 'removed' },
    limitMs: KILL_LIMIT_MS,
    doing: `wait for the removal of container ${id.slice(0, 12)}`,
  })
  await tolerate(request)
}
