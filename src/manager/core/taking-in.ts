/**
 * A manager that is new to its work only takes in what runs: with an empty store until every known member has reported or
 * the limit has passed (DESIGN 3), with one it has found until these were heard.
 */
import { earliest, type Instant } from '../../base/instant.js'
import type { PlannedState } from '../../model/planned-state.js'

/** How long an empty store waits for known members: by then a dead host's pods would have been replaced anyway. */
export const RECOVERY_LIMIT_MS = 12_000
/**
 * How long a manager that finds its store waits for known members before it decides anything: the silence after which a
 * node is NotReady. The store may be older than what runs, and a node that was not heard yet still sends requests to pods.
 */
export const AWAIT_LIMIT_MS = 4_000

/** How many members were not heard yet, and how many nodes were. */
export interface Attendance {
  readonly unheard: number
  readonly heard: number
}

/**
 * True for what a store says (null: nothing) when nothing was ever applied by it: it is new or was lost, or the manager
 * died while it was still being rebuilt from reports. A cluster without any object looks the same, and bears it.
 */
export function isUndecided(planned: PlannedState | null): boolean {
  // What was found running has no hash until a commit has applied it.
  for (const { hash } of planned?.inventory.values() ?? []) if (hash !== '') return false
  return true
}

export class TakingIn {
  #isRecovering: boolean
  #endsAt: Instant

  constructor(isStoreEmpty: boolean, now: Instant) {
    this.#isRecovering = isStoreEmpty
    this.#endsAt = now + (isStoreEmpty ? RECOVERY_LIMIT_MS : AWAIT_LIMIT_MS)
  }

  /** The store is being rebuilt from reports. */
  get isRecovering(): boolean {
    return this.#isRecovering
  }

  /** When known members are waited for no longer. */
  get endsAt(): Instant {
    return this.#endsAt
  }

  /** As it was saved; `isRecovering` was given at the beginning. */
  restore(endsAt: Instant): void {
    this.#endsAt = endsAt
  }

  /** The store is whole again. */
  endRecovery(): void {
    this.#isRecovering = false
  }

  /** Members were not heard yet, though nothing is rebuilt: until then nothing is decided. */
  isAwaiting(attendance: Attendance, now: Instant): boolean {
    return !this.#isRecovering && this.lacksReports(attendance, now)
  }

  /** Known members are waited for until the limit; and until one at least was heard, since nothing can be done without. */
  lacksReports({ unheard, heard }: Attendance, now: Instant): boolean {
    return unheard > 0 && (now < this.#endsAt || heard === 0)
  }

  /** When planning is due for it by itself: null past its end, when it is events that end it, not time. */
  wakeAt(attendance: Attendance, now: Instant): Instant | null {
    return this.#endsAt > now && (this.#isRecovering || this.isAwaiting(attendance, now)) ? this.#endsAt : null
  }

  /** `at`, or the end of waiting for members where that is earlier. */
  earlierOf(at: Instant | null, attendance: Attendance, now: Instant): Instant | null {
    return earliest(at, this.isAwaiting(attendance, now) && this.#endsAt > now ? this.#endsAt : null)
  }
}
