/** What status is made from: one snapshot of everything, and the manager's own facts. */
import type { Instant } from '../../base/instant.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { ObservedState } from '../../model/observed-state.js'
import type { DeleteBrake } from '../../model/plan.js'
import type { PlannedState } from '../../model/planned-state.js'
import type { ManagerView, SourceView } from '../../model/status-view.js'
import type { Waiting } from '../../model/waiting.js'

export interface StatusInput {
  readonly clusterId: string
  readonly now: Instant
  /** Null before the sources were first read. */
  readonly desired: DesiredState | null
  readonly planned: PlannedState
  readonly observed: ObservedState
  /** Of the newest plan. */
  readonly waiting: readonly Waiting[]
  readonly brake: DeleteBrake | null
  readonly manager: ManagerView
  /** With the newest tip seen at each; converged needs every tip taken. */
  readonly sources: readonly SourceView[]
  /** Name of the node on the manager's own host, whose agent's pid is shown; null when there is none. */
  readonly localNode: string | null
}
