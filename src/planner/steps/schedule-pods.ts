/** Gives every pending pod a node and an address, or says why no node can take it; one evaluation per class of pods. */
import { compareText } from '../../base/ordered.js'
import type { Preemptor } from '../disruption/node-trial.js'
import { Preemption, withoutNomination } from '../disruption/preemption.js'
import { priorityOfPod } from '../disruption/priority.js'
import { Refusals } from '../disruption/refusals.js'
import { setPod } from '../index-rows.js'
import { isFilteredByOwn } from '../own-pods.js'
import { type Pass, podObjectKey, report } from '../pass.js'
import type { PodRow, RefusedClass, ReplicaSetRow } from '../plan-index.js'
import { addressFilter, PodAddresses } from '../pod-addresses.js'
import { profileOf } from '../scheduler/configured-profile.js'
import { diagnose, renderDiagnosis } from '../scheduler/diagnosis.js'
import { DryRun } from '../scheduler/dry-run.js'
import { Placement } from '../scheduler/placement.js'
import { FITS, type RowFilter } from '../scheduler/plug-in.js'
import { defaultProfile, type Profile } from '../scheduler/profile.js'
import type { ScheduleRequest } from '../scheduler/request.js'
import { withVolumes } from '../volume-claims.js'

export function schedulePods(pass: Pass): void {
  const { index } = pass
  index.table.sweep()
  const facts = { pending: index.pending.size, bound: 0, unschedulable: 0 }
  const refusals = new Refusals(pass)
  const preemption = new Preemption(pass)
  const addresses = new PodAddresses(pass)
  let batch: Batch | null = null
  const queue = inQueueOrder(pass)
  for (const [at, pod] of queue.entries()) {
    const { facts: template } = pod.replicaSet
    if (template === null || pod.planned.stop !== null) continue
    const request = withVolumes(pass.input.desired, template.spec, template.request)
    const nominatedRow = preemption.turnOf(pod)
    const blocked = blockedBy(pass, pod)
    const candidate = { pod, request, preemption }
    if (nominatedRow !== null && blocked === undefined && placeOn(pass, candidate, nominatedRow, addresses)) {
      facts.bound += 1
      continue
    }
    const key = blocked === undefined ? refusalKey(pass, pod.replicaSet, request) : ''
    if (blocked !== undefined || refusals.has(key)) {
      waitForNode(pass, pod, blocked ?? preemption.attempt(pod, request, refusals.textOf(key, candidate)))
      facts.unschedulable += 1
      continue
    }
    if (!isCurrent(pass, batch, pod.replicaSet)) {
      const isForMany = queue[at + 1]?.replicaSet === pod.replicaSet
      batch = { set: pod.replicaSet, ...placementFor(pass, candidate, isForMany), version: 0 }
    }
    if (place(pass, pod, batch.placement, addresses)) facts.bound += 1
    else {
      refusals.add(key, diagnosisOf(pass, candidate, key, addresses), candidate)
      waitForNode(pass, pod, preemption.attempt(pod, request, refusals.textOf(key, candidate)))
      facts.unschedulable += 1
    }
    batch.version = index.table.version
  }
  preemption.release()
  for (const key of index.diagnoses.keys()) if (!refusals.has(key)) index.diagnoses.delete(key)
  report(pass, 'schedule-pods', facts)
}

/** An evaluation that holds while nothing but its own placements changes the table. */
interface Batch {
  readonly set: ReplicaSetRow
  readonly placement: Placement
  /** Pods that are only nominated had a say: what they say of the next pod must be asked again. */
  readonly isForOne: boolean
  version: number
}

/** A pod whose turn it is. */
interface Candidate {
  readonly pod: PodRow
  readonly request: ScheduleRequest
  readonly preemption: Preemption
}

function isCurrent({ index }: Pass, batch: Batch | null, set: ReplicaSetRow): batch is Batch {
  return batch !== null && !batch.isForOne && batch.set === set && batch.version === index.table.version
}

/** Priority, then age, then name (Kubernetes: semantics §3.1); pods of one set stay together. */
function inQueueOrder(pass: Pass): PodRow[] {
  const queue = [...pass.index.pending.values()].map((pod) => ({ pod, priority: priorityOfPod(pass, pod).value }))
  queue.sort((left, right) => right.priority - left.priority || compareAge(left.pod, right.pod))
  return queue.map(({ pod }) => pod)
}

function compareAge(left: PodRow, right: PodRow): number {
  return (
    left.planned.createdAt - right.planned.createdAt ||
    compareText(left.replicaSet.key, right.replicaSet.key) ||
    compareText(left.uid, right.uid)
  )
}

/** So many are named. */
const GATES_MAX = 10

