/**
 * Makes a failing scenario small: leaves out pushes and faults in ever smaller pieces (delta debugging), then hosts and
 * apps, and shortens it, as long as the same invariant fails.
 */
import type { Scenario } from './scenario.js'

/** What fails, or null when the scenario runs well. */
export type Probe = (scenario: Scenario) => Promise<string | null>

export interface Shrunk {
  readonly scenario: Scenario
  readonly runs: number
}

/** So many runs at most. */
const RUNS_MAX = 300

/** The smallest scenario found that fails by the same invariant. */
export async function shrink(scenario: Scenario, failure: string, probe: Probe): Promise<Shrunk> {
  let best = scenario
  let runs = 0
  const fails = async (candidate: Scenario): Promise<boolean> => {
    if (runs >= RUNS_MAX) return false
    runs++
    if ((await probe(candidate)) !== failure) return false
    best = candidate
    return true
  }
  let size = -1
  while (size !== sizeOf(best) && runs < RUNS_MAX) {
    size = sizeOf(best)
    await leaveOut(best.faults, (faults) => fails({ ...best, faults }))
    await leaveOut(best.pushes, (pushes) => fails({ ...best, pushes }))
    await leaveOut(best.apps, (apps) => fails({ ...best, apps }))
    if (best.nodes.length > 1)
      await leaveOut(best.nodes, (nodes) => (nodes.length === 0 ? Promise.resolve(false) : fails({ ...best, nodes })))
    const last = Math.max(0, ...best.faults.map((fault) => fault.atMs), ...best.pushes.map((push) => push.atMs))
    for (const lengthMs of [last + 1, last + 10_000, last + 60_000])
      if (lengthMs < best.lengthMs && (await fails({ ...best, lengthMs }))) break
  }
  return { scenario: best, runs }
}

function sizeOf({ faults, pushes, apps, nodes }: Scenario): number {
  return faults.length + pushes.length + apps.length + nodes.length
}

/** Tries without the first half, the second, then quarters, and so on. */
async function leaveOut<T>(items: readonly T[], fails: (left: readonly T[]) => Promise<boolean>): Promise<void> {
  let now = items
  for (let piece = Math.ceil(now.length / 2); piece >= 1; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
    for (let at = 0; at < now.length; ) {
      const left = [...now.slice(0, at), ...now.slice(at + piece)]
      if (await fails(left)) now = left
      else at += piece
    }
  }
}
