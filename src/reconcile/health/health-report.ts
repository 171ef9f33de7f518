/** What health functions are given and give: one function a kind, in the folder beside this file. */
import type { DesiredObject } from '../../model/desired-state.js'
import type { PlannedWorkload } from '../../model/planned-state.js'
import type { Health } from '../../model/status-view.js'
import type { Waiting } from '../../model/waiting.js'
import { isEnded } from '../classify-pods.js'
import type { PodFacts } from '../controller.js'

export interface HealthReport {
  readonly health: Health
  /** One sentence; empty when healthy. */
  readonly message: string
}

export interface WorkloadHealthInput {
  /** Null while its deletion waits or is under way. */
  readonly desired: DesiredObject | null
  readonly record: PlannedWorkload | null
  readonly pods: readonly PodFacts[]
  /** What the workload itself waits on. */
  readonly waiting: readonly Waiting[]
  /** Which pods cannot become ready by waiting (`pod web-x: ImagePullBackOff`); null when none. */
  readonly broken: string | null
}

export type WorkloadHealth = (input: WorkloadHealthInput) => HealthReport

export const healthy: HealthReport = { health: 'Healthy', message: '' }

/** For what is not planned yet in its desired form; null when it is. */
export function notPlannedYet({ desired, record }: WorkloadHealthInput): HealthReport | null {
  if (record === null) return { health: 'Missing', message: 'not applied yet' }
  if (desired !== null && desired.hash !== record.observedHash) {
    return { health: 'Progressing', message: `the manifest of commit ${desired.commit.slice(0, 8)} is not planned yet` }
  }
  return null
}

/** Degraded by a broken image or program; null when no pod is broken. */
export function brokenPods({ broken }: WorkloadHealthInput): HealthReport | null {
  return broken === null ? null : { health: 'Degraded', message: broken }
}

/** The first thing it waits on, as its message. */
export function progressing({ waiting }: WorkloadHealthInput): HealthReport {
  return { health: 'Progressing', message: waiting[0]?.detail ?? 'pods are starting' }
}

/** True for a pod that counts. */
export function isActive({ planned, observed }: PodFacts): boolean {
  return planned.stop === null && !(observed !== null && isEnded(observed.phase))
}
