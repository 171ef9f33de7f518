/**
 * Evictions by command: each asks the pod's disruption budget and happens at once or not at all, as in Kubernetes; what is
 * refused waits for nothing, the person asks again.
 */
import type { PodUid } from '../../model/assignment.js'
import type { EvictionOutcome } from '../../model/plan.js'
import { BudgetLedger } from '../disruption/budget-ledger.js'
import { type Pass, report } from '../pass.js'
import { orderStop } from '../stop-pod.js'

const ORDERED: EvictionOutcome = { type: 'ordered' }
const UNKNOWN: EvictionOutcome = { type: 'unknown' }

/** Orders those that may go; gives what became of each that was asked for. */
export function evictPods(pass: Pass): ReadonlyMap<PodUid, EvictionOutcome> {
  const asked = [...new Set(pass.input.evictions ?? [])].sort()
  const outcomes = new Map<PodUid, EvictionOutcome>()
  if (asked.length === 0) return outcomes
  const ledger = new BudgetLedger(pass)
  const facts = { evicted: 0, refused: 0 }
  for (const uid of asked) {
    const outcome = evict(pass, uid, ledger)
    outcomes.set(uid, outcome)
    if (outcome.type === 'ordered') facts.evicted += 1
    else if (outcome.type === 'refused') facts.refused += 1
  }
  report(pass, 'evict-pods', facts)
  return outcomes
}

function evict(pass: Pass, uid: PodUid, ledger: BudgetLedger): EvictionOutcome {
  const pod = pass.index.pods.get(uid)
  if (pod === undefined) return UNKNOWN
  const verdict = ledger.ask(pod)
  if (verdict.type === 'refused') return verdict
  ledger.take(pod)
  orderStop(pass, pod, 'eviction')
  return ORDERED
}
