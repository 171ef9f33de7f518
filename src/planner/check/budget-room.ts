/** How many more pods each budget can spare while a plan preempts one after the other (Kubernetes: semantics §5.7 and §3.9). */
import type { DesiredObject } from '../../model/desired-state.js'
import type { PodDisruptionBudget } from '../../model/generated/kubernetes.js'
import { type ObjectKey, parseKey } from '../../model/keys.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { matchesSelector } from '../../model/selector.js'
import { neededOf, wantedBy } from './check-budgets.js'
import type { Stage } from './stage.js'
import { isLeaving, isServing, observedPod } from './survey.js'

export class BudgetRoom {
  readonly #stage: Stage
  readonly #budgets: readonly DesiredObject[]
  readonly #over = new Map<ObjectKey, readonly DesiredObject[]>()
  readonly #left = new Map<DesiredObject, number>()

  constructor(stage: Stage) {
    this.#stage = stage
    const objects = stage.ground.survey.input.desired?.objects.values() ?? []
    this.#budgets = [...objects].filter(({ kind }) => kind === 'PodDisruptionBudget')
  }

  /** Budgets that select a pod. */
  over({ replicaSet }: PlannedPod): readonly DesiredObject[] {
    let budgets = this.#over.get(replicaSet)
    if (budgets === undefined) {
      budgets = this.#budgets.filter((budget) => this.#selects(budget, replicaSet))
      this.#over.set(replicaSet, budgets)
    }
    return budgets
  }

  allowedBy(budget: DesiredObject): number {
    let left = this.#left.get(budget)
    if (left === undefined) {
      left = this.#count(budget)
      this.#left.set(budget, left)
    }
    return left
  }

  /** A pod is preempted: call it before the stage knows. One that does not run, or not any more, costs nobody anything. */
  take(pod: PlannedPod): void {
    const phase = observedPod(this.#stage.ground.survey, pod)?.phase
    if (isLeaving(pod) || (phase !== 'Running' && phase !== 'Unknown')) return
    for (const budget of this.over(pod)) this.#left.set(budget, Math.max(0, this.allowedBy(budget) - 1))
  }

  #selects(budget: DesiredObject, key: ObjectKey): boolean {
    const { after, input } = this.#stage.ground.survey
    const set = after.replicaSets.get(key) ?? input.planned.replicaSets.get(key)
    const { spec } = budget.manifest as PodDisruptionBudget
    if (set === undefined || parseKey(key).namespace !== budget.namespace) return false
    return matchesSelector(set.template.metadata?.labels ?? {}, spec?.selector)
  }

  #count(budget: DesiredObject): number {
    const { ground } = this.#stage
    const { spec } = budget.manifest as PodDisruptionBudget
    if (spec?.minAvailable === undefined && spec?.maxUnavailable === undefined) return 0
    const { after } = ground.survey
    const placed = [...after.nodes.keys()].flatMap((name) => this.#stage.podsOn(name))
    const pods = [...placed, ...after.pending].filter((pod) => this.over(pod).includes(budget))
    const wanted = wantedBy(ground.survey, pods)
    const isOfShare = spec.maxUnavailable !== undefined || typeof spec.minAvailable !== 'number'
    if ((isOfShare ? wanted : pods.length) === 0) return 0
    const healthy = pods.filter((pod) => isServing(ground.survey, pod)).length
    return Math.max(0, healthy - neededOf(spec, wanted))
  }
}
