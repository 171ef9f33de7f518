/**
 * Drives the manager core in real time: hands it events, carries its effects out through the ports given, and ticks when
 * something is dirty or due. Events that come while a tick waits are planned for together.
 */
import type { ManagerCore, ManagerEffect, ManagerEvent } from './core/manager-core.js'

/** Effects' executors; a promise that rejects is logged and stops the manager (`onFatal`). */
export interface LoopPorts {
  now(): number
  perform(effect: ManagerEffect): void
  /** Sees every event that the core has handled, before its effects are carried out: journal and timelines. */
  handled?(event: ManagerEvent, now: number, effects: readonly ManagerEffect[]): void
  /** Commits and says how it went, by an event. */
  commit(effect: Extract<ManagerEffect, { type: 'commit-plan' }>): Promise<ManagerEvent>
  /** Nothing is due, and no plan is being written: the time for work that nobody waits for. */
  idle?(): void
  onFatal(error: unknown): void
}

export interface CoreLoop {
  send(event: ManagerEvent): void
  close(): Promise<void>
}

/** The shell looks at least this often, so that a stall of the process itself is noticed. */
const IDLE_TICK_MS = 500

export function startCoreLoop(core: ManagerCore, ports: LoopPorts): CoreLoop {
  let isClosed = false
  let isTickQueued = false
  let isCommitting = false
  let timer: NodeJS.Timeout | undefined
  let committing: Promise<void> = Promise.resolve()

  const send = (event: ManagerEvent): void => {
    if (isClosed) return
    const now = ports.now()
    const effects = core.handle(event, now)
    ports.handled?.(event, now, effects)
    for (const effect of effects) {
      if (effect.type === 'commit-plan') commit(effect)
      else ports.perform(effect)
    }
    // Heartbeats only move the next wake-up away: the timer that is set comes early at worst.
    if (event.type === 'tick' || effects.length > 0 || core.isTickDue) schedule()
  }
  const commit = (effect: Extract<ManagerEffect, { type: 'commit-plan' }>): void => {
    isCommitting = true
    committing = ports
      .commit(effect)
      .then((event) => {
        isCommitting = false
        send(event)
      })
      .catch(ports.onFatal)
  }
  const tick = (): void => {
    isTickQueued = false
    send({ type: 'tick' })
  }
  const schedule = (): void => {
    if (isClosed || isTickQueued) return
    if (core.isTickDue) {
      isTickQueued = true
      setImmediate(tick)
      return
    }
    clearTimeout(timer)
    const wakeAt = core.wakeAt()
    const delayMs = wakeAt === null ? IDLE_TICK_MS : Math.min(IDLE_TICK_MS, Math.max(0, wakeAt - ports.now()))
    timer = setTimeout(tick, delayMs)
    if (!isCommitting) ports.idle?.()
  }
  schedule()
  return {
    send,
    async close() {
      await committing
      isClosed = true
      clearTimeout(timer)
    },
  }
}
