/** What a planning pass is made from: one consistent snapshot, and the time. */
import type { Instant } from '../base/instant.js'
import type { PodUid } from '../model/assignment.js'
import type { DesiredState } from '../model/desired-state.js'
import type { Generation } from '../model/generation.js'
import type { ObservedState } from '../model/observed-state.js'
import type { PlannedState } from '../model/planned-state.js'

export interface PlanInput {
  readonly clusterId: string
  readonly now: Instant
  /** The generation this plan gets: newer than every one given before. */
  readonly generation: Generation
  /** Null until sync has read the sources once: nothing is created or deleted. */
  readonly desired: DesiredState | null
  readonly planned: PlannedState
  readonly observed: ObservedState
  /** Hash of the delete brake's set that was confirmed by command; null when none was. */
  readonly confirmed: string | null
  /**
   * True on an empty store until every known member has reported or its lease has passed: pods that agents report are
   * adopted, nothing is created, stopped or forgotten (DESIGN 3).
   */
  readonly isRecovering: boolean
  /** Pods whose eviction was asked for by command, by uid; absent: none. */
  readonly evictions?: readonly PodUid[]
}
