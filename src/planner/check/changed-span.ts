/** Where two lists of a node's pods differ: most pods stay what and where they are, and need not be looked at one by one. */
import type { PlannedPod } from '../../model/planned-state.js'

export const NO_PODS: readonly PlannedPod[] = []

export interface ChangedSpan {
  /** Where it begins in both lists. */
  readonly first: number
  readonly before: readonly PlannedPod[]
  readonly after: readonly PlannedPod[]
}

/** What is between the pods that both lists begin with and those that both end with: the same values, by reference. */
export function changedSpan(before: readonly PlannedPod[], after: readonly PlannedPod[]): ChangedSpan {
  if (before === after) return { first: 0, before: NO_PODS, after: NO_PODS }
  let first = 0
  while (first < before.length && first < after.length && before[first] === after[first]) first += 1
  let same = 0
  const most = Math.min(before.length, after.length) - first
  while (same < most && before[before.length - 1 - same] === after[after.length - 1 - same]) same += 1
  return { first, before: before.slice(first, before.length - same), after: after.slice(first, after.length - same) }
}
