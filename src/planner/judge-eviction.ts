/** What an eviction by command would be answered now, for who has to answer at once. */
import { BudgetLedger } from './disruption/budget-ledger.js'
import { startPass } from './pass.js'
import { createPlanIndex } from './plan-index.js'
import type { PlanInput } from './plan-input.js'
import { isAdoptingOnly, refreshIndex } from './refresh-index.js'

export type EvictionVerdict =
  | { readonly type: 'allowed' }
  /** No such pod is planned. */
  | { readonly type: 'unknown' }
  | {
      readonly type: 'refused'
      /** Why, in a sentence. */
      readonly detail: string
      /** It stays so until a commit changes something. */
      readonly isLasting: boolean
    }

/** May the pod be evicted now? The next plan decides with the same rule. */
export function judgeEviction(input: PlanInput, uid: string): EvictionVerdict {
  if (isAdoptingOnly(input))
    return { type: 'refused', detail: 'the manager has begun and still takes in what runs', isLasting: false }
  const index = createPlanIndex()
  refreshIndex(index, input)
  const pod = index.pods.get(uid)
  if (pod === undefined) return { type: 'unknown' }
  const verdict = new BudgetLedger(startPass(input, index)).ask(pod)
  if (verdict.type !== 'refused') return { type: 'allowed' }
  return { type: 'refused', detail: verdict.detail, isLasting: verdict.isLasting }
}
