/** Only what Headway applied and nobody desires is deleted, never while something cannot be read, and nothing while recovering. */
import type { Plan } from '../../model/plan.js'
import { fatal, type Survey } from './survey.js'

export function checkDeletion(survey: Survey): void {
  const { input, plan } = survey
  for (const [key, entry] of plan.delta.inventory) {
    if (entry !== null) continue
    if (!input.planned.inventory.has(key)) fatal(survey, 'prune-outside-inventory', `${key} was never applied`)
    if (input.desired?.objects.has(key) === true) fatal(survey, 'prune-desired', `${key} is desired`)
    if (input.desired?.hasUnreadable === true)
      fatal(survey, 'prune-while-unreadable', `${key} may be in a file that cannot be read`)
  }
  for (const [key, record] of plan.delta.workloads)
    if (record === null && input.desired?.objects.has(key) === true)
      fatal(survey, 'prune-desired', `the record of ${key} goes and it is desired`)
  for (const [key, record] of plan.delta.services)
    if (record === null && input.desired?.objects.has(key) === true)
      fatal(survey, 'prune-desired', `the address of ${key} goes and it is desired`)
  for (const { before, after } of survey.changes.values()) {
    // A pod that is found on its way out was ordered to stop before this store knew of it.
    if (after?.stop?.reason !== 'prune' || before === null || before.stop?.reason === 'prune') continue
    if (input.desired?.objects.has(after.workload) === true)
      fatal(survey, 'prune-desired', `pod ${after.name} is pruned and ${after.workload} is desired`)
    if (survey.after.inventory.has(after.workload))
      fatal(survey, 'prune-held', `pod ${after.name} is pruned while the deletion of ${after.workload} waits`)
  }
  checkSets(survey, plan)
  if (survey.isAdoptingOnly) checkAdoptingOnly(survey, plan)
}

/** A set that goes leaves no pods. */
function checkSets(survey: Survey, plan: Plan): void {
  for (const [key, set] of plan.delta.replicaSets) {
    if (set !== null) continue
    const workload = survey.input.planned.replicaSets.get(key)?.workload ?? ''
    const left = (survey.owned.get(workload) ?? []).filter((pod) => pod.replicaSet === key)
    if (left.length > 0) fatal(survey, 'pod-owner', `${key} goes and ${left.length} of its pods stay`)
  }
}

/** On an empty store, and before desired state is known, the plan takes over what runs and does nothing else. */
function checkAdoptingOnly(survey: Survey, plan: Plan): void {
  const { input } = survey
  for (const { before, after } of survey.changes.values()) {
    const name = (after ?? before)?.name
    if (after === null) fatal(survey, 'adopting-only', `pod ${name} is forgotten`)
    else if (before === null) {
      const isRunning = after.node !== null && input.observed.nodes.get(after.node)?.pods.has(after.uid) === true
      if (!isRunning) fatal(survey, 'adopting-only', `pod ${name} is created`)
    } else if (before.stop === null && after.stop !== null) fatal(survey, 'adopting-only', `pod ${name} is stopped`)
  }
  const gone = [...plan.delta.replicaSets, ...plan.delta.workloads, ...plan.delta.services, ...plan.delta.inventory]
  for (const [key, record] of gone) if (record === null) fatal(survey, 'adopting-only', `${key} is forgotten`)
  if (plan.assignments.length > 0) fatal(survey, 'adopting-only', 'assignments go out')
  if (plan.delta.network !== null) fatal(survey, 'adopting-only', 'the network table changes')
}
