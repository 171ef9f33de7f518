/** A planning pass: from one snapshot to the plan of what happens now. Reads as the list of its steps. */
import { hashText, stableHash } from '../base/hash.js'
import type { Assignment } from '../model/assignment.js'
import { formatGeneration } from '../model/generation.js'
import type { Plan, PlannedDelta } from '../model/plan.js'
import type { PlannedNode, PlannedPod } from '../model/planned-state.js'
import { makeDelta } from './make-delta.js'
import { startPass } from './pass.js'
import { createPlanIndex, type PlanIndex } from './plan-index.js'
import type { PlanInput } from './plan-input.js'
import { isAdoptingOnly, refreshIndex } from './refresh-index.js'
import { admitNodes } from './steps/admit-nodes.js'
import { adoptPods } from './steps/adopt-pods.js'
import { advanceStops } from './steps/advance-stops.js'
import { assignNodes } from './steps/assign-nodes.js'
import { evictPods } from './steps/evict-pods.js'
import { listWaiting } from './steps/list-waiting.js'
import { movePods } from './steps/move-pods.js'
import { askForImages } from './steps/pin-images.js'
import { planServices } from './steps/plan-services.js'
import { pruneObjects } from './steps/prune-objects.js'
import { rebalancePods } from './steps/rebalance-pods.js'
import { reconcileWorkloads, stopDuplicates } from './steps/reconcile-workloads.js'
import { schedulePods } from './steps/schedule-pods.js'
import { settleReplicaSets } from './steps/settle-replica-sets.js'
import { watchNodes } from './steps/watch-nodes.js'

/** Makes the plan that follows `input.planned`; without an index from nothing, with one at the cost of what changed. */
export function makePlan(input: PlanInput, index: PlanIndex = createPlanIndex()): Plan {
  refreshIndex(index, input)
  const pass = startPass(input, index)
  admitNodes(pass)
  adoptPods(pass)
  let assignments: readonly Assignment[] = []
  let evictions: Plan['evictions']
  if (!isAdoptingOnly(input)) {
    settleReplicaSets(pass)
    advanceStops(pass)
    watchNodes(pass)
    stopDuplicates(pass)
    movePods(pass)
    if (input.evictions !== undefined) evictions = evictPods(pass)
    pruneObjects(pass)
    rebalancePods(pass)
    reconcileWorkloads(pass)
    schedulePods(pass)
    settleReplicaSets(pass)
    askForImages(pass)
    planServices(pass)
    assignments = assignNodes(pass)
  }
  const waiting = listWaiting(pass)
  const delta = makeDelta(pass)
  const id = planId(input, delta, assignments)
  index.seen.plannedId = isEmptyDelta(delta) ? input.planned.id : id
  return {
    id,
    parent: input.planned.id,
    revision: input.desired?.revision ?? input.planned.revision,
    madeAt: input.now,
    generation: input.generation,
    actions: pass.actions,
    assignments,
    delta,
    waiting,
    brake: pass.brake,
    steps: pass.reports,
    ...(evictions !== undefined && { evictions }),
    requeueAt: pass.requeueAt,
  }
}

function isEmptyDelta({ nodes, pending, replicaSets, workloads, services, inventory, network }: PlannedDelta): boolean {
  const maps = [nodes, replicaSets, workloads, services, inventory]
  return pending === null && network === null && maps.every((map) => map.size === 0)
}

/** As most plans have it, which find nothing to do. */
const NO_RECORDS = stableHash([[], [], []])

/** Over parent, generation and delta; nodes by the hashes of their assignments and the pods that change. */
function planId(input: PlanInput, delta: PlannedDelta, assignments: readonly Assignment[]): string {
  const { network } = delta
  const parts = [input.clusterId, input.planned.id, formatGeneration(input.generation), input.desired?.revision ?? '']
  for (const { node, hash } of assignments) parts.push(`${node} ${hash}`)
  for (const [name, node] of delta.nodes)
    parts.push(
      name,
      podChanges(input.planned.nodes.get(name)?.pods ?? [], node?.pods ?? []),
      node === null ? '' : nodeText(node),
    )
  parts.push(delta.pending === null ? '' : hashText(delta.pending.map(podText).join(' ')))
  for (const [key, set] of delta.replicaSets) parts.push(key, stableHash({ ...set, template: 0 }))
  const hasRecords = delta.workloads.size + delta.services.size + delta.inventory.size > 0
  parts.push(hasRecords ? stableHash([[...delta.workloads], [...delta.services], [...delta.inventory]]) : NO_RECORDS)
  if (network !== null) parts.push(stableHash([network.version, [...network.services], [...network.routes]]))
  return hashText(parts.join('\n'))
}

/** All of a node but its pods: a text by hand, since every touched node of every plan has one. */
function nodeText(node: PlannedNode): string {
  const { name, subnet, generation, assignmentHash, resolve, unreachableSince, evictedAt } = node
  const { lost = [], taintedSince, rebalancedAt } = node
  const tainted = taintedSince === undefined ? '' : stableHash(taintedSince)
  return [
    name,
    subnet,
    formatGeneration(generation),
    assignmentHash,
    ...resolve,
    unreachableSince,
    evictedAt,
    tainted,
    rebalancedAt,
    ...lost,
  ].join(' ')
}

/** What differs from the pods before: both lists are sorted by uid, and a pod that did not change is the same value. */
function podChanges(before: readonly PlannedPod[], after: readonly PlannedPod[]): string {
  const parts: string[] = []
  let at = 0
  for (const pod of after) {
    if (pod === before[at]) {
      at += 1
      continue
    }
    for (let gone = before[at]; gone !== undefined && gone.uid < pod.uid; gone = before[++at]) parts.push(gone.uid)
    if (before[at] === pod || before[at]?.uid === pod.uid) at += 1
    parts.push(podText(pod))
  }
  for (const gone of before.slice(at)) parts.push(gone.uid)
  return parts.join(' ')
}

function podText({ uid, node, stop }: PlannedPod): string {
  return `${uid} ${node ?? ''} ${stop === null ? '' : stableHash(stop)}`
}
