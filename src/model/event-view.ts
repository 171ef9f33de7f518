/** What happened lately, as `kubectl get events` has it: one entry for each object, reason and message, however often it came. */
import type { Instant } from '../base/instant.js'
import type { ObjectKey } from './keys.js'

export type EventType = 'Normal' | 'Warning'

export interface EventView {
  readonly type: EventType
  /** One word; Kubernetes' own where it has one: `Scheduled`, `FailedScheduling`, `Preempted`. */
  readonly reason: string
  /** Null for the whole cluster. */
  readonly object: ObjectKey | null
  /** The workload of a pod, where it is known. */
  readonly owner: ObjectKey | null
  /** A sentence without a full stop; of what waits, the very detail that status, `why` and plans print. */
  readonly message: string
  readonly firstSeen: Instant
  readonly lastSeen: Instant
  readonly count: number
}
