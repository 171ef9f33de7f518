/**
 * Adoption: pods that agents run and no plan knows, because the store is empty or older than the agents. A node whose agent
 * has accepted an assignment newer than the plan's knows better than the plan; any other node's unknown pods were taken out
 * of the plan on purpose and stop with the node's next assignment (DESIGN 3).
 */
import { compareText } from '../../base/ordered.js'
import type { AssignedPod } from '../../model/assignment.js'
import { compareGenerations, zeroGeneration } from '../../model/generation.js'
import type { ObservedPod } from '../../model/observed-state.js'
import type { PlannedPod, PlannedReplicaSet } from '../../model/planned-state.js'
import { setPod, setReplicaSet } from '../index-rows.js'
import { inOrder, type Pass, report } from '../pass.js'
import type { NodeRow, PodRow } from '../plan-index.js'
import { isAdoptingOnly } from '../refresh-index.js'
import { forgetPod } from '../stop-pod.js'

export function adoptPods(pass: Pass): void {
  let adopted = 0
  for (const node of inOrder(pass.index.straying, (row) => row.name)) {
    if (!knowsBetter(pass, node)) continue
    for (const stray of inOrder(node.strays.values(), (pod) => pod.uid)) if (adopt(pass, node, stray)) adopted += 1
  }
  report(pass, 'adopt-pods', { adopted })
}

function knowsBetter({ input }: Pass, node: NodeRow): boolean {
  if (node.record === null || node.observed === null) return false
  const planned = node.parent?.generation ?? zeroGeneration
  return input.isRecovering || compareGenerations(node.observed.generation, planned) > 0
}

function adopt(pass: Pass, node: NodeRow, stray: ObservedPod): boolean {
  const { index } = pass
  const { assigned } = stray
  const twin = index.pods.get(stray.uid)
  if (twin !== undefined && !isBetter(stray, twin)) return false
  const ghost = hadAddress(node, assigned)
  // Nothing is forgotten before desired state is looked at: then both are settled in one pass.
  if (ghost !== undefined && isAdoptingOnly(pass.input)) return false
  if (ghost !== undefined) forgetPod(pass, ghost, 'gone')
  if (twin !== undefined) setPod(index, stray.uid, null)
  const key = assigned.owner ?? assigned.workload
  const known = index.replicaSets.get(key)?.record ?? null
  const scaledFor = index.workloads.get(assigned.workload)?.record?.counts.desired ?? null
  // Its set counts a twin already that is not to stop.
  const isMore = stray.assigned.stop === null && (twin === undefined || twin.planned.stop !== null)
  setReplicaSet(index, key, assigned.workload, adoptedSet(known, assigned, isMore, scaledFor))
  setPod(index, stray.uid, adoptedPod(pass, node, assigned))
  if (!pass.inventory.has(assigned.workload) && !pass.input.planned.inventory.has(assigned.workload)) {
    const { workload, commit } = assigned
    pass.inventory.set(workload, { key: workload, hash: '', app: '', commit })
  }
  pass.actions.push({ type: 'adopt-pod', pod: stray.uid, name: assigned.name, node: node.name })
  return true
}

/** A pod of an older store whose address its node has given to another meanwhile: it is gone there, its owner makes a new one. */
function hadAddress(node: NodeRow, { address, spec }: AssignedPod): PodRow | undefined {
  if (spec.hostNetwork === true) return undefined
  return [...node.pods.values()].find((pod) => pod.observed === null && pod.planned.address === address)
}

/** Of two copies of one pod the one that has been ready for longer stays; one that runs, before one that waits for a node. */
function isBetter(stray: ObservedPod, twin: PodRow): boolean {
  if (twin.planned.node === null) return true
  if (!stray.ready) return false
  if (twin.observed === null || twin.node?.isHeard !== true || !twin.observed.ready) return true
  const left = stray.readySince ?? Number.POSITIVE_INFINITY
  const right = twin.observed.readySince ?? Number.POSITIVE_INFINITY
  return left < right
}

/**
 * The set as it must have been for this pod to be: its size counts the pods that are adopted. `scaledFor`: how many the
 * workload wanted when it was last looked at; a set that was adopted is not to be scaled for that.
 */
function adoptedSet(
  known: PlannedReplicaSet | null,
  assigned: AssignedPod,
  isMore: boolean,
  scaledFor: number | null,
): PlannedReplicaSet {
  const incarnations = Math.max(known?.incarnations ?? 0, assigned.incarnation + 1)
  const replicas = (known?.replicas ?? 0) + (isMore ? 1 : 0)
  const desiredAtScale = scaledFor ?? replicas
  const size = { replicas, desiredAtScale, maxReplicasAtScale: Math.max(replicas, desiredAtScale) }
  if (known !== null) {
    const createdAt = Math.min(known.createdAt, assigned.createdAt)
    return { ...known, incarnations, ...size, createdAt }
  }
  return {
    key: assigned.owner ?? assigned.workload,
    workload: assigned.workload,
    templateHash: assigned.templateHash,
    template: {
      metadata: { labels: assigned.labels, annotations: assigned.annotations },
      spec: assigned.spec,
    },
    revision: 1,
    ...size,
    createdAt: assigned.createdAt,
    commit: assigned.commit,
    images: assigned.images,
    environmentDigests: {},
    ...(assigned.configs.length > 0 && { configs: assigned.configs }),
    incarnations,
  }
}

function adoptedPod(pass: Pass, node: NodeRow, assigned: AssignedPod): PlannedPod {
  const { stop } = assigned
  return {
    uid: assigned.uid,
    namespace: assigned.namespace,
    name: assigned.name,
    replicaSet: assigned.owner ?? assigned.workload,
    workload: assigned.workload,
    templateHash: assigned.templateHash,
    ordinal: assigned.ordinal,
    incarnation: assigned.incarnation,
    node: node.name,
    address: assigned.spec.hostNetwork === true ? null : assigned.address,
    createdAt: assigned.createdAt,
    boundAt: assigned.createdAt,
    stop: stop === null ? null : { ...stop, since: pass.input.now, phase: 'stopping', networkVersion: 0 },
    commit: assigned.commit,
  }
}

/** Two pods in one place of a set: the one that has been ready for longest stays, the others are to stop as duplicates. */
export function findDuplicates(pods: Iterable<PodRow>): PodRow[] {
  const kept = new Map<string, PodRow>()
  const duplicates: PodRow[] = []
  for (const pod of [...pods].sort((left, right) => compareText(left.uid, right.uid))) {
    if (pod.planned.stop !== null) continue
    const place = `${pod.planned.replicaSet} ${pod.planned.ordinal}`
    const other = kept.get(place)
    if (other === undefined) kept.set(place, pod)
    else if (pod.observed !== null && isBetter(pod.observed, other)) {
      kept.set(place, pod)
      duplicates.push(other)
    } else duplicates.push(pod)
  }
  return duplicates
}
