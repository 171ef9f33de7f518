/**
 * Starts on one host slow each other down: each that is under way makes the others take a share longer. How large the
 * share is depends on the host's cores and on what else it does, so it is learnt from starts of different company.
 */
import { naturalLog } from '../base/logarithm.js'
import type { HostStarts } from './recorded-durations.js'

/** An agent starts so many pods at once, which gives 90 to 98 % of the engine's rate (Docker-lab §2); the others wait. */
export const STARTS_AT_ONCE = 4

/** Of two cores: what is taken where starts do not tell. */
export const SLOWDOWN_DEFAULT = 0.5
/** Far from it on both sides: many idle cores (0), and starts that wait for each other's disk. */
const SLOWDOWN_MAX = 1.5
const SLOWDOWN_STEP = 0.05
/** How far a host is expected from the default: so much is outweighed by half a dozen clear starts. */
const SLOWDOWN_SPREAD = 0.3
/** How far starts alone differ from each other on a host that does the same all the time, as a logarithm. */
const START_SPREAD = 0.2

/** How many times longer a start takes when so many are under way, itself among them. `slowdown`: the share that each other adds. */
export function slownessOf(underWay: number, slowdown: number): number {
  return 1 + slowdown * Math.max(0, underWay - 1)
}

/**
 * Milliseconds that one of these starts would have taken alone, on average. Which of a burst waited for a place nobody
 * tells, so it is judged as a whole: what it got done in each stretch, by how many shared it.
 * Of four starts at once that took 1,000 ms, with a slowdown of 0.5: 1,000 * 4 / 2.5 / 4 = 400.
 */
export function aloneMs({ count, underWayMs }: HostStarts, slowdown: number): number {
  let work = 0
  for (const [i, ms] of underWayMs.entries()) work += (ms * (i + 1)) / slownessOf(i + 1, slowdown)
  return work / Math.max(1, count)
}

/**
 * The slowdown under which a host's starts, alone and in company, tell the same of each workload: the least sum of
 * distances from each workload's middle, beside the distance from the default, which alone decides where all starts
 * had the same company. Between 0 and 1.5.
 */
export function learnSlowdown(starts: readonly HostStarts[]): number {
  const groups = new Map<string, HostStarts[]>()
  for (const start of starts) {
    const group = groups.get(start.workload)
    if (group === undefined) groups.set(start.workload, [start])
    else group.push(start)
  }
  let learnt = SLOWDOWN_DEFAULT
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i * SLOWDOWN_STEP <= SLOWDOWN_MAX; i++) {
    const slowdown = i * SLOWDOWN_STEP
    const distance = (slowdown - SLOWDOWN_DEFAULT) / SLOWDOWN_SPREAD
    let cost = distance * distance
    for (const group of groups.values()) cost += disagreement(group, slowdown)
    if (cost < least) [learnt, least] = [slowdown, cost]
  }
  return learnt
}

function disagreement(starts: readonly HostStarts[], slowdown: number): number {
  const logs = starts.map((start) => naturalLog(Math.max(1, aloneMs(start, slowdown)))).sort((a, b) => a - b)
  const middle = logs[logs.length >> 1] ?? 0
  return logs.reduce((sum, log) => sum + Math.abs(log - middle) / START_SPREAD, 0)
}
