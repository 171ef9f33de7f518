/**
 * What an agent must not forget when it restarts, as plain JSON data (the network table excepted, which the shell
 * encodes): from it the agent goes on without its manager, and an empty store is rebuilt (DESIGN 3, 11).
 */
import type { Instant } from '../../base/instant.js'
import type { AssignedPod, Assignment, NetworkTable } from '../../model/assignment.js'
import type { BackOff } from './restart-back-off.js'

/** What a container's own labels and state do not tell. */
export interface ContainerLedger {
  readonly name: string
  /** The run these facts speak of; the next one counts on from here even when no container is left. */
  readonly attempt: number
  readonly containerId: string | null
  readonly backOff: BackOff | null
  /** An init container that has done its work: its container may be gone. */
  readonly done: boolean
  /** The startup probe has passed and the postStart hook has run, for `containerId`. */
  readonly started: boolean
  /** The readiness probe's last word for `containerId`: a restarted agent keeps it until a probe says otherwise. */
  readonly ready: boolean
  readonly imageId: string | null
  readonly stopSignal: string
}

export interface PodLedger {
  readonly assigned: AssignedPod
  /** False once an accepted assignment left it out. */
  readonly isAssigned: boolean
  readonly startedAt: Instant | null
  readonly readySince: Instant | null
  /** When the agent first saw the order to stop, and when the grace ends. */
  readonly stopSince: Instant | null
  readonly stopDeadline: Instant | null
  /** The end it came to by itself: its containers may be gone. */
  readonly phase: 'Succeeded' | 'Failed' | null
  readonly reason: string
  readonly message: string
  readonly containers: readonly ContainerLedger[]
}

export interface LedgerSnapshot {
  /** Null before the first assignment. */
  readonly assignment: Omit<Assignment, 'pods'> | null
  readonly pods: readonly PodLedger[]
  readonly network: NetworkTable | null
  /** Digests of the configuration contents in the ledger. */
  readonly configs: readonly string[]
  /** The host's boot when it was saved: after another, whatever ran is gone. */
  readonly bootId: string
}
