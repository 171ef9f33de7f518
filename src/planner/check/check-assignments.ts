/** What agents get is what the plan says: same pods, addresses and stop orders, and a stop only after the endpoints are left. */
import { isEqual } from '../../base/equal.js'
import type { AssignedPod, Assignment } from '../../model/assignment.js'
import { compareGenerations, formatGeneration } from '../../model/generation.js'
import type { PlannedNode, PlannedPod } from '../../model/planned-state.js'
import { changedSpan } from './changed-span.js'
import { fatal, isHeard, type Survey } from './survey.js'

export function checkAssignments(survey: Survey): void {
  const { plan, after } = survey
  const sent = new Set<string>()
  for (const assignment of plan.assignments) {
    if (sent.has(assignment.node)) fatal(survey, 'assignment', `node ${assignment.node} gets two assignments`)
    sent.add(assignment.node)
    const node = after.nodes.get(assignment.node)
    if (node === undefined) fatal(survey, 'assignment', `node ${assignment.node} is assigned pods and is not planned`)
    else checkAssignment(survey, node, assignment)
  }
  if (!survey.isAdoptingOnly) {
    for (const node of survey.nodes)
      if (!sent.has(node.name) && isAssignmentDue(survey, node))
        fatal(survey, 'assignment', `the pods of node ${node.name} change and its agent is not told`)
  }
  for (const { before, after: pod } of survey.changes.values()) if (pod !== null) checkStop(survey, before, pod)
}

/** Both lists are in the order of their uids. */
function checkAssignment(survey: Survey, node: PlannedNode, assignment: Assignment): void {
  const { plan } = survey
  if (compareGenerations(assignment.generation, plan.generation) !== 0)
    fatal(survey, 'generation', `the assignment of ${node.name} has ${formatGeneration(assignment.generation)}`)
  if (compareGenerations(node.generation, assignment.generation) !== 0 || node.assignmentHash !== assignment.hash)
    fatal(survey, 'assignment', `node ${node.name} does not remember the assignment it gets`)
  if (!isEqual(node.resolve, assignment.resolve)) fatal(survey, 'assignment', `node ${node.name} resolves other images`)
  const observed = survey.input.observed.nodes.get(node.name)
  let at = 0
  for (const pod of node.pods) {
    const item = assignment.pods[at]
    if (item?.uid === pod.uid) {
      checkAssignedPod(survey, pod, item)
      at += 1
    } else if (observed?.pods.has(pod.uid) === true)
      fatal(survey, 'assignment', `pod ${pod.name} runs on node ${node.name} and is not in its assignment`)
  }
  for (const item of assignment.pods.slice(at))
    fatal(survey, 'assignment', `pod ${item.name} is assigned to node ${node.name} and not planned there`)
}

function checkAssignedPod(survey: Survey, pod: PlannedPod, item: AssignedPod): void {
  const stop = pod.stop?.phase === 'stopping' ? { reason: pod.stop.reason, graceMs: pod.stop.graceMs } : null
  if (!isEqual(stop, item.stop))
    fatal(survey, 'assignment', `pod ${pod.name} is assigned another stop order than planned`)
  if (pod.address !== null && pod.address !== item.address)
    fatal(survey, 'assignment', `pod ${pod.name} is assigned address ${item.address}, planned is ${pod.address}`)
  if (pod.templateHash !== item.templateHash)
    fatal(survey, 'assignment', `pod ${pod.name} is assigned another template`)
}

/** A pod the agent has goes, or is told to stop. */
function isAssignmentDue(survey: Survey, node: PlannedNode): boolean {
  const before = survey.input.planned.nodes.get(node.name)
  if (before === node || before === undefined) return false
  const observed = survey.input.observed.nodes.get(node.name)
  const span = changedSpan(before.pods, node.pods)
  const orders = (pods: readonly PlannedPod[]): string =>
    pods
      .filter((pod) => observed?.pods.has(pod.uid) === true)
      .map((pod) => `${pod.uid} ${pod.stop?.phase === 'stopping'}`)
      .join()
  return orders(span.before) !== orders(span.after)
}

/** Out of the endpoints first, acknowledged by every node that is heard, and only then the order to stop. */
function checkStop(survey: Survey, before: PlannedPod | null, pod: PlannedPod): void {
  const isNew = pod.stop?.phase === 'stopping' && before !== null && before.stop?.phase !== 'stopping'
  if (!isNew || before.stop === null || before.stop.phase !== 'leaving') return
  const { networkVersion } = before.stop
  for (const [name, node] of survey.input.observed.nodes)
    if (node.networkVersion < networkVersion && isHeard(survey, name))
      fatal(survey, 'acknowledgement', `pod ${pod.name} is told to stop and node ${name} may still send it requests`)
}
