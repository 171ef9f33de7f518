/**
 * Decides what of each event goes into the journal. Heartbeats and ticks that changed nothing are left out, though each
 * moves the core's clocks: what they did to them is written with the first event for which it matters.
 */
import type { Instant } from '../../base/instant.js'
import { type ManagerCore, type ManagerEffect, type ManagerEvent, STALL_MS } from '../core/manager-core.js'
import type { UnwrittenRecord } from './journal-record.js'

export class EventRecorder {
  readonly #core: ManagerCore
  #passes: number
  #version: number
  #lastHandledAt: Instant
  #silent: ReadonlyMap<string, Instant>

  constructor(core: ManagerCore) {
    this.#core = core
    this.#passes = core.passes
    this.#version = core.observedVersion
    this.#lastHandledAt = core.save().lastHandledAt
    this.#silent = silentNodes(core)
  }

  /** To be called with every event that the core has just handled; null when it needs no record. */
  take(event: ManagerEvent, now: Instant, effects: readonly ManagerEffect[]): UnwrittenRecord | null {
    const { passes, observedVersion } = this.#core
    const isStall = now - this.#lastHandledAt > STALL_MS
    const idleSince = this.#lastHandledAt
    const isChanged = passes !== this.#passes || observedVersion !== this.#version
    const before = this.#silent
    if (observedVersion !== this.#version && canSilence(event)) this.#silent = silentNodes(this.#core)
    this.#passes = passes
    this.#version = observedVersion
    this.#lastHandledAt = now
    if (!isStall && !isChanged && isQuiet(event, effects)) return null
    const silent = new Map([...this.#silent].filter(([name, since]) => before.get(name) !== since))
    const commit = effects.find((effect) => effect.type === 'commit-plan')
    return {
      at: now,
      event,
      ...(isStall ? { idleSince } : {}),
      ...(silent.size > 0 ? { silent } : {}),
      ...(commit === undefined ? {} : { made: commit.plan }),
    }
  }
}

/** Nothing came of it. Contents that an agent asks for are none of the core's business. */
function isQuiet(event: ManagerEvent, effects: readonly ManagerEffect[]): boolean {
  if (event.type === 'tick') return effects.length === 0
  if (event.type !== 'agent-message') return false
  if (event.message.type === 'fetch-config') return true
  return event.message.type === 'heartbeat' && effects.length === 0
}

function canSilence(event: ManagerEvent): boolean {
  return event.type === 'tick' || event.type === 'plan-committed' || event.type === 'agent-closed'
}

function silentNodes(core: ManagerCore): Map<string, Instant> {
  const silent = new Map<string, Instant>()
  for (const [name, node] of core.observed.nodes) if (node.silentSince !== null) silent.set(name, node.silentSince)
  return silent
}
