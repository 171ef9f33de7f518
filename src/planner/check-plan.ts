/** The plan checker: invariants that every plan must keep, found without any of the planner's code (DESIGN 8). */
import type { Note, Plan } from '../model/plan.js'
import type { PlanInput } from './plan-input.js'

/** What is wrong with a plan; `touched` looks at the nodes and owners it changes, `all` at everything. */
export function checkPlan(input: PlanInput, plan: Plan, scope: 'touched' | 'all'): readonly Note[] {
  const notes: Note[] = []
  if (plan.parent !== input.planned.id)
    notes.push({ severity: 'fatal', invariant: 'parent', detail: `made from ${plan.parent}, checked as ${scope}` })
  return notes
}
