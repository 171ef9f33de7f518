/** The full list of what a node is to run, for each node whose list changed: what agents get. */
import { hashText, stableHash } from '../../base/hash.js'
import type { AssignedPod, Assignment } from '../../model/assignment.js'
import { compareGenerations } from '../../model/generation.js'
import type { PlannedPod, PlannedReplicaSet } from '../../model/planned-state.js'
import { formatCidr, parseCidr, subnetAt } from '../cidr.js'
import { type Pass, patchNode, report, takeSorted } from '../pass.js'
import type { NodeRow, PodRow, ToldPod } from '../plan-index.js'
import type { TemplateFacts } from '../template-facts.js'

export function assignNodes(pass: Pass): Assignment[] {
  const assignments: Assignment[] = []
  const rows = takeSorted(pass.index.dirtyAssignments, (row) => row.name)
  for (const row of rows) {
    if (row.record === null) continue
    const podSubnet = subnetOf(pass, row)
    const { resolve } = row.record
    const address = row.observed?.facts.address ?? ''
    const told: ToldPod[] = []
    for (const pod of row.podsInOrder) if (isAssignable(pod)) told.push(tell(pod, address))
    const hash = assignmentHash(row, told, podSubnet, resolve)
    if (hash === row.record.assignmentHash && !isBehind(row)) continue
    const { generation } = pass.input
    assignments.push({ node: row.name, generation, pods: told.map(({ pod }) => pod), podSubnet, resolve, hash })
    patchNode(pass, row, { generation, assignmentHash: hash })
  }
  report(pass, 'assign-nodes', { looked: rows.length, changed: assignments.length })
  return assignments
}

/** The agent obeys an assignment that this store does not know: what is planned must be newer, or it would not be obeyed. */
function isBehind({ record, observed }: NodeRow): boolean {
  return record !== null && observed !== null && compareGenerations(observed.generation, record.generation) > 0
}

/** A pod that waits for an image or for configuration is planned here already, but its agent is not told of it. */
function isAssignable({ replicaSet, observed }: PodRow): boolean {
  return replicaSet.facts !== null && (replicaSet.waiting.length === 0 || observed !== null)
}

function subnetOf({ configuration }: Pass, row: NodeRow): string {
  const range = parseCidr(configuration.podCidr)
  return range === null ? '' : formatCidr(subnetAt(range, configuration.nodePrefixLength, row.record?.subnet ?? 0))
}

/** From the hashes of its parts: a template is hashed once, not once a pod, and a pod once, not with each change beside it. */
function assignmentHash(row: NodeRow, told: readonly ToldPod[], podSubnet: string, resolve: readonly string[]): string {
  const parts = [row.name, podSubnet, row.observed?.facts.address ?? '', resolve.join(' ')]
  for (const { hash } of told) parts.push(hash)
  return hashText(parts.join('\n'))
}

const setHashes = new WeakMap<PlannedReplicaSet, string>()

function replicaSetHash(record: PlannedReplicaSet, facts: TemplateFacts): string {
  let hash = setHashes.get(record)
  if (hash === undefined) {
    const { key, workload, templateHash, images, configs } = record
    hash = hashText(`${key} ${workload} ${templateHash} ${facts.specHash} ${stableHash([images, configs])}`)
    setHashes.set(record, hash)
  }
  return hash
}

/** What the agent is told of a pod: the same value until the pod, its set or its node's address changes. */
function tell(row: PodRow, nodeAddress: string): ToldPod {
  const { planned, told } = row
  const record = row.replicaSet.record!
  const facts = row.replicaSet.facts!
  const address = planned.address ?? nodeAddress
  if (told?.planned === planned && told.record === record && told.facts === facts && told.pod.address === address)
    return told
  const pod = makeAssignedPod(planned, record, facts, address)
  row.told = { planned, record, facts, pod, hash: podHash(planned, replicaSetHash(record, facts)) }
  return row.told
}

function podHash(
  { uid, name, address, ordinal, incarnation, createdAt, commit, stop }: PlannedPod,
  setHash: string,
): string {
  const order = stop?.phase === 'stopping' ? `${stop.reason} ${stop.graceMs}` : ''
  return hashText(
    `${uid} ${name} ${address} ${ordinal} ${incarnation} ${createdAt} ${commit ?? ''}\n${order}\n${setHash}`,
  )
}

function makeAssignedPod(
  planned: PlannedPod,
  record: PlannedReplicaSet,
  facts: TemplateFacts,
  address: string,
): AssignedPod {
  const { stop } = planned
  return {
    uid: planned.uid,
    namespace: planned.namespace,
    name: planned.name,
    labels: facts.labels,
    annotations: facts.annotations,
    owner: record.key === planned.workload ? null : record.key,
    workload: planned.workload,
    templateHash: planned.templateHash,
    ordinal: planned.ordinal,
    incarnation: planned.incarnation,
    commit: planned.commit ?? record.commit,
    createdAt: planned.createdAt,
    spec: facts.spec,
    images: record.images,
    address,
    configs: record.configs ?? [],
    stop: stop?.phase === 'stopping' ? { reason: stop.reason, graceMs: stop.graceMs } : null,
  }
}
