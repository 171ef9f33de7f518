/** Why something holds back, as data: CLI, events, UI and preview print the same values (DESIGN 9). */
import type { ObjectKey } from './keys.js'

export type WaitingOn =
  | 'ready-replicas'
  | 'min-ready-seconds'
  | 'termination'
  | 'image-resolve'
  | 'image-pull'
  | 'container-start'
  | 'crash-loop'
  | 'readiness'
  | 'endpoint-acknowledgement'
  | 'scheduling'
  | 'node-report'
  | 'node-silence'
  | 'eviction-rate'
  | 'out-of-service'
  | 'disruption-budget'
  /** A node that is being drained: how far, and when it should be empty. */
  | 'drain'
  | 'paused'
  | 'progress-deadline'
  | 'configuration'
  | 'delete-brake'
  | 'unreadable-file'
  | 'held-app'
  | 'owner'
  | 'unsupported'
  | 'address'
  | 'recovery'
  /** The plan for the newest commit was refused by its own check, or planning failed: a fault of Headway. */
  | 'plan-check'

export interface Waiting {
  readonly on: WaitingOn
  /** What waits: an object or pod (`namespace/name` under kind Pod), or null for the whole cluster. */
  readonly key: ObjectKey | null
  /** One sentence without a full stop: what is missing, with numbers and names. */
  readonly detail: string
}
