/**
 * What the budgets of the whole cluster allow now: counted over the rows of a pass when somebody first asks, and counted
 * down as the pass takes disruptions. Made anew by each step that asks, so that what other steps stopped is known.
 */
import type { DesiredObject, DesiredState } from '../../model/desired-state.js'
import type { PodDisruptionBudget } from '../../model/generated/kubernetes.js'
import { type ObjectKey, parseKey } from '../../model/keys.js'
import { matchesSelector } from '../../model/selector.js'
import { isEnded } from '../../reconcile/classify-pods.js'
import { askBudget, type BudgetCounts, countBudget, describeBudget } from '../../reconcile/disruption-budget.js'
import { ObjectsOfKind } from '../objects-of-kind.js'
import type { Pass } from '../pass.js'
import type { PlanIndex, PodRow, ReplicaSetRow } from '../plan-index.js'
import { wantedPods } from './wanted-pods.js'

/** `none`: no budget selects the pod. */
export type Verdict =
  | { readonly type: 'none' | 'free' | 'counted' }
  | {
      readonly type: 'refused'
      readonly detail: string
      /** However many pods serve, it stays so until a commit changes a budget. */
      readonly isLasting: boolean
    }

interface BudgetEntry {
  readonly object: DesiredObject
  readonly spec: PodDisruptionBudget['spec']
  counts: BudgetCounts
}

const NONE: Verdict = { type: 'none' }

export class BudgetLedger {
  readonly #index: PlanIndex
  readonly #budgets: ReadonlyMap<string, readonly DesiredObject[]>
  readonly #entries = new Map<ObjectKey, BudgetEntry>()
  readonly #budgetsOf = new Map<ReplicaSetRow, readonly BudgetEntry[]>()
  #sets: Map<string, ReplicaSetRow[]> | null = null

  constructor({ input, index }: Pass) {
    this.#index = index
    this.#budgets = input.desired === null ? new Map() : budgetsByNamespace(input.desired)
  }

  /** May this pod be evicted now? Changes nothing. */
  ask(pod: PodRow): Verdict {
    const entries = this.#entriesOf(pod.replicaSet)
    const [entry] = entries
    if (entry === undefined) return NONE
    const candidate = { isIdle: isIdle(pod), isReady: isHealthy(pod) }
    if (entries.length > 1 && !candidate.isIdle) {
      const names = entries.map(({ object }) => object.name).join(', ')
      return {
        type: 'refused',
        detail: `budgets ${names} all select it, and a pod with more than one is not evicted: let one select it`,
        isLasting: true,
      }
    }
    const answer = askBudget(candidate, entry.spec, entry.counts)
    return answer === 'refused'
      ? { type: 'refused', detail: describeBudget(entry.object.name, entry.counts), isLasting: false }
      : { type: answer }
  }

  /** May a healthy pod be evicted once one more serves in its place? Changes nothing. */
  maySpareReplaced(pod: PodRow): boolean {
    const [entry, ...more] = this.#entriesOf(pod.replicaSet)
    if (entry === undefined) return true
    const { currentHealthy, desiredHealthy, expectedPods } = entry.counts
    return more.length === 0 && expectedPods > 0 && currentHealthy + 1 > desiredHealthy
  }

  /**
   * A pod was ordered to stop: its budgets count it as disrupted, unless it went freely. Call it while the pod's row still
   * says what it was.
   */
  take(pod: PodRow): void {
    if (isIdle(pod)) return
    const isReady = isHealthy(pod)
    for (const entry of this.#entriesOf(pod.replicaSet)) {
      const { currentHealthy, disruptionsAllowed } = entry.counts
      if (askBudget({ isIdle: false, isReady }, entry.spec, entry.counts) === 'free') continue
      entry.counts = {
        ...entry.counts,
        currentHealthy: currentHealthy - (isReady ? 1 : 0),
        disruptionsAllowed: Math.max(0, disruptionsAllowed - 1),
      }
    }
  }

