/** What disruption budgets leave, counted apart from the planner (Kubernetes: semantics §5.7). */
import type { DesiredState } from '../../model/desired-state.js'
import type { PodDisruptionBudget } from '../../model/generated/kubernetes.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { matchesSelector } from '../../model/selector.js'
import { isServing, type Moment, podsOf, wantedOf } from './ground.js'

export interface BudgetNeed {
  readonly name: string
  /** Those that serve. */
  readonly healthy: readonly PlannedPod[]
  readonly need: number
  /** How many pods their owners want in all. */
  readonly wanted: number
}

type Bounds = NonNullable<PodDisruptionBudget['spec']>

/** Of the budgets that select a pod, how many of their pods serve and how many must. */
export function budgetsOver(pod: PlannedPod, moment: Moment, desired: DesiredState | null): readonly BudgetNeed[] {
  const needs: BudgetNeed[] = []
  for (const object of desired?.objects.values() ?? []) {
    if (object.kind !== 'PodDisruptionBudget' || object.namespace !== pod.namespace) continue
    const { spec } = object.manifest as PodDisruptionBudget
    const isOf = (item: PlannedPod): boolean => matchesSelector(labelsOf(item, moment), spec?.selector)
    if (!isOf(pod)) continue
    const pods = podsOf(moment.planned).filter(isOf)
    const healthy = pods.filter((item) => isServing(moment, item))
    const scale = [...new Set(pods.map((item) => item.workload))].reduce(
      (sum, key) => sum + wantedOf(moment, desired, key),
      0,
    )
    needs.push({ name: object.name, healthy, need: needOf(spec, scale), wanted: scale })
  }
  return needs
}

function labelsOf(pod: PlannedPod, { planned }: Moment): Readonly<Record<string, string>> {
  return planned.replicaSets.get(pod.replicaSet)?.template.metadata?.labels ?? {}
}

function needOf({ minAvailable, maxUnavailable }: Bounds = {}, scale: number): number {
  if (typeof minAvailable === 'number') return minAvailable
  const share = (value: number | string): number =>
    typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * scale) / 100)
  if (maxUnavailable !== undefined) return Math.max(0, scale - share(maxUnavailable))
  return minAvailable === undefined ? 0 : share(minAvailable)
}
