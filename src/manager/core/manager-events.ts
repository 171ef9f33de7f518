/** What goes into the manager's core and what comes out of it, and what a core begins with. */
import type { Instant } from '../../base/instant.js'
import type { Assignment, PodUid } from '../../model/assignment.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { Plan } from '../../model/plan.js'
import type { PlannedState } from '../../model/planned-state.js'
import type { AgentMessage, ManagerMessage } from '../../model/protocol.js'
import type { HistoryEntry } from '../../model/status-view.js'
import type { makePlan } from '../../planner/make-plan.js'

export type ManagerEvent =
  | { readonly type: 'desired'; readonly desired: DesiredState }
  /** Node names that hold certificates. */
  | { readonly type: 'members'; readonly members: readonly string[] }
  | {
      readonly type: 'agent-message'
      readonly node: string
      readonly connection: number
      readonly message: AgentMessage
    }
  | { readonly type: 'agent-closed'; readonly node: string; readonly connection: number }
  | { readonly type: 'plan-committed'; readonly plan: string }
  /** Somebody else changed the store: `planned` is what it holds now. */
  | { readonly type: 'plan-conflict'; readonly planned: PlannedState; readonly assignments: readonly Assignment[] }
  | { readonly type: 'confirm'; readonly hash: string }
  /** `headway evict`: one try, in the next plan. */
  | { readonly type: 'evict'; readonly pod: PodUid }
  /** Stop everything that was applied: `headway down --prune`. */
  | { readonly type: 'prune-all' }
  | { readonly type: 'tick' }

export type ManagerEffect =
  /** Commit with compare-and-set on the parent, then answer with plan-committed or plan-conflict. */
  | { readonly type: 'commit-plan'; readonly plan: Plan; readonly history: readonly HistoryEntry[] }
  | {
      readonly type: 'send'
      readonly node: string
      readonly connection: number
      readonly message: ManagerMessage
    }
  /** Look these up in the vault and send them as a `config` message. */
  | {
      readonly type: 'send-config'
      readonly node: string
      readonly connection: number
      readonly digests: readonly string[]
    }
  | { readonly type: 'close'; readonly node: string; readonly connection: number; readonly reason: string }
  | { readonly type: 'save-history'; readonly history: readonly HistoryEntry[] }
  | { readonly type: 'log'; readonly line: string }
  /** Status changed. */
  | { readonly type: 'changed' }

export interface ManagerCoreOptions {
  readonly clusterId: string
  readonly now: Instant
  readonly planned: PlannedState
  readonly assignments: readonly Assignment[]
  readonly history: readonly HistoryEntry[]
  readonly members: readonly string[]
  /** The store was empty: rebuild from reports before anything is created or deleted (DESIGN 3). */
  readonly isStoreEmpty: boolean
  /** Checks every plan in full, not only what it touches: tests and the simulation. */
  readonly isCheckedInFull?: boolean
  /** Another planner: tests plant faults in it. */
  readonly makePlan?: typeof makePlan
}
