/** The pods of a node that a pod of some priority may take away, as the choice of victims needs them. */
import type { Pass } from '../pass.js'
import type { NodeRow, PodRow } from '../plan-index.js'
import type { BudgetLedger } from './budget-ledger.js'
import { priorityOfPod } from './priority.js'
import type { Preemptible } from './victims.js'

/** Ordered to stop and no longer serving. */
export function isLeaving({ planned }: PodRow): boolean {
  return planned.stop !== null && planned.stop.phase !== 'replacing'
}

/** In no order. */
export function preemptiblePods(
  pass: Pass,
  node: NodeRow,
  priority: number,
  ledger: BudgetLedger,
): Preemptible<PodRow>[] {
  const list: Preemptible<PodRow>[] = []
  for (const pod of node.pods.values()) {
    const { value } = priorityOfPod(pass, pod)
    if (value >= priority || pod.replicaSet.facts === null) continue
    list.push({
      uid: pod.uid,
      priority: value,
      startedAt: pod.observed?.startedAt ?? pod.planned.boundAt ?? pass.input.now,
      isLeaving: isLeaving(pod),
      budgets: ledger.budgetsOf(pod.replicaSet),
      pod,
    })
  }
  return list
}
