/** Drains, evictions by command, moves for balance and rollouts that keep budgets never leave fewer healthy pods than a budget asks for (semantics §5.7). */
import type { DesiredState } from '../../model/desired-state.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { ROLLOUT_ANNOTATION } from '../../planner/disruption/rollout-limit.js'
import { budgetsOver } from './budget-need.js'
import { isLeaving, isServing, podsOf, withAdopted } from './ground.js'
import { type Invariant, violate } from './invariant.js'

export const budgets: Invariant = {
  name: 'budgets',
  watch: () => ({
    planned(world, { plan, desired, observed, before, after }) {
      const reasons = new Map<string, string>()
      for (const action of plan.actions)
        if (action.type === 'stop-pod' || action.type === 'leave-endpoints') reasons.set(action.pod, action.reason)
      if (reasons.size === 0) return
      const moment = { planned: withAdopted(plan, before, after), observed, now: plan.madeAt }
      const isBudgeted = (pod: PlannedPod): boolean => asksBudgets(pod, reasons.get(pod.uid) ?? '', desired)
      for (const pod of podsOf(moment.planned)) {
        if (!isBudgeted(pod) || isLeaving(pod) || !isServing(moment, pod)) continue
        const needs = budgetsOver(pod, moment, desired)
        const why = reasons.get(pod.uid)
        if (needs.length > 1 && why !== 'rollout')
          violate(world, 'budgets', `${pod.name} goes (${why}), and several budgets select it`)
        for (const { name, healthy, need, wanted } of needs) {
          const left = healthy.filter((item) => !isBudgeted(item)).length
          // Scaling down is nobody's disruption, also in the middle of a rollout.
          const least = why === 'rollout' ? Math.min(need, wanted) : need
          if (left < least)
            violate(world, 'budgets', `${why} leaves ${left} healthy pods of budget ${name}, which needs ${least}`)
        }
      }
    },
  }),
}

function asksBudgets(pod: PlannedPod, reason: string, desired: DesiredState | null): boolean {
  if (reason === 'drain' || reason === 'rebalance' || reason === 'eviction') return true
  const annotations = desired?.objects.get(pod.workload)?.manifest.metadata.annotations
  return reason === 'rollout' && annotations?.[ROLLOUT_ANNOTATION] === 'true'
}
