/**
 * What people are told of the manager's work: what waits, what the delete brake holds, whether everything is as desired,
 * and what became of each commit. Says so by effects when it is news.
 */
import type { Instant } from '../../base/instant.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { DeleteBrake, Plan } from '../../model/plan.js'
import type { PlannedState } from '../../model/planned-state.js'
import type { HistoryEntry } from '../../model/status-view.js'
import type { Waiting } from '../../model/waiting.js'
import { HistoryLog } from './history-log.js'
import type { ManagerEffect } from './manager-events.js'

/** What a saved core says of it. */
export interface SavedProgress {
  readonly waiting: readonly Waiting[]
  readonly brake: DeleteBrake | null
  readonly isConverged: boolean
}

export class CoreProgress {
  readonly #history: HistoryLog
  readonly #emit: (effect: ManagerEffect) => void
  #waiting: readonly Waiting[] = []
  #brake: DeleteBrake | null = null
  #isConverged = false

  /** `history`: newest first. */
  constructor(history: readonly HistoryEntry[], emit: (effect: ManagerEffect) => void) {
    this.#history = new HistoryLog(history)
    this.#emit = emit
  }

  get history(): readonly HistoryEntry[] {
    return this.#history.entries()
  }

  get waiting(): readonly Waiting[] {
    return this.#waiting
  }

  get brake(): DeleteBrake | null {
    return this.#brake
  }

  /** Everything at the desired revision is healthy and nothing waits. */
  get isConverged(): boolean {
    return this.#isConverged
  }

  restore({ waiting, brake, isConverged }: SavedProgress): void {
    this.#waiting = waiting
    this.#brake = brake
    this.#isConverged = isConverged
  }

  /** A commit was taken. */
  takeDesired(desired: DesiredState, now: Instant): void {
    this.#history.take(desired, now)
    this.#saveHistory()
    this.#emit({ type: 'changed' })
    this.#isConverged = false
  }

  /** There is no plan to be had: what waited waits on. */
  noteNoPlan(): void {
    this.#isConverged = false
  }

  /** The plan for the newest desired state was refused. */
  noteRefusal(): void {
    if (this.#history.fail()) this.#saveHistory()
  }

  /** A plan changes something: it is about to be committed. `before`: what was planned until then. */
  notePlan(plan: Plan, before: PlannedState): void {
    this.#isConverged = false
    this.#history.count(plan, before)
  }

  noteWaiting(waiting: readonly Waiting[], brake: DeleteBrake | null): void {
    const isChanged = brake?.hash !== this.#brake?.hash || waiting !== this.#waiting
    this.#waiting = waiting
    this.#brake = brake
    if (isChanged) this.#emit({ type: 'changed' })
  }

  /** A workload that makes no progress is what becomes of the commit, for now. */
  noteFailure(plan: Plan): void {
    if (plan.waiting.some(({ on }) => on === 'progress-deadline') && this.#history.fail()) this.#saveHistory()
  }

  /** There was nothing to plan. `isTakingIn`: what runs is not known yet, so that nothing can be said. */
  noteConvergence(desired: DesiredState | null, isTakingIn: boolean, now: Instant): void {
    const isHeld = desired === null || [...desired.apps.values()].some((app) => app.held)
    const isConverged = !isHeld && !isTakingIn && this.#waiting.length === 0 && this.#brake === null
    if (isConverged && this.#history.converge(now)) {
      this.#emit({ type: 'log', line: `converged at ${desired?.revision.slice(0, 10)}` })
      this.#saveHistory()
    }
    if (isConverged !== this.#isConverged) this.#emit({ type: 'changed' })
    this.#isConverged = isConverged
  }

  #saveHistory(): void {
    this.#emit({ type: 'save-history', history: this.#history.entries() })
  }
}
