/** What happens to an agent, as values: the shell and the simulation hand them to the core one by one. */
import type { Instant } from '../../base/instant.js'
import type { Assignment, PodUid } from '../../model/assignment.js'
import type { NodeFacts, ResolvedImage } from '../../model/observed-state.js'
import type { ManagerMessage } from '../../model/protocol.js'
import type { RuntimeContainer, RuntimeErrorCode } from '../runtime.js'

/** `configuration`: a ConfigMap, Secret or field that the container needs is missing or unfit; `hook`: a lifecycle hook failed. */
export type OperationErrorCode = RuntimeErrorCode | 'configuration' | 'hook'

export type OperationResult =
  | {
      readonly ok: true
      /** After `create` and `start`: the container as the engine then shows it. */
      readonly container?: RuntimeContainer
      /** After `ensure-image`. */
      readonly image?: { readonly id: string; readonly stopSignal: string; readonly user: string }
    }
  | { readonly ok: false; readonly code: OperationErrorCode; readonly message: string; readonly retryable: boolean }

/** `error`: the probe itself could not be carried out (as against: it was, and failed). */
export type ProbeOutcome = 'success' | 'failure' | 'error'

export type AgentEvent =
  /** The connection is open: the core answers with `hello`. */
  | { readonly type: 'link-opened' }
  | { readonly type: 'welcome'; readonly clusterId: string; readonly epoch: number }
  | { readonly type: 'link-closed' }
  | { readonly type: 'assignment'; readonly assignment: Assignment }
  | { readonly type: 'network'; readonly message: Extract<ManagerMessage, { type: 'network' }> }
  /** Contents with these digests are in the shell's ledger now. */
  | { readonly type: 'config-arrived'; readonly digests: readonly string[] }
  /** Everything with this cluster's label, after every (re)connect to the engine; and the pods that have volumes on disk. */
  | {
      readonly type: 'containers'
      readonly containers: readonly RuntimeContainer[]
      readonly volumes: readonly PodUid[]
    }
  /** The connection to the engine broke: nothing is operated until `containers` comes. */
  | { readonly type: 'engine-lost' }
  /** One container's newer state: after a `started` or `died` event of the engine. */
  | { readonly type: 'container'; readonly container: RuntimeContainer }
  | { readonly type: 'container-removed'; readonly containerId: string }
  | { readonly type: 'operation'; readonly id: number; readonly result: OperationResult }
  | { readonly type: 'probe'; readonly id: number; readonly outcome: ProbeOutcome; readonly message: string }
  | { readonly type: 'network-applied'; readonly version: number; readonly problems: readonly string[] }
  | { readonly type: 'resolved'; readonly images: readonly ResolvedImage[] }
  | { readonly type: 'facts'; readonly facts: NodeFacts }
  /** The disk refuses the ledger, and why; null: everything is written again. */
  | { readonly type: 'ledger'; readonly trouble: string | null }
  | { readonly type: 'tick' }

/** An event with the time at which it was handled: a trace. */
export interface TracedEvent {
  readonly at: Instant
  readonly event: AgentEvent
}
