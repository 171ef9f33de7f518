/**
 * Budgets hold, as far as it is our doing: counting nothing that other reasons took away, a plan stops no healthy pod by a
 * drain, an eviction or a move that leaves fewer healthy pods than the budget needs (Kubernetes: semantics §5.7).
 */
import type { DesiredObject } from '../../model/desired-state.js'
import type { PodDisruptionBudget, PodDisruptionBudgetSpec, PodTemplateSpec } from '../../model/generated/kubernetes.js'
import { type ObjectKey, parseKey } from '../../model/keys.js'
import type { PlannedPod, PlannedState } from '../../model/planned-state.js'
import { matchesSelector } from '../../model/selector.js'
import { fatal, isLeaving, isServing, observedPod, type PodChange, type Survey } from './survey.js'

/** Stops that ask a budget before they happen. */
export const BUDGETED: readonly string[] = ['drain', 'eviction', 'rebalance']

const ROLLOUT_ANNOTATION = 'headway.dev/rollout-respects-budgets'

export function checkBudgets(survey: Survey): void {
  if (survey.isAdoptingOnly) return
  const stopped = [...survey.changes.values()].filter((change) => asksBudget(survey, change))
  if (stopped.length === 0) return
  const budgets = [...(survey.input.desired?.objects.values() ?? [])].filter(isBudget)
  if (budgets.length === 0) return
  /** Whether each was asked by rollouts alone. */
  const asked = new Map<DesiredObject, boolean>()
  for (const { before, after } of stopped) {
    const pod = before!
    const isRollout = after?.stop?.reason === 'rollout'
    const over = budgets.filter((budget) => selects(survey, budget, pod))
    if (over.length > 1) fatal(survey, 'budget', `pod ${pod.name} is evicted though ${over.length} budgets select it`)
    for (const budget of over) if (isServing(survey, pod)) asked.set(budget, isRollout && asked.get(budget) !== false)
  }
  for (const [budget, isByRollouts] of asked) checkBudget(survey, budget, isByRollouts)
}

/** True when a pod's budget, not its owner's rollout limits, says whether a drain may stop it. */
export function isUnderBudget(survey: Survey, pod: PlannedPod): boolean {
  for (const object of survey.input.desired?.objects.values() ?? [])
    if (isBudget(object) && selects(survey, object, pod)) return true
  return false
}

/** Began to stop with this plan, for a reason that asks, from a state in which budgets are asked. */
function asksBudget(survey: Survey, { before, after }: PodChange): boolean {
  if (before === null || after === null || isLeaving(before) || !isLeaving(after)) return false
  const reason = after.stop?.reason ?? ''
  if (!BUDGETED.includes(reason) && !(reason === 'rollout' && respectsBudgets(survey, before.workload))) return false
  const phase = observedPod(survey, before)?.phase
  return phase === 'Running' || phase === 'Unknown'
}

function respectsBudgets({ input }: Survey, workload: ObjectKey): boolean {
  const annotations = input.desired?.objects.get(workload)?.manifest.metadata.annotations
  return annotations?.[ROLLOUT_ANNOTATION] === 'true'
}

function isBudget({ kind }: DesiredObject): boolean {
  return kind === 'PodDisruptionBudget'
}

function selects(survey: Survey, budget: DesiredObject, pod: PlannedPod): boolean {
  if (budget.namespace !== pod.namespace) return false
  const { spec } = budget.manifest as PodDisruptionBudget
  return matchesSelector(templateOf(survey, pod)?.metadata?.labels ?? {}, spec?.selector)
}

function templateOf({ input, after }: Survey, { replicaSet }: PlannedPod): PodTemplateSpec | undefined {
  return (after.replicaSets.get(replicaSet) ?? input.planned.replicaSets.get(replicaSet))?.template
}

/** Fewer pods than a budget needs may be what the commit wants: scaling down is nobody's disruption, also in the middle of a rollout. */
function checkBudget(survey: Survey, budget: DesiredObject, isByRollouts: boolean): void {
  const { spec } = budget.manifest as PodDisruptionBudget
  const pods = allPods(survey.after).filter((pod) => selects(survey, budget, pod))
  // What others stopped with this plan was healthy when the budget was asked.
  const others = [...survey.changes.values()].filter(
    (change) =>
      change.before !== null &&
      selects(survey, budget, change.before) &&
      isServing(survey, change.before) &&
      (change.after === null || isLeaving(change.after)) &&
      !asksBudget(survey, change),
  ).length
  const healthy = pods.filter((pod) => isServing(survey, pod)).length + others
  const wanted = wantedBy(survey, pods)
  const least = neededOf(spec, wanted)
  const needed = isByRollouts ? Math.min(least, wanted) : least
  if (healthy < needed)
    fatal(
      survey,
      'budget',
      `budget ${budget.name} needs ${needed} healthy pods and would have ${healthy} by our own doing`,
    )
}

function allPods({ nodes, pending }: PlannedState): PlannedPod[] {
  return [...[...nodes.values()].flatMap((node) => node.pods), ...pending]
}

/** How many pods the owners of these want. */
export function wantedBy(survey: Survey, pods: readonly PlannedPod[]): number {
  return [...new Set(pods.map((pod) => pod.workload))].reduce((sum, key) => sum + wantedOf(survey, key), 0)
}

export function neededOf(spec: PodDisruptionBudgetSpec | undefined, wanted: number): number {
  const share = (value: number | string): number =>
    typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * wanted) / 100)
  if (spec?.maxUnavailable !== undefined) return Math.max(0, wanted - share(spec.maxUnavailable))
  return spec?.minAvailable === undefined ? 0 : share(spec.minAvailable)
}

function wantedOf({ input, after }: Survey, key: ObjectKey): number {
  if (parseKey(key).kind === 'Pod') return 0
  const manifest = input.desired?.objects.get(key)?.manifest as { readonly spec?: { readonly replicas?: number } }
  if (manifest?.spec?.replicas !== undefined) return manifest.spec.replicas
  let sum = 0
  for (const set of after.replicaSets.values()) if (set.workload === key) sum += set.replicas
  return sum
}
