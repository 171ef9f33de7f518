/** What disruption budgets leave, counted apart from the planner (Kubernetes: semantics §5.7). */
import type { DesiredState } from '../../model/desired-state.js'
import type { Deployment, PodDisruptionBudget } from '../../model/generated/kubernetes.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { matchesSelector } from '../../model/selector.js'
import { isServing, type Moment, podsOf } from './ground.js'

export interface BudgetNeed {
  readonly name: string
  readonly healthy: number
  readonly need: number
}

/** Of the budgets that select a pod, how many of their pods serve and how many must. */
export function budgetsOver(pod: PlannedPod, moment: Moment, desired: DesiredState | null): readonly BudgetNeed[] {
  const needs: BudgetNeed[] = []
  for (const object of desired?.objects.values() ?? []) {
    if (object.kind !== 'PodDisruptionBudget' || object.namespace !== pod.namespace) continue
    const { spec } = object.manifest as PodDisruptionBudget
    const isOf = (item: PlannedPod): boolean => matchesSelector(labelsOf(item, moment), spec?.selector)
    if (!isOf(pod)) continue
    const pods = podsOf(moment.planned).filter(isOf)
    const healthy = pods.filter((item) => isServing(moment, item)).length
    needs.push({ name: object.name, healthy, need: needOf(spec, pods, desired) })
  }
  return needs
}

function labelsOf(pod: PlannedPod, { planned }: Moment): Readonly<Record<string, string>> {
  return planned.replicaSets.get(pod.replicaSet)?.template.metadata?.labels ?? {}
}

function needOf(spec: PodDisruptionBudget['spec'], pods: readonly PlannedPod[], desired: DesiredState | null): number {
  const { minAvailable, maxUnavailable } = spec ?? {}
  if (typeof minAvailable === 'number') return minAvailable
  let scale = 0
  for (const key of new Set(pods.map((pod) => pod.workload)))
    scale += (desired?.objects.get(key)?.manifest as Deployment | undefined)?.spec?.replicas ?? 0
  const share = (value: number | string): number =>
    typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * scale) / 100)
  if (maxUnavailable !== undefined) return Math.max(0, scale - share(maxUnavailable))
  return minAvailable === undefined ? 0 : share(minAvailable)
}
