/** A Deployment's spec in numbers, with Kubernetes' defaults where the manifest is silent. */
import { SECOND_MS } from '../base/instant.js'
import type { DesiredObject } from '../model/desired-state.js'
import type { Deployment, PodTemplateSpec } from '../model/generated/kubernetes.js'
import { type RolloutLimits, resolveLimits } from './rollout-limits.js'

/** Kubernetes' way to say that there is no deadline. */
const NO_DEADLINE_SECONDS = 2_147_483_647

export interface DeploymentNumbers {
  readonly replicas: number
  readonly strategy: 'RollingUpdate' | 'Recreate'
  /** Both 0 under Recreate, which has no surge and counts nothing as available while it changes over. */
  readonly limits: RolloutLimits
  readonly minReadyMs: number
  readonly isPaused: boolean
  /** Null for no deadline. */
  readonly progressDeadlineMs: number | null
  readonly revisionHistoryLimit: number
  readonly template: PodTemplateSpec
}

/** Reads a validated Deployment. */
export function readDeployment(object: DesiredObject): DeploymentNumbers {
  const { spec } = object.manifest as Deployment
  const replicas = spec?.replicas ?? 1
  const strategy = spec?.strategy?.type === 'Recreate' ? 'Recreate' : 'RollingUpdate'
  const rolling = spec?.strategy?.rollingUpdate
  const deadlineSeconds = spec?.progressDeadlineSeconds ?? 600
  return {
    replicas,
    strategy,
    limits:
      strategy === 'Recreate'
        ? { maxSurge: 0, maxUnavailable: 0 }
        : resolveLimits(rolling?.maxSurge ?? '25%', rolling?.maxUnavailable ?? '25%', replicas),
    minReadyMs: (spec?.minReadySeconds ?? 0) * SECOND_MS,
    isPaused: spec?.paused ?? false,
    progressDeadlineMs: deadlineSeconds >= NO_DEADLINE_SECONDS ? null : deadlineSeconds * SECOND_MS,
    revisionHistoryLimit: spec?.revisionHistoryLimit ?? 10,
    template: spec?.template ?? {},
  }
}
