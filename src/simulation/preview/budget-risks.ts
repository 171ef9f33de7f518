/** What a change does to disruption budgets: broken on the way, or such that nothing gets past them from then on. */
import { formatKey } from '../../model/keys.js'
import type { BudgetPreview, Risk } from './preview-types.js'

/** Budgets that are broken on the way. That fewer pods are wanted than a budget asks for is nothing that it can prevent. */
export function brokenBudgetRisks(budgets: readonly BudgetPreview[]): Risk[] {
  return budgets
    .filter(({ needed, desired, readyBefore, lowestReady }) => {
      return lowestReady < Math.min(needed, desired) && readyBefore >= needed
    })
    .map(({ key, workloads, needed, lowestReady }) => {
      const names = workloads.map(formatKey)
      const who = names.length === 1 ? `${names[0]} goes` : `${names.join(', ')} go`
      const text = `${who} down to ${lowestReady} ready pods, ${formatKey(key)} asks for ${needed}`
      return { code: 'budget-broken', severity: 'fail', key, text }
    })
}

/** Budgets that from now on ask for more than is wanted: even a drain, which replaces a pod first, never comes to that. */
export function blockingBudgetRisks(budgets: readonly BudgetPreview[], before: readonly BudgetPreview[]): Risk[] {
  const blocks = ({ needed, desired }: BudgetPreview): boolean => desired > 0 && needed > desired
  const known = new Set(before.filter(blocks).map(({ key }) => key))
  return budgets
    .filter((budget) => blocks(budget) && !known.has(budget.key))
    .map(({ key, workloads, needed, desired }) => {
      const names = workloads.map(formatKey)
      const who = names.length === 1 ? `${names[0]} wants` : `${names.join(', ')} want`
      const text = `${formatKey(key)} asks for ${needed} ready pods and ${who} ${desired}: no drain and no eviction of a ready pod ever gets past it`
      return { code: 'budget-blocks', severity: 'warn', key, text }
    })
}
