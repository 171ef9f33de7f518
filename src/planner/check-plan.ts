/**
 * The plan checker: invariants that every plan must keep. It shares no code with the planner: it looks at the state before
 * the plan and after it, and at nothing in between (DESIGN 8, STYLE 14).
 */
import { compareGenerations, formatGeneration } from '../model/generation.js'
import type { Note, Plan } from '../model/plan.js'
import { checkAssignments } from './check/check-assignments.js'
import { checkBudgets } from './check/check-budgets.js'
import { checkDeletion } from './check/check-deletion.js'
import { checkNetwork } from './check/check-network.js'
import { checkNodes } from './check/check-nodes.js'
import { checkOwners } from './check/check-owners.js'
import { checkSchedule } from './check/check-schedule.js'
import { fatal, type Survey, surveyPlan } from './check/survey.js'
import type { PlanInput } from './plan-input.js'

/** What is wrong with a plan; `touched` looks at the nodes and owners it changes, `all` at everything. Empty: it may be carried out. */
export function checkPlan(input: PlanInput, plan: Plan, scope: 'touched' | 'all'): readonly Note[] {
  if (plan.parent !== input.planned.id) {
    const detail = `the plan was made from ${plan.parent || 'nothing'}, the state is ${input.planned.id || 'nothing'}`
    return [{ severity: 'fatal', invariant: 'parent', detail }]
  }
  const survey = surveyPlan(input, plan, scope)
  checkGeneration(survey)
  checkNodes(survey)
  checkSchedule(survey)
  checkOwners(survey)
  checkBudgets(survey)
  checkDeletion(survey)
  checkAssignments(survey)
  checkNetwork(survey, scope)
  return survey.notes
}

function checkGeneration(survey: Survey): void {
  const { input, plan } = survey
  const before = input.planned.generation
  if (compareGenerations(plan.generation, before) <= 0)
    fatal(survey, 'generation', `${formatGeneration(plan.generation)} is not newer than ${formatGeneration(before)}`)
}
