/**
 * How far a rollout may go above and below the desired count (Kubernetes: semantics §5, percent resolution): surge
 * rounds up, unavailable rounds down, and both at 0 would never move, so unavailable is 1 then.
 *
 * Example: 10 replicas at 25 % each: surge 3, unavailable 2. 3 replicas: surge 1, unavailable 0.
 */

export interface RolloutLimits {
  readonly maxSurge: number
  readonly maxUnavailable: number
}

/** The limits in pods of a Deployment of `replicas`; amounts as manifests write them, `2` or `25%`. */
export function resolveLimits(
  maxSurge: number | string,
  maxUnavailable: number | string,
  replicas: number,
): RolloutLimits {
  const surge = resolveAmount(maxSurge, replicas, Math.ceil)
  const unavailable = resolveAmount(maxUnavailable, replicas, Math.floor)
  const least = surge === 0 && unavailable === 0 ? 1 : unavailable
  return { maxSurge: surge, maxUnavailable: Math.min(least, replicas) }
}

/** A count, or a percentage of `total` rounded by `round`; what is neither counts as 0 (validation refuses it before). */
function resolveAmount(amount: number | string, total: number, round: (value: number) => number): number {
  if (typeof amount === 'number') return Math.max(0, Math.trunc(amount))
  const match = /^(\d+)(%?)$/.exec(amount)
  if (match === null) return 0
  return match[2] === '%' ? round((Number(match[1]) * total) / 100) : Number(match[1])
}
