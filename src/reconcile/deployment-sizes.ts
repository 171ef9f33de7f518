/**
 * How large each set of a Deployment is to be (Kubernetes: semantics §5.1): scaling first, then the strategy. While the
 * rollout is frozen (paused, or its configuration is missing) only scaling acts.
 *
 * One thing differs from Kubernetes on purpose: when a commit brings a new template and more replicas together, the
 * growth goes to the new template at once, where Kubernetes first starts pods of the old one only to replace them.
 */

import { isEqual } from '../base/equal.js'
import { type ScaledSet, scaleProportionally } from './proportional-scaling.js'
import { advanceRollout, resize } from './rollout.js'
import type { RolloutLimits } from './rollout-limits.js'

export interface SizedSet extends ScaledSet {
  readonly available: number
  /** As of a SetSize. */
  readonly healthy?: number
  /** The workload's replicas when this set was last scaled. */
  readonly desiredAtScale: number
}

export interface SizesInput {
  readonly desired: number
  readonly limits: RolloutLimits
  readonly strategy: 'RollingUpdate' | 'Recreate'
  readonly isFrozen: boolean
  /** The set of the wanted template; null only while frozen, when it has none. */
  readonly current: SizedSet | null
  /** Oldest first. */
  readonly old: readonly SizedSet[]
  /** True while pods of old sets run, those ordered to stop included. */
  readonly doOldPodsRun: boolean
}

export interface Sizes {
  readonly current: number
  /** In the input's order. */
  readonly old: readonly number[]
}

/** More than any situation takes: scaling, then the strategy, then what either has made room for. */
const ROUNDS_MAX = 16

/** The sizes that hold until something new is observed. */
export function chooseSizes(input: SizesInput): Sizes {
  if (isSettled(input)) return { current: input.desired, old: input.old.map(() => 0) }
  const resized = (set: SizedSet, replicas: number): SizedSet => ({
    key: set.key,
    createdAt: set.createdAt,
    revision: set.revision,
    desiredAtScale: replicas > 0 ? input.desired : set.desiredAtScale,
    maxReplicasAtScale: replicas > 0 ? input.desired + input.limits.maxSurge : set.maxReplicasAtScale,
    ...resize(set, replicas),
  })
  let sizes: Sizes = { current: input.current?.replicas ?? 0, old: input.old.map((set) => set.replicas) }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    // Always from what is available now: a set that shrinks and grows again within one pass keeps its pods.
    const next = nextSizes({
      ...input,
      current: round === 0 || input.current === null ? input.current : resized(input.current, sizes.current),
      old: round === 0 ? input.old : input.old.map((set, i) => resized(set, sizes.old[i]!)),
    })
    if (round > 0 && isEqual(next, sizes)) break
    sizes = next
  }
  return sizes
}

/** As it is nearly always: everything is of the current set, which has its size. */
function isSettled({ current, old, desired }: SizesInput): boolean {
  return current !== null && current.replicas === desired && old.every((set) => set.replicas === 0)
}

/** One round: scaling, then the strategy. */
function nextSizes(input: SizesInput): Sizes {
  const scaled = scaleSets(input)
  const { current, old } = input
  if (input.isFrozen || current === null) return scaled
  if (input.strategy === 'Recreate') {
    return {
      current: input.doOldPodsRun ? Math.min(current.replicas, input.desired) : input.desired,
      old: old.map(() => 0),
    }
  }
  const advanced = advanceRollout(input.desired, input.limits, {
    current: resize(current, scaled.current),
    old: old.map((set, i) => resize(set, scaled.old[i]!)),
  })
  return { current: advanced.current.replicas, old: advanced.old.map((set) => set.replicas) }
}

function scaleSets(input: SizesInput): Sizes {
  const { current, old, desired, limits } = input
  const same = { current: current?.replicas ?? 0, old: old.map((set) => set.replicas) }
  const sets = current === null ? old : [...old, current]
  const active = sets.filter((set) => set.replicas > 0)
  if (active.length <= 1) {
    const only = active[0] ?? current ?? old.at(-1)
    return only === undefined ? same : scaleOnly(input, same, only)
  }
  if (current !== null && isSaturated(current, desired)) return { ...same, old: old.map(() => 0) }
  if (input.strategy === 'Recreate' || active.every((set) => set.desiredAtScale === desired)) return same
  const shares = scaleProportionally(active, desired, limits.maxSurge)
  // A template without a pod yet takes all growth itself.
  const isCurrentNew = !input.isFrozen && current?.replicas === 0
  const wanted = sets.map((set) => {
    const size = shares.get(set.key) ?? set.replicas
    return isCurrentNew ? Math.min(size, set.replicas) : size
  })
  const kept = keepAvailable(sets, wanted, desired - limits.maxUnavailable)
  return { current: current === null ? 0 : kept.at(-1)!, old: kept.slice(0, old.length) }
}

/**
 * Shares that leave too few available pods are evened out: one that is not available goes instead, of the oldest set
 * first. Kubernetes lets them fall; the limit of unavailable pods is worth more than the shares.
 *
 * Example: 5 wanted, 1 may be unavailable; sets of 5 available and 5 starting shrink to 2 and 3: made 4 and 1.
 */
export function keepAvailable(
  sets: readonly Pick<SizedSet, 'available' | 'replicas'>[],
  sizes: readonly number[],
  least: number,
): readonly number[] {
  const kept = [...sizes]
  const has = sets.reduce((sum, set) => sum + set.available, 0)
  const keeps = sets.reduce((sum, set, i) => sum + Math.min(set.available, kept[i]!), 0)
  let lacking = Math.min(least, has) - keeps
  for (let i = sets.length - 1; i >= 0 && lacking > 0; i--) {
    const back = Math.min(lacking, Math.max(0, sets[i]!.available - kept[i]!))
    let given = 0
    for (let j = 0; j < sets.length && given < back; j++) {
      const take = Math.min(back - given, Math.max(0, kept[j]! - sets[j]!.available))
      kept[j]! -= take
      given += take
    }
    kept[i]! += given
    lacking -= given
  }
  return kept
}

/** The one set that has replicas, or the newest when none has. */
function scaleOnly(input: SizesInput, same: Sizes, only: SizedSet): Sizes {
  // Not frozen, the strategy itself brings the current set to its size.
  if (only === input.current) return input.isFrozen ? { ...same, current: input.desired } : same
  const size = input.isFrozen ? input.desired : Math.min(only.replicas, input.desired)
  return { ...same, old: input.old.map((set) => (set === only ? size : set.replicas)) }
}

/** All that is wanted is there of the current template: no other pod is needed. */
function isSaturated({ replicas, available }: SizedSet, desired: number): boolean {
  return replicas === desired && available >= desired
}
