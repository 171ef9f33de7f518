/**
 * The arithmetic of a rolling update (Kubernetes: semantics §5.1.1), on numbers alone.
 *
 * R = 10, surge 3, unavailable 2, (old, new) from (10, 0): three new ones may come (13 in all), and two old ones may go
 * (8 stay available); which makes room for two more new ones: (8, 5). With those 5 ready: (3, 10). With 10: (0, 10).
 * Kubernetes comes the same way through (10, 3) and (8, 3) in steps of one sync each; here one pass takes all steps
 * that need nothing new observed.
 */
import { assert } from '../base/assert.js'
import type { RolloutLimits } from './rollout-limits.js'

/** A set's wanted size, and how many of its pods are available. */
export interface SetSize {
  readonly replicas: number
  readonly available: number
  /**
   * How many of an old set's pods are ready, for however short a time: where a budget is kept, which counts those, they
   * are not taken as freely as broken ones. Absent: only available pods are spared, as in Kubernetes.
   */
  readonly healthy?: number
}

export interface RolloutSizes {
  readonly current: SetSize
  /** Oldest first. */
  readonly old: readonly SetSize[]
}

/** One step: how many more pods of the current template (fewer when negative), and how many fewer of each old set. */
export interface RolloutStep {
  readonly up: number
  readonly down: readonly number[]
}

/** What one step does: the current set grows into what the surge leaves, then old sets shrink as far as availability lets them. */
export function stepRollout(desired: number, limits: RolloutLimits, sizes: RolloutSizes): RolloutStep {
  assert(desired >= 0, 'desired replicas must not be negative')
  const up = growCurrent(desired, limits, sizes)
  const grown = resize(sizes.current, sizes.current.replicas + up)
  return { up, down: shrinkOld(desired, limits, { current: grown, old: sizes.old }) }
}

/** Takes steps until one changes nothing: the sizes that hold until something new is observed. */
export function advanceRollout(desired: number, limits: RolloutLimits, sizes: RolloutSizes): RolloutSizes {
  let now = sizes
  // Each step but the last shrinks the old sets or brings the current one to a size it never leaves again.
  for (;;) {
    const { up, down } = stepRollout(desired, limits, now)
    if (up === 0 && down.every((count) => count === 0)) return now
    now = {
      current: resize(now.current, now.current.replicas + up),
      old: now.old.map((set, i) => resize(set, set.replicas - down[i]!)),
    }
  }
}

/** A set at another size: pods that are not available go first, so availability falls only when too few others are left. */
export function resize({ available, healthy }: SetSize, replicas: number): SetSize {
  const size = { replicas, available: Math.min(available, replicas) }
  return healthy === undefined ? size : { ...size, healthy: Math.min(healthy, replicas) }
}

/** min(R + S − total, R − new), never negative; a set above R is cut to R. */
function growCurrent(desired: number, { maxSurge }: RolloutLimits, { current, old }: RolloutSizes): number {
  if (current.replicas >= desired) return desired - current.replicas
  const total = current.replicas + sum(old, (set) => set.replicas)
  return Math.max(0, Math.min(desired + maxSurge - total, desired - current.replicas))
}

/**
 * Unhealthy old replicas first, as many as total − (R − U) − unavailable new ones; then what is available above R − U.
 * Between them, where a budget is kept, those that are ready and not available yet, as many as are healthy above R − U.
 */
function shrinkOld(desired: number, { maxUnavailable }: RolloutLimits, { current, old }: RolloutSizes): number[] {
  const down = old.map(() => 0)
  const leastAvailable = desired - maxUnavailable
  const total = current.replicas + sum(old, (set) => set.replicas)
  const allowed = total - leastAvailable - (current.replicas - current.available)
  if (allowed <= 0) return down
  const take = (most: number, of: (set: SetSize) => number): number => {
    let left = most
    for (const [i, set] of old.entries()) {
      if (left <= 0) break
      const taken = Math.min(left, of(set), set.replicas - down[i]!)
      down[i]! += taken
      left -= taken
    }
    return most - left
  }
  take(allowed, (set) => set.replicas - healthyOf(set))
  const spareHealthy = current.available + sum(old, healthyOf) - leastAvailable
  const settling = take(spareHealthy, (set) => healthyOf(set) - set.available)
  const spare = current.available + sum(old, (set) => set.available) - leastAvailable
  take(Math.min(spareHealthy - settling, spare), (set) => set.replicas)
  return down
}

function healthyOf({ available, healthy }: SetSize): number {
  return healthy ?? available
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
