/** What status shows of disruption budgets: the numbers that drains and evictions are answered by. */
import { groupBy } from '../../base/ordered.js'
import type { PodDisruptionBudget } from '../../model/generated/kubernetes.js'
import { type ObjectKey, parseKey } from '../../model/keys.js'
import { matchesSelector } from '../../model/selector.js'
import type { BudgetView } from '../../model/status-view.js'
import type { PodFacts } from '../controller.js'
import { countBudget } from '../disruption-budget.js'
import type { StatusIndex } from './status-index.js'
import type { StatusInput } from './status-input.js'

/** One for each budget of desired state, sorted by key as desired objects are. */
export function makeBudgetViews(input: StatusInput, index: StatusIndex): BudgetView[] {
  const views: BudgetView[] = []
  let podsOfSet: ReadonlyMap<ObjectKey, readonly PodFacts[]> | null = null
  for (const object of input.desired?.objects.values() ?? []) {
    if (object.kind !== 'PodDisruptionBudget') continue
    const { key, namespace, name } = object
    const { spec } = object.manifest as PodDisruptionBudget
    podsOfSet ??= groupBy(index.pods, (pod) => pod.planned.replicaSet)
    const pods = [...podsOfSet]
      .filter(([set]) => parseKey(set).namespace === namespace && matchesSelector(labelsOf(input, set), spec?.selector))
      .flatMap(([, members]) => members)
      .map((pod) => ({ workload: pod.planned.workload, isHealthy: isHealthy(pod) }))
    const counts = countBudget(spec, pods, (workload) => scaleOf(input, workload))
    const { minAvailable = null, maxUnavailable = null } = spec ?? {}
    views.push({ key, namespace, name, minAvailable, maxUnavailable, ...counts })
  }
  return views
}

function labelsOf({ planned }: StatusInput, set: ObjectKey): Readonly<Record<string, string>> {
  return planned.replicaSets.get(set)?.template.metadata?.labels ?? {}
}

function isHealthy({ planned, observed, isNodeHeard }: PodFacts): boolean {
  const isLeaving = planned.stop !== null && planned.stop.phase !== 'replacing'
  return !isLeaving && isNodeHeard && observed?.ready === true
}

function scaleOf({ desired, planned }: StatusInput, workload: ObjectKey): number | null {
  if (parseKey(workload).kind === 'Pod') return null
  const manifest = desired?.objects.get(workload)?.manifest as { readonly spec?: { readonly replicas?: unknown } }
  const replicas = manifest?.spec?.replicas
  if (typeof replicas === 'number') return replicas
  let sum = 0
  for (const set of planned.replicaSets.values()) if (set.workload === workload) sum += set.replicas
  return sum
}
