/**
 * Evictions by command: each asks the pod's disruption budget and happens at once or not at all, as in Kubernetes; what is
 * refused waits for nothing, the person asks again.
 */
import { BudgetLedger } from '../disruption/budget-ledger.js'
import { type Pass, report } from '../pass.js'
import { orderStop } from '../stop-pod.js'

export function evictPods(pass: Pass): void {
  const { index, input } = pass
  const asked = [...new Set(input.evictions ?? [])].sort()
  if (asked.length === 0) return
  const ledger = new BudgetLedger(pass)
  const facts = { evicted: 0, refused: 0 }
  for (const uid of asked) {
    const pod = index.pods.get(uid)
    if (pod === undefined) continue
    if (ledger.ask(pod).type === 'refused') {
      facts.refused += 1
      continue
    }
    ledger.take(pod)
    orderStop(pass, pod, 'eviction')
    facts.evicted += 1
  }
  report(pass, 'evict-pods', facts)
}
