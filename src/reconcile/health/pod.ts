/** Health of a Pod manifest: Healthy when ready, or when it has done its work. */
import { isEnded } from '../classify-pods.js'
import {
  brokenPods,
  type HealthReport,
  healthy,
  notPlannedYet,
  progressing,
  type WorkloadHealthInput,
} from './health-report.js'

export function podHealth(input: WorkloadHealthInput): HealthReport {
  const early = notPlannedYet(input)
  if (early !== null) return early
  const pod = input.pods.find(({ planned }) => planned.stop === null)
  if (pod === undefined) return progressing(input)
  const observed = pod.observed
  if (observed !== null && isEnded(observed.phase)) {
    if (observed.phase === 'Succeeded') return healthy
    const why = observed.reason === '' ? '' : `: ${observed.reason}`
    return { health: 'Degraded', message: `it failed${why}` }
  }
  if (pod.isNodeHeard && observed?.ready === true && input.waiting.length === 0) return healthy
  return brokenPods(input) ?? progressing(input)
}
