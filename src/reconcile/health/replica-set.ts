/** Health of a ReplicaSet: Healthy with all replicas available, of whichever template. */
import {
  brokenPods,
  type HealthReport,
  healthy,
  isActive,
  notPlannedYet,
  progressing,
  type WorkloadHealthInput,
} from './health-report.js'

export function replicaSetHealth(input: WorkloadHealthInput): HealthReport {
  const early = notPlannedYet(input)
  const { record } = input
  if (early !== null || record === null) return early ?? healthy
  const broken = brokenPods(input)
  if (broken !== null) return broken
  const { counts } = record
  if (counts.available < counts.desired || counts.total !== counts.desired) return progressing(input)
  const old = input.pods.filter((pod) => isActive(pod) && pod.planned.templateHash !== record.templateHash).length
  if (old === 0 || record.templateHash === undefined) return healthy
  const are = old === 1 ? '1 pod is' : `${old} pods are`
  return {
    health: 'Healthy',
    message: `${are} of an earlier template: a ReplicaSet replaces no pod by itself, a Deployment does`,
  }
}
