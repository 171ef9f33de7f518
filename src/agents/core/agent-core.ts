/**
 * The agent without its hands: a synchronous state machine that takes events and gives effects. The shell
 * (`agent.ts`) and the simulation run this same code.
 */
import type { Instant } from '../../base/instant.js'
import type { NodeFacts } from '../../model/observed-state.js'
import type { ReportedPod } from '../../model/protocol.js'
import type { AgentEffect } from './agent-effect.js'
import type { AgentEvent } from './agent-event.js'
import type { LedgerSnapshot } from './ledger-snapshot.js'

export interface AgentCoreOptions {
  readonly clusterId: string
  readonly facts: NodeFacts
  /** Null on a node that has none. */
  readonly ledger: LedgerSnapshot | null
  /** Creates and starts of containers in flight at a time; 4 gives 90-98 % of what an engine can do at half the latency of 8. */
  readonly startsMax?: number
}

export interface AgentCore {
  /** Takes one event; gives what is to be done about it, in order. */
  handle(event: AgentEvent, now: Instant): readonly AgentEffect[]
  /** The earliest time at which `handle({ type: 'tick' })` must be called; null for never. */
  wakeAt(): Instant | null
  /** Everything that must not be forgotten; `save-…` effects carry the same piece by piece. */
  ledger(): LedgerSnapshot
  /** The pods as they would be reported now. */
  pods(now: Instant): readonly ReportedPod[]
}
