/**
 * Agents that do at once what they are told: new pods are ready and stopped ones gone by the next look. With them a
 * question of room is answered by the planner itself, without the times that a preview is about. Pods that ran before
 * stay as they were reported.
 */
import { stableHash } from '../base/hash.js'
import type { AssignedPod, Assignment } from '../model/assignment.js'
import type { ObservedNode, ObservedPod, ObservedState, ResolvedImage } from '../model/observed-state.js'
import type { Plan } from '../model/plan.js'

/** What agents would report once they have done what a plan says; `networkVersion` is that of the state after it. */
export function obeyPlan(observed: ObservedState, plan: Plan, networkVersion: number): ObservedState {
  const assignments = new Map(plan.assignments.map((assignment) => [assignment.node, assignment]))
  const nodes = new Map<string, ObservedNode>()
  for (const [name, node] of observed.nodes) {
    const assignment = assignments.get(name)
    const isBehind = node.silentSince === null && node.networkVersion !== networkVersion
    const heard = isBehind ? { ...node, networkVersion } : node
    nodes.set(
      name,
      assignment === undefined || node.silentSince !== null ? heard : obey(heard, assignment, plan.madeAt),
    )
  }
  return { ...observed, nodes }
}

function obey(node: ObservedNode, assignment: Assignment, now: number): ObservedNode {
  const pods = new Map<string, ObservedPod>()
  for (const assigned of assignment.pods) {
    const before = node.pods.get(assigned.uid)
    pods.set(assigned.uid, reportPod(before, assigned, now))
  }
  return {
    ...node,
    generation: assignment.generation,
    pods,
    resolvedImages: resolveImages(node.resolvedImages, assignment.resolve),
  }
}

function reportPod(before: ObservedPod | undefined, assigned: AssignedPod, now: number): ObservedPod {
  if (assigned.stop === null && before !== undefined) return { ...before, assigned }
  const isStopped = assigned.stop !== null
  return {
    uid: assigned.uid,
    phase: before?.phase ?? 'Running',
    ready: !isStopped,
    readySince: isStopped ? null : now,
    startedAt: before?.startedAt ?? now,
    containers: [],
    reason: '',
    message: '',
    stopped: isStopped,
    assigned,
  }
}

/** Every reference is found: whether an image exists is not a question of room. */
function resolveImages(
  known: ReadonlyMap<string, ResolvedImage>,
  references: readonly string[],
): ReadonlyMap<string, ResolvedImage> {
  const missing = references.filter((reference) => known.get(reference)?.error !== '')
  if (missing.length === 0) return known
  const resolved = new Map(known)
  for (const reference of missing)
    resolved.set(reference, { reference, id: `sha256:${stableHash(reference)}`, digest: '', error: '' })
  return resolved
}
