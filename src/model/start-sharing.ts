/**
 * How containers that start on one host slow each other down: the same rule forward, when a start is predicted, and
 * backward, when one was measured beside others. So what is recorded is what a start takes alone.
 */

/** Agents begin so many pods at a time on a host; the others wait for their turn. */
export const STARTS_AT_ONCE = 4

/**
 * How much longer each of `count` starts takes than alone, on a host of so many cores: each other one takes a core's
 * share more (measured on a Docker Engine of two cores: half as long again for each other).
 */
export function startSlowness(count: number, cores: number): number {
  return 1 + Math.max(0, count - 1) / Math.max(1, cores)
}
