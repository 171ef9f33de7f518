/** The runs of one container as the engine shows them: which of them is the current one, and what is known of it. */
import type { RuntimeContainer } from '../runtime.js'
import { attemptOf } from './container-names.js'
import { type ContainerRecord, isExited, isRunning } from './pod-record.js'

const STATE_ORDER = { created: 0, running: 1, paused: 1, exited: 2, dead: 2, removing: 3 } as const

/**
 * Takes a container's state from the engine. A run never goes back: what is older than what is known is ignored. The
 * newest run is the current one, but for one that was never started beside one that runs: an agent that died may leave
 * it behind, even after its death, when its engine was slow.
 */
export function showContainer(container: ContainerRecord, shown: RuntimeContainer): void {
  const { current, older } = container
  if (current?.id === shown.id) {
    if (isNewer(shown, current) && !(container.startError !== '' && shown.state === 'created'))
      setCurrent(container, withKnownTimes(shown, current))
    return
  }
  const at = older.findIndex((old) => old.id === shown.id)
  const known = older[at]
  if (known !== undefined) {
    if (isNewer(shown, known)) older[at] = shown
  } else if (current === null || (attemptOf(shown) > attemptOf(current) && !isLeftBehind(container, shown))) {
    beginRun(container, shown)
  } else {
    older.push(shown)
    older.sort((left, right) => attemptOf(right) - attemptOf(left))
  }
  preferRunning(container)
}

/** When a run began and ended is known once: the host's clock may have been set since, and the engine says it by that. */
function withKnownTimes(shown: RuntimeContainer, known: RuntimeContainer): RuntimeContainer {
  const startedAt = known.startedAt ?? shown.startedAt
  const finishedAt = known.finishedAt ?? shown.finishedAt
  if (startedAt === shown.startedAt && finishedAt === shown.finishedAt) return shown
  return { ...shown, startedAt, finishedAt }
}

function isNewer(shown: RuntimeContainer, known: RuntimeContainer): boolean {
  return STATE_ORDER[shown.state] >= STATE_ORDER[known.state]
}

/** Never started, beside a run that goes on. */
function isLeftBehind(container: ContainerRecord, shown: RuntimeContainer): boolean {
  return shown.state === 'created' && isRunning(container)
}

/** A run that goes on takes the place of a newer one that was never started: that one is a stray and will be removed. */
function preferRunning(container: ContainerRecord): void {
  if (container.current?.state !== 'created') return
  const at = container.older.findIndex((old) => isRunning({ current: old }))
  const [running] = at < 0 ? [] : container.older.splice(at, 1)
  if (running === undefined) return
  beginRun(container, running)
  container.attempt = attemptOf(running)
}

/** Takes a newer state of the current run. */
export function setCurrent(container: ContainerRecord, shown: RuntimeContainer): void {
  container.current = shown
  if (!isExited(container)) return
  container.ready = false
  container.started = false
  container.hookDue = false
  container.kill = null
  container.probes.clear()
}

/** A run that is new to the record: just made, or found after a restart of the agent (then the ledger's facts hold on). */
function beginRun(container: ContainerRecord, shown: RuntimeContainer): void {
  const attempt = attemptOf(shown)
  const isKnown = container.current === null && container.attempt === attempt
  if (container.current !== null) container.older.unshift(container.current)
  container.attempt = Math.max(attempt, container.attempt)
  container.hasBegun = true
  container.startError = ''
  container.kill = null
  container.trouble = null
  container.probes.clear()
  if (!isKnown) {
    container.started = false
    container.ready = false
    container.hookDue = shown.state === 'created' && container.spec.lifecycle?.postStart !== undefined
  }
  setCurrent(container, shown)
}

/** The engine no longer has the container. True when it was this record's. */
export function forgetContainer(container: ContainerRecord, containerId: string): boolean {
  const at = container.older.findIndex((old) => old.id === containerId)
  if (at >= 0) container.older.splice(at, 1)
  if (container.current?.id !== containerId) return at >= 0
  container.current = null
  container.ready = false
  container.started = false
  container.hookDue = false
  container.startError = ''
  container.kill = null
  container.probes.clear()
  return true
}
