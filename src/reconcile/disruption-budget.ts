/**
 * The arithmetic of a PodDisruptionBudget (Kubernetes: semantics §5.7), on numbers alone, and what a request for an
 * eviction is answered. Drains, evictions by command, rebalancing, rollouts that choose to, and status all ask here.
 *
 * Example: three replicas, minAvailable 50 %: two are needed (percentages round up), so one of three healthy pods may go.
 */
import type { PodDisruptionBudgetSpec } from '../model/generated/kubernetes.js'
import type { ObjectKey } from '../model/keys.js'

/** A pod that a budget selects. */
export interface BudgetPod {
  readonly workload: ObjectKey
  /** Ready, heard, and not on its way out. */
  readonly isHealthy: boolean
}

/** Names as in a budget's status. */
export interface BudgetCounts {
  readonly expectedPods: number
  readonly desiredHealthy: number
  readonly currentHealthy: number
  readonly disruptionsAllowed: number
}

/** Over the pods that a budget selects; `scaleOf` gives how many pods an owner wants, null for a pod without an owner that scales. */
export function countBudget(
  spec: PodDisruptionBudgetSpec | undefined,
  pods: readonly BudgetPod[],
  scaleOf: (workload: ObjectKey) => number | null,
): BudgetCounts {
  const { minAvailable, maxUnavailable } = spec ?? {}
  const expectedPods =
    maxUnavailable === undefined && typeof minAvailable === 'number' ? pods.length : sumOfScales(pods, scaleOf)
  const desiredHealthy = neededPods(minAvailable, maxUnavailable, expectedPods)
  const currentHealthy = pods.filter((pod) => pod.isHealthy).length
  // Without either bound Kubernetes expects nothing, and so allows nothing.
  const isBounded = minAvailable !== undefined || maxUnavailable !== undefined
  const disruptionsAllowed = isBounded && expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0
  return { expectedPods: isBounded ? expectedPods : 0, desiredHealthy, currentHealthy, disruptionsAllowed }
}

function sumOfScales(pods: readonly BudgetPod[], scaleOf: (workload: ObjectKey) => number | null): number {
  let sum = 0
  for (const workload of new Set(pods.map((pod) => pod.workload))) sum += scaleOf(workload) ?? 0
  return sum
}

function neededPods(
  minAvailable: number | string | undefined,
  maxUnavailable: number | string | undefined,
  expected: number,
): number {
  if (maxUnavailable !== undefined) return Math.max(0, expected - shareUp(maxUnavailable, expected))
  return minAvailable === undefined ? 0 : shareUp(minAvailable, expected)
}

/** A count, or a percentage rounded up, unlike a rollout's maxUnavailable (semantics §8.1). */
function shareUp(value: number | string, total: number): number {
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(value)
  return percent === null ? 0 : Math.ceil((Number(percent[1]) * total) / 100)
}

/** What is known of a pod whose eviction is asked for. */
export interface EvictionCandidate {
  /** Ended, not started, or on its way out: nobody needs to be asked. */
  readonly isIdle: boolean
  readonly isReady: boolean
}

/** `free`: no budget is used up; `counted`: it takes one disruption of the budget; `refused`. */
export type EvictionAnswer = 'free' | 'counted' | 'refused'

/** A pod's one budget answers; a pod that is not ready goes freely under AlwaysAllow, or while the rest is healthy. */
export function askBudget(
  { isIdle, isReady }: EvictionCandidate,
  spec: PodDisruptionBudgetSpec | undefined,
  { currentHealthy, desiredHealthy, disruptionsAllowed }: BudgetCounts,
): EvictionAnswer {
  if (isIdle) return 'free'
  if (!isReady && spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return 'free'
  if (!isReady && desiredHealthy > 0 && currentHealthy >= desiredHealthy) return 'free'
  return disruptionsAllowed > 0 ? 'counted' : 'refused'
}

/** `budget web-pdb allows 0 more: 2 of 3 healthy, 2 needed`. */
export function describeBudget(name: string, counts: BudgetCounts): string {
  const { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods } = counts
  return `budget ${name} allows ${disruptionsAllowed} more: ${currentHealthy} of ${expectedPods} healthy, ${desiredHealthy} needed`
}
