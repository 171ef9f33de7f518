/**
 * How large each set of a Deployment is to be (Kubernetes: semantics §5.1): scaling first, then the strategy. While the
 * rollout is frozen (paused, or its configuration is missing) only scaling acts.
 *
 * One thing differs from Kubernetes on purpose: when a commit brings a new template and more replicas together, the
 * growth goes to the new template at once, where Kubernetes first starts pods of the old one only to replace them.
 */

import { type ScaledSet, scaleProportionally } from './proportional-scaling.js'
import { advanceRollout, type SetSize } from './rollout.js'
import type { RolloutLimits } from './rollout-limits.js'

export interface SizedSet extends ScaledSet {
  readonly available: number
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

/** The sizes that hold until something new is observed. */
export function chooseSizes(input: SizesInput): Sizes {
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
    current: clamp(current, scaled.current),
    old: old.map((set, i) => clamp(set, scaled.old[i]!)),
  })
  return { current: advanced.current.replicas, old: advanced.old.map((set) => set.replicas) }
}

function clamp({ available }: SizedSet, replicas: number): SetSize {
  return { replicas, available: Math.min(available, replicas) }
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
  if (current !== null && isSaturated(current, desired)) return { current: same.current, old: old.map(() => 0) }
  if (input.strategy === 'Recreate' || active.every((set) => set.desiredAtScale === desired)) return same
  const sizes = scaleProportionally(active, desired, limits.maxSurge)
  // A template without a pod yet takes all growth itself.
  const isCurrentNew = !input.isFrozen && current?.replicas === 0
  const sizeOf = (set: SizedSet): number => {
    const size = sizes.get(set.key) ?? set.replicas
    return isCurrentNew ? Math.min(size, set.replicas) : size
  }
  return { current: current === null ? 0 : sizeOf(current), old: old.map(sizeOf) }
}

/** The one set that has replicas, or the newest when none has. */
function scaleOnly(input: SizesInput, same: Sizes, only: SizedSet): Sizes {
  // Not frozen, the strategy itself brings the current set to its size.
  if (only === input.current) return input.isFrozen ? { ...same, current: input.desired } : same
  const size = input.isFrozen ? input.desired : Math.min(only.replicas, input.desired)
  return { ...same, old: input.old.map((set) => (set === only ? size : set.replicas)) }
}

function isSaturated(set: SizedSet, desired: number): boolean {
  return set.replicas === desired && set.desiredAtScale === desired && set.available >= desired
}
