/** Health of a Deployment: Healthy once complete (Kubernetes: semantics §5.1.3). */
import { isComplete } from '../progress.js'
import {
  brokenPods,
  type HealthReport,
  healthy,
  notPlannedYet,
  progressing,
  type WorkloadHealthInput,
} from './health-report.js'

export function deploymentHealth(input: WorkloadHealthInput): HealthReport {
  const early = notPlannedYet(input)
  const { record } = input
  if (early !== null || record === null) return early ?? healthy
  if (record.progressReason === 'ProgressDeadlineExceeded') {
    return { health: 'Degraded', message: input.waiting[0]?.detail ?? 'no progress within the deadline' }
  }
  const broken = brokenPods(input)
  if (broken !== null) return broken
  if (record.progressReason === 'DeploymentPaused') {
    return { health: 'Suspended', message: input.waiting[0]?.detail ?? 'the rollout is paused' }
  }
  return isComplete(record.counts) && input.waiting.length === 0 ? healthy : progressing(input)
}
