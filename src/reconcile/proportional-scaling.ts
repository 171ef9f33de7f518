/**
 * Scaling a workload that has several sizes of sets in the middle of a rollout (Kubernetes: semantics §5.1.2): each set
 * keeps its share, so that a commit that only scales does not speed a doubtful rollout up.
 *
 * Example: 10 replicas, surge 3, sets of 8 and 5. Scaled to 15, surge 4: 19 − 13 = 6 to add; the larger gets
 * round(8 · 19 / 13) − 8 = 4, the other what is left, 2.
 */
import { compareText } from '../base/ordered.js'

export interface ScaledSet {
  readonly key: string
  readonly replicas: number
  readonly createdAt: number
  readonly revision: number
  /** Replicas + surge of the workload when this set was last scaled; 0 when unknown. */
  readonly maxReplicasAtScale: number
}

/** New sizes by key for sets that all have replicas; `total` is what is wanted of all of them together: R + S, or 0 for R = 0. */
export function scaleProportionally(
  sets: readonly ScaledSet[],
  desired: number,
  maxSurge: number,
): ReadonlyMap<string, number> {
  const most = desired + maxSurge
  const toAdd = (desired > 0 ? most : 0) - sets.reduce((sum, set) => sum + set.replicas, 0)
  const sizes = new Map<string, number>()
  const ordered = [...sets].sort((left, right) => compareBySize(left, right, toAdd > 0))
  let added = 0
  for (const set of ordered) {
    const share = toAdd === added ? 0 : limit(fraction(set, desired, most), toAdd - added)
    sizes.set(set.key, set.replicas + share)
    added += share
  }
  // What is left is the largest's; what that cannot give, the next one's.
  let left = toAdd - added
  for (const { key } of ordered) {
    const before = sizes.get(key)!
    const after = Math.max(0, before + left)
    left -= after - before
    sizes.set(key, after)
  }
  return sizes
}

/** What a set's share of the change is, before the change runs out. */
function fraction(set: ScaledSet, desired: number, most: number): number {
  if (desired === 0) return -set.replicas
  if (set.maxReplicasAtScale === 0) return 0
  return Math.round((set.replicas * most) / set.maxReplicasAtScale) - set.replicas
}

/** In the direction of what is left, and no further: the share of a set that an older store knew may point the other way. */
function limit(share: number, left: number): number {
  return left > 0 ? Math.max(0, Math.min(share, left)) : Math.min(0, Math.max(share, left))
}

/** Larger first; at equal size the newer first when growing, the older when shrinking. */
function compareBySize(left: ScaledSet, right: ScaledSet, isGrowing: boolean): number {
  if (left.replicas !== right.replicas) return right.replicas - left.replicas
  const age = left.createdAt - right.createdAt || left.revision - right.revision || compareText(left.key, right.key)
  return isGrowing ? -age : age
}
