/** What an eviction by command would be answered now, for who has to answer at once. */
import { BudgetLedger } from './disruption/budget-ledger.js'
import { startPass } from './pass.js'
import { createPlanIndex } from './plan-index.js'
import type { PlanInput } from './plan-input.js'
import { refreshIndex } from './refresh-index.js'

/** Empty when the pod may go, else why not, in a sentence. The next plan decides with the same rule. */
export function judgeEviction(input: PlanInput, uid: string): string {
  const index = createPlanIndex()
  refreshIndex(index, input)
  const pod = index.pods.get(uid)
  if (pod === undefined) return 'there is no such pod any more'
  const verdict = new BudgetLedger(startPass(input, index)).ask(pod)
  return verdict.type === 'refused' ? verdict.detail : ''
}