function blockedBy(pass: Pass, pod: PodRow): string | undefined {
  const { missingClass } = priorityOfPod(pass, pod)
  if (missingClass !== '')
    return `no PriorityClass with name ${missingClass} was found: add it to the repository, or take the name out of the pod template`
  const { replicaSet } = pod
  const { schedulerName } = replicaSet.facts?.request ?? defaultProfile
  if (profileOf(pass.configuration, schedulerName) === null)
    return `no scheduler profile is named ${schedulerName}: add it to schedulerProfiles of the ClusterConfiguration, or take schedulerName out of the pod template`
  const gates = replicaSet.facts?.spec.schedulingGates ?? []
  if (gates.length === 0) return undefined
  const names = gates.slice(0, GATES_MAX).map((gate) => gate.name)
  const more = gates.length > GATES_MAX ? ` and ${gates.length - GATES_MAX} more` : ''
  return `scheduling is blocked by its gates: ${names.join(', ')}${more}`
}

function placementFor(
  pass: Pass,
  candidate: Candidate,
  isForMany: boolean,
): { readonly placement: Placement; readonly isForOne: boolean } {
  const preemptor = preemptorOf(pass, candidate)
  const { request, profile, own } = preemptor
  const besides = candidate.preemption.withoutNominated(preemptor, candidate.pod.replicaSet)
  const placement = new Placement(request, pass.index.table, own, profile, isForMany && besides === null, besides)
  return { placement, isForOne: besides !== null }
}

function preemptorOf(pass: Pass, { pod, request, preemption }: Candidate): Preemptor {
  return preemption.preemptorOf(pod.replicaSet, request, profileFor(pass, request))
}

/** Pods without a profile are held back before. */
function profileFor({ configuration }: Pass, { schedulerName }: ScheduleRequest): Profile {
  return profileOf(configuration, schedulerName) ?? defaultProfile
}

/** Binds the pod to the best node that has an address for it. */
function place(pass: Pass, pod: PodRow, placement: Placement, addresses: PodAddresses): boolean {
  for (let row = placement.best(); row !== null; row = placement.best()) {
    if (bind(pass, pod, row, addresses)) {
      placement.placed(row)
      return true
    }
    placement.refuse()
  }
  return false
}

/** Binds the pod to the node where room was made for it, if it fits there by now: that node is tried first, and alone. */
function placeOn(pass: Pass, candidate: Candidate, row: number, addresses: PodAddresses): boolean {
  const { pod, request, preemption } = candidate
  const { index } = pass
  const profile = profileFor(pass, request)
  const own = preemption.filteredOwn(pod.replicaSet, request, profile)
  if (!new DryRun(request, index.table, profile, own).fits(row)) return false
  const besides = preemption.withoutNominated({ request, profile, own }, pod.replicaSet)
  return (besides === null || besides.check(row) === FITS) && bind(pass, pod, row, addresses)
}

/** False when the node has no address left. */
function bind(pass: Pass, pod: PodRow, row: number, addresses: PodAddresses): boolean {
  const { index, input } = pass
  const node = index.nodes.get(index.table.names[row]!)
  if (node === undefined) return false
  const isHostNetwork = pod.replicaSet.facts?.spec.hostNetwork === true
  const address = isHostNetwork ? null : addresses.take(node, pod.uid)
  if (address === null && !isHostNetwork) return false
  setPod(index, pod.uid, { ...withoutNomination(pod.planned), node: node.name, address, boundAt: input.now })
  pass.actions.push({ type: 'bind-pod', pod: pod.uid, name: pod.planned.name, node: node.name, address })
  return true
}

function waitForNode(pass: Pass, pod: PodRow, detail: string): void {
  pass.waiting.push({ on: 'scheduling', key: podObjectKey(pod), detail })
}

/** Pods with equal keys are refused alike. */
function refusalKey(pass: Pass, set: ReplicaSetRow, request: ScheduleRequest): string {
  const { index } = pass
  // Hard default constraints count the pods of the set itself.
  if (isFilteredByOwn(request, profileFor(pass, request))) return `${request.classKey} ${set.key}`
  return index.table.pods.isMeant(request) ? `${request.classKey} ${request.groupKey}` : request.classKey
}

/** The diagnosis, made once for a class and a version of the table. */
function diagnosisOf(pass: Pass, candidate: Candidate, key: string, addresses: PodAddresses): RefusedClass {
  const { index } = pass
  const known = index.diagnoses.get(key)
  if (known?.version === index.table.version) return known
  const preemptor = preemptorOf(pass, candidate)
  const { request, profile, own } = preemptor
  const nominated = candidate.preemption.withoutNominated(preemptor, candidate.pod.replicaSet)
  const besides: (readonly [string, RowFilter])[] = nominated === null ? [] : [['NominatedPods', nominated]]
  if (!request.isHostNetwork)
    besides.push(['PodAddresses', addressFilter(index.table, (name) => addresses.hasFree(index.nodes.get(name)))])
  const diagnosis = diagnose(request, index.table, own, profile, besides)
  const { version } = index.table
  const made = { version, text: renderDiagnosis(diagnosis), nearest: diagnosis.nearest }
  index.diagnoses.set(key, made)
  return made
}
