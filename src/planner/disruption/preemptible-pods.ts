/** The pods of a node that a pod of some priority may take away, as the choice of victims needs them. */
import type { Pass } from '../pass.js'
import type { NodeRow, PodRow } from '../plan-index.js'
import type { BudgetLedger } from './budget-ledger.js'
import { priorityOfPod } from './priority.js'
import { compareImportance, type Preemptible } from './victims.js'

/** Ordered to stop and no longer serving. */
export function isLeaving({ planned }: PodRow): boolean {
  return planned.stop !== null && planned.stop.phase !== 'replacing'
}

/** Those of one node: read once, and looked through again for what has changed since. */
export class PreemptiblePods {
  readonly #pass: Pass
  readonly #node: NodeRow
  readonly #priority: number
  readonly #ledger: BudgetLedger
  #list: Preemptible<PodRow>[] = []
  /** How many pods the node had when the list was made. */
  #size = -1

  constructor(pass: Pass, node: NodeRow, priority: number, ledger: BudgetLedger) {
    this.#pass = pass
    this.#node = node
    this.#priority = priority
    this.#ledger = ledger
  }

  /** Most important first. */
  now(): readonly Preemptible<PodRow>[] {
    const { pods } = this.#node
    const list = this.#list
    if (pods.size !== this.#size || list.some(({ uid, pod }) => pods.get(uid) !== pod)) {
      this.#size = pods.size
      this.#list = this.#read().sort(compareImportance)
      return this.#list
    }
    for (let i = 0; i < list.length; i++) {
      const item = list[i]!
      if (item.isLeaving !== isLeaving(item.pod)) list[i] = { ...item, isLeaving: !item.isLeaving }
    }
    return list
  }

  #read(): Preemptible<PodRow>[] {
    const list: Preemptible<PodRow>[] = []
    for (const pod of this.#node.pods.values()) {
      const { value } = priorityOfPod(this.#pass, pod)
      if (value >= this.#priority || pod.replicaSet.facts === null) continue
      list.push({
        uid: pod.uid,
        priority: value,
        startedAt: pod.observed?.startedAt ?? pod.planned.boundAt ?? this.#pass.input.now,
        isLeaving: isLeaving(pod),
        budgets: this.#ledger.budgetsOf(pod.replicaSet),
        pod,
      })
    }
    return list
  }
}