  /** The budgets that select a set's pods. */
  budgetsOf(set: ReplicaSetRow): readonly ObjectKey[] {
    return this.#entriesOf(set).map(({ object }) => object.key)
  }

  /** How many disruptions a budget allows now. */
  allowedBy(budget: ObjectKey): number {
    return this.#entries.get(budget)?.counts.disruptionsAllowed ?? 0
  }

  /** Its numbers in a sentence. */
  describe(budget: ObjectKey): string {
    const entry = this.#entries.get(budget)
    return entry === undefined ? '' : describeBudget(entry.object.name, entry.counts)
  }

  #entriesOf(set: ReplicaSetRow): readonly BudgetEntry[] {
    let entries = this.#budgetsOf.get(set)
    if (entries === undefined) {
      const { namespace } = parseKey(set.key)
      const { facts } = set
      entries =
        facts === null
          ? []
          : (this.#budgets.get(namespace) ?? [])
              .filter((object) => matchesSelector(facts.labels, specOf(object)?.selector))
              .map((object) => this.#entry(namespace, object))
      this.#budgetsOf.set(set, entries)
    }
    return entries
  }

  #entry(namespace: string, object: DesiredObject): BudgetEntry {
    let entry = this.#entries.get(object.key)
    if (entry === undefined) {
      const spec = specOf(object)
      const pods = this.#setsIn(namespace)
        .filter(({ facts }) => facts !== null && matchesSelector(facts.labels, spec?.selector))
        .flatMap((set) => [...set.pods.values()])
        .map((pod) => ({ workload: pod.workload.key, isHealthy: isHealthy(pod) }))
      const scaleOf = (key: ObjectKey): number | null => {
        const workload = this.#index.workloads.get(key)
        return workload === undefined ? 0 : wantedPods(workload)
      }
      entry = { object, spec, counts: countBudget(spec, pods, scaleOf) }
      this.#entries.set(object.key, entry)
    }
    return entry
  }

  #setsIn(namespace: string): readonly ReplicaSetRow[] {
    if (this.#sets === null) {
      this.#sets = new Map()
      for (const set of this.#index.replicaSets.values()) {
        if (set.pods.size === 0) continue
        const { namespace: of } = parseKey(set.key)
        const list = this.#sets.get(of)
        if (list === undefined) this.#sets.set(of, [set])
        else list.push(set)
      }
    }
    return this.#sets.get(namespace) ?? []
  }
}

const budgetObjects = new ObjectsOfKind('PodDisruptionBudget')
const known = new WeakMap<readonly DesiredObject[], ReadonlyMap<string, readonly DesiredObject[]>>()

/** Sorted by name, as desired objects are by key; made anew when one of them changed. */
function budgetsByNamespace(desired: DesiredState): ReadonlyMap<string, readonly DesiredObject[]> {
  const objects = budgetObjects.of(desired)
  let budgets = known.get(objects)
  if (budgets === undefined) {
    const found = new Map<string, DesiredObject[]>()
    for (const object of objects) {
      const list = found.get(object.namespace)
      if (list === undefined) found.set(object.namespace, [object])
      else list.push(object)
    }
    budgets = found
    known.set(objects, budgets)
  }
  return budgets
}

function specOf({ manifest }: DesiredObject): PodDisruptionBudget['spec'] {
  return (manifest as PodDisruptionBudget).spec
}

/** Ready on a node that is heard, and not on its way out; one that serves until it is replaced counts. */
export function isHealthy({ planned, observed, node }: PodRow): boolean {
  if (planned.stop !== null && planned.stop.phase !== 'replacing') return false
  return node?.isHeard === true && observed?.ready === true
}

/** Ended, not started, or on its way out already. */
function isIdle({ planned, observed }: PodRow): boolean {
  if (planned.stop !== null && planned.stop.phase !== 'replacing') return true
  return observed === null || observed.phase === 'Pending' || isEnded(observed.phase)
}
