/** Rollouts ask no budget, as in Kubernetes, unless their workload's annotation says that they do. */
import type { Pass } from '../pass.js'
import type { WorkloadRow } from '../plan-index.js'
import { BudgetLedger, isHealthy } from './budget-ledger.js'
import { wantedPods } from './wanted-pods.js'

/** Set to `"true"` on a workload whose rollouts keep its disruption budgets. */
export const ROLLOUT_ANNOTATION = 'headway.dev/rollout-respects-budgets'

export interface RolloutLimit {
  /** How many of the workload's pods may be unavailable; as long as none is stopped more than the budgets allow. */
  readonly unavailableMax: number
  /** Which budget allows nothing now, with numbers; empty when each allows something. */
  readonly held: string
}

/** What the workload's budgets leave to its rollout; null when it asks none. Example: 4 wanted, 5 healthy, 2 allowed: 1. */
export function rolloutLimit(pass: Pass, row: WorkloadRow): RolloutLimit | null {
  if (row.desired?.manifest.metadata.annotations?.[ROLLOUT_ANNOTATION] !== 'true') return null
  const ledger = new BudgetLedger(pass)
  let allowed = Number.POSITIVE_INFINITY
  let held = ''
  for (const set of row.replicaSets.values()) {
    for (const budget of ledger.budgetsOf(set)) {
      if (ledger.allowedBy(budget) < allowed) held = ledger.describe(budget)
      allowed = Math.min(allowed, ledger.allowedBy(budget))
    }
  }
  if (allowed === Number.POSITIVE_INFINITY) return null
  const healthy = [...row.pods.values()].filter(isHealthy).length
  const unavailableMax = Math.max(0, (wantedPods(row) ?? 0) - healthy + allowed)
  return { unavailableMax, held: allowed === 0 ? `the rollout waits; ${held}` : '' }
}
