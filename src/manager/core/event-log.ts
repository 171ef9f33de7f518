/**
 * The events of the last hour: what committed plans did, and what began to wait. The same thing to the same object is one
 * event that is counted (Kubernetes: events are kept for an hour, and repeated ones are aggregated). Kept in memory only:
 * a manager that starts begins anew.
 */
import { HOUR_MS, type Instant } from '../../base/instant.js'
import type { EventView } from '../../model/event-view.js'
import type { Plan } from '../../model/plan.js'
import type { PlannedState } from '../../model/planned-state.js'
import type { Waiting } from '../../model/waiting.js'
import type { ManagerEffect, ManagerEvent } from './manager-events.js'
import { type Happening, planEvents } from './plan-events.js'
import { WAITING_EVENTS } from './waiting-events.js'

/** More than anybody reads; a plan for thousands of pods costs no more than this. */
const EVENTS_MAX = 2_000

/** What is looked at of the core. */
export interface EventGround {
  readonly planned: PlannedState
  readonly waiting: readonly Waiting[]
}

export class EventLog {
  readonly #core: EventGround
  /** By what makes two events one, the longest unseen first. */
  readonly #events = new Map<string, EventView>()
  #inFlight: { readonly plan: Plan; readonly before: PlannedState } | null = null
  #waiting: readonly Waiting[] = []
  #waited: ReadonlySet<string> = new Set()

  constructor(core: EventGround) {
    this.#core = core
  }

  /** To be called with every event that the core has just handled, and its effects. */
  handled(event: ManagerEvent, now: Instant, effects: readonly ManagerEffect[]): void {
    if (event.type === 'plan-committed' && this.#inFlight?.plan.id === event.plan) {
      const { plan, before } = this.#inFlight
      for (const happening of planEvents(plan, before, EVENTS_MAX)) this.#note(happening, now)
    }
    if (event.type === 'plan-committed' || event.type === 'plan-conflict') this.#inFlight = null
    for (const effect of effects)
      if (effect.type === 'commit-plan') this.#inFlight = { plan: effect.plan, before: this.#core.planned }
    // What a plan leaves waiting is told after what it did.
    if (this.#inFlight === null && this.#core.waiting !== this.#waiting) this.#noteWaiting(this.#core.waiting, now)
  }

  /** Of the last hour, the newest last. */
  list(now: Instant): readonly EventView[] {
    for (const [id, { lastSeen }] of this.#events) {
      if (now - lastSeen < HOUR_MS) break
      this.#events.delete(id)
    }
    return [...this.#events.values()]
  }

  /** A wait is an event when it begins, or begins again. */
  #noteWaiting(waiting: readonly Waiting[], now: Instant): void {
    this.#waiting = waiting
    const waited = new Set<string>()
    for (const { on, key, detail } of waiting) {
      if (waited.size === EVENTS_MAX) break
      const word = WAITING_EVENTS[on]
      if (word === null) continue
      const happening = { ...word, object: key, owner: null, message: detail }
      const id = idOf(happening)
      waited.add(id)
      if (!this.#waited.has(id)) this.#note(happening, now)
    }
    this.#waited = waited
  }

  #note(happening: Happening, now: Instant): void {
    const id = idOf(happening)
    const known = this.#events.get(id)
    const before = known !== undefined && now - known.lastSeen < HOUR_MS ? known : undefined
    this.#events.delete(id)
    this.#events.set(id, {
      ...happening,
      firstSeen: before?.firstSeen ?? now,
      lastSeen: now,
      count: (before?.count ?? 0) + 1,
    })
    if (this.#events.size > EVENTS_MAX) this.#events.delete(this.#events.keys().next().value!)
  }
}

function idOf({ reason, object, message }: Happening): string {
  return `${reason} ${object ?? ''} ${message}`
}
