/**
 * Old sets without pods are kept, revisionHistoryLimit of them, so that a revert finds its set (and the configuration
 * and images it was made with) again; the oldest beyond that are removed, and only once the rollout is complete.
 */
import type { ObjectKey } from '../model/keys.js'
import type { PlannedReplicaSet } from '../model/planned-state.js'

/** The old sets to remove: lowest revision first, none that has or wants pods. */
export function expiredSets(
  old: readonly PlannedReplicaSet[],
  limit: number,
  hasPods: (key: ObjectKey) => boolean,
): readonly ObjectKey[] {
  const excess = old.length - limit
  if (excess <= 0) return []
  return [...old]
    .sort((left, right) => left.revision - right.revision)
    .slice(0, excess)
    .filter((set) => set.replicas === 0 && !hasPods(set.key))
    .map((set) => set.key)
}
