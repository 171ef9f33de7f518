/** The snapshot of a running core: shares its values, so taking one costs nothing; encoding it does. */
import type { Instant } from '../../base/instant.js'
import type { RecordedDurations } from '../../model/recorded-durations.js'
import { SNAPSHOT_VERSION, type Snapshot } from '../../model/snapshot.js'
import type { ManagerCore } from '../core/manager-core.js'

export interface SnapshotFacts {
  readonly takenAt: Instant
  readonly clusterId: string
  readonly plannerVersion: string
  readonly durations: RecordedDurations
}

/** Everything the core knows now. */
export function makeSnapshot(core: ManagerCore, facts: SnapshotFacts): Snapshot {
  const { desired, planned, assignments, observed, generation, confirmed, isRecovering, waiting, brake } = core
  const known = { desired, planned, assignments, observed, generation, confirmed, isRecovering, waiting, brake }
  return { version: SNAPSHOT_VERSION, ...facts, ...known }
}
