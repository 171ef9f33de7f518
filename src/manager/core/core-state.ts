/** Everything that a manager core holds, as plain data that shares the core's values: what a replay can begin from. */
import type { Instant } from '../../base/instant.js'
import type { Assignment, PodUid } from '../../model/assignment.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { Generation } from '../../model/generation.js'
import type { DeleteBrake, Plan } from '../../model/plan.js'
import type { PlannedState } from '../../model/planned-state.js'
import type { HistoryEntry } from '../../model/status-view.js'
import type { Waiting } from '../../model/waiting.js'
import type { SavedNodes } from './observed-nodes.js'
import type { Refusal } from './refusal.js'

export interface CoreState {
  readonly clusterId: string
  readonly desired: DesiredState | null
  readonly planned: PlannedState
  readonly assignments: readonly Assignment[]
  readonly generation: Generation
  readonly observed: SavedNodes
  readonly connections: ReadonlyMap<string, number>
  readonly history: readonly HistoryEntry[]
  readonly isRecovering: boolean
  readonly recoveryEndsAt: Instant
  readonly confirmed: string | null
  /** Pods to evict by command, not yet planned. */
  readonly evictions?: readonly PodUid[]
  /** Those of them that the plan in flight was asked for. */
  readonly evictionsInFlight?: readonly PodUid[]
  /** Why the newest desired state's plan is refused; absent while it is not. */
  readonly refusal?: Refusal
  /** What the last plan that passed was made for, where that is not the newest; null: none passed. */
  readonly inForce?: DesiredState | null
  readonly isPruningAll: boolean
  /** Made and not yet committed. */
  readonly inFlight: Plan | null
  readonly isDirty: boolean
  readonly requeueAt: Instant | null
  readonly waiting: readonly Waiting[]
  readonly brake: DeleteBrake | null
  readonly isConverged: boolean
  readonly lastHandledAt: Instant
  readonly fullCheckAt: Instant
  readonly isCheckedInFull: boolean
}
