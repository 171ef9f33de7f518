/**
 * Brings the index up to a snapshot: compares references with what was last seen and hands over what changed. Costs one
 * comparison per node, and per object only when the map that holds it is another one.
 */
import { isEqual } from '../base/equal.js'
import { diffMaps } from '../base/layered-map.js'
import { defaultClusterConfiguration } from '../model/cluster-configuration.js'
import type { DesiredObject, DesiredState } from '../model/desired-state.js'
import type { Namespace } from '../model/generated/kubernetes.js'
import { compareGenerations, zeroGeneration } from '../model/generation.js'
import { makeKey, type ObjectKey } from '../model/keys.js'
import type { ObservedNode } from '../model/observed-state.js'
import type { PlannedNode, PlannedState } from '../model/planned-state.js'
import type { Labels } from '../model/selector.js'
import { isWorkloadKind } from '../reconcile/kind-roles.js'
import { markPod, noteMark, setObservedPod, setPod, setReplicaSet, workloadRow } from './index-rows.js'
import { describeNode, isHeardAt, silentSince } from './node-view.js'
import { type NodeRow, type PlanIndex, resetPlanIndex } from './plan-index.js'
import type { PlanInput } from './plan-input.js'
import { serviceRow, setServiceRecord, setSpec, setTable } from './service-rows.js'

const NOTHING: ReadonlyMap<never, never> = new Map<never, never>()

/** True when the pass may only adopt: nothing is created, stopped or forgotten (DESIGN 3). */
export function isAdoptingOnly(input: PlanInput): boolean {
  return input.isRecovering || input.desired === null
}

/** Takes a snapshot in. Afterwards every row is what the snapshot says, and whatever that touched is marked dirty. */
export function refreshIndex(index: PlanIndex, input: PlanInput): void {
  const configuration = input.desired?.configuration ?? defaultClusterConfiguration
  const { seen } = index
  const isOtherMode = seen.isAdoptingOnly !== isAdoptingOnly(input)
  if (isOtherMode || !isEqual(seen.configuration, configuration)) resetPlanIndex(index)
  index.seen.isAdoptingOnly = isAdoptingOnly(input)
  index.seen.configuration = configuration
  index.passes += 1
  const isKnown = index.seen.plannedId === input.planned.id
  if (!isKnown) {
    refreshReplicaSets(index, input.planned)
    refreshPlannedNodes(index, input.planned)
    refreshWorkloads(index, input.planned)
  }
  refreshObserved(index, input)
  refreshDesired(index, input)
  if (!isKnown) {
    refreshServices(index, input.planned)
    refreshInventory(index, input.planned)
  }
  // Until the pass has ended the rows stand for nothing that has a name.
  index.seen.plannedId = null
}

function refreshReplicaSets(index: PlanIndex, planned: PlannedState): void {
  if (index.seen.replicaSets === planned.replicaSets) return
  for (const [key, record] of planned.replicaSets) {
    if (index.replicaSets.get(key)?.parent === record) continue
    setReplicaSet(index, key, record.workload, record).parent = record
  }
  for (const row of index.replicaSets.values()) {
    if (row.parent === null || planned.replicaSets.has(row.key)) continue
    row.parent = null
    setReplicaSet(index, row.key, row.workload.key, null)
  }
  index.seen.replicaSets = planned.replicaSets
}

function nodeRow(index: PlanIndex, name: string): NodeRow {
  let row = index.nodes.get(name)
  if (row === undefined) {
    row = {
      name,
      parent: null,
      record: null,
      observed: null,
      manifest: index.seen.desired?.objects.get(makeKey('Node', '', name)) ?? null,
      isHeard: false,
      isAwaited: false,
      catalogued: null,
      isCordoned: false,
      isDraining: false,
      labels: {},
      taints: [],
      pods: new Map(),
      podsInOrder: [],
      strays: new Map(),
    }
    index.nodes.set(name, row)
  }
  return row
}

function refreshPlannedNodes(index: PlanIndex, planned: PlannedState): void {
  const changed: [NodeRow, PlannedNode | null][] = []
  for (const node of planned.nodes.values()) {
    const row = nodeRow(index, node.name)
    if (row.parent !== node) changed.push([row, node])
  }
  for (const row of index.nodes.values())
    if (row.parent !== null && !planned.nodes.has(row.name)) changed.push([row, null])
  for (const [row, node] of changed) setNodeRecord(index, row, node)
  for (const [row, node] of changed) for (const pod of node?.pods ?? []) setPodOn(index, row, pod)
  const isPendingChanged = index.seen.pending !== planned.pending
  if (isPendingChanged) for (const pod of planned.pending) setPod(index, pod.uid, pod)
  for (const [row, node] of changed) {
    const uids = new Set(node?.pods.map((pod) => pod.uid))
    for (const uid of [...row.pods.keys()]) if (!uids.has(uid)) setPod(index, uid, null)
  }
  if (isPendingChanged) {
    const uids = new Set(planned.pending.map((pod) => pod.uid))
    for (const uid of [...index.pending.keys()]) if (!uids.has(uid)) setPod(index, uid, null)
    index.seen.pending = planned.pending
  }
}

function setPodOn(index: PlanIndex, row: NodeRow, pod: PlannedNode['pods'][number]): void {
  if (row.pods.get(pod.uid)?.planned !== pod) setPod(index, pod.uid, pod)
}

function setNodeRecord(index: PlanIndex, row: NodeRow, node: PlannedNode | null): void {
  row.parent = node
  row.record = node
  noteMark(index, row)
  index.touchedNodes.add(row)
  index.dirtyAssignments.add(row)
  if (node !== null && node.resolve.length > 0) index.resolving.add(row)
  else index.resolving.delete(row)
}

function refreshWorkloads(index: PlanIndex, planned: PlannedState): void {
  if (index.seen.workloads === planned.workloads) return
  for (const [key, record] of planned.workloads) {
    const row = workloadRow(index, key)
    if (row.parent === record) continue
    row.parent = record
    row.record = record
    index.touchedWorkloads.add(row)
    index.dirtyWorkloads.add(row)
  }
  for (const row of index.workloads.values()) {
    if (row.parent === null || planned.workloads.has(row.key)) continue
    row.parent = null
    row.record = null
    index.dirtyWorkloads.add(row)
  }
  index.seen.workloads = planned.workloads
}

function refreshObserved(index: PlanIndex, input: PlanInput): void {
  const { observed, now } = input
  const { configuration } = index.seen
  if (index.seen.observed !== observed) {
    diffMaps(index.seen.observed?.nodes ?? NOTHING, observed.nodes, (name, _, node) => {
      setObserved(index, nodeRow(index, name), node ?? null)
    })
    index.seen.observed = observed
  }
  for (const row of index.nodes.values()) {
    const since = silentSince(row.name, row.observed, observed)
    if (since === null) index.silent.delete(row)
    else index.silent.add(row)
    const isInTime = isHeardAt(since, now, configuration ?? defaultClusterConfiguration)
    const isHeard = row.observed !== null && isInTime
    const isAwaited = row.observed === null && isInTime
    if (isHeard === row.isHeard && isAwaited === row.isAwaited) continue
    row.isHeard = isHeard
    row.isAwaited = isAwaited
    for (const pod of row.pods.values()) markPod(index, pod)
    touchNode(index, row)
  }
}

function setObserved(index: PlanIndex, row: NodeRow, after: ObservedNode | null): void {
  const before = row.observed
  row.observed = after
  if (before?.pods !== after?.pods) {
    for (const [uid, pod] of after?.pods ?? []) if (before?.pods.get(uid) !== pod) setObservedPod(index, row, uid, pod)
    for (const uid of before?.pods.keys() ?? [])
      if (after?.pods.has(uid) !== true) setObservedPod(index, row, uid, null)
  }
  countArchitecture(index, before, -1)
  countArchitecture(index, after, 1)
  if (before?.facts !== after?.facts || before?.taints !== after?.taints) touchNode(index, row)
  const planned = row.record?.generation ?? zeroGeneration
  const isAhead = after !== null && compareGenerations(after.generation, planned) > 0
  if (isAhead || before?.facts.address !== after?.facts.address) index.dirtyAssignments.add(row)
}

function countArchitecture({ architectures }: PlanIndex, node: ObservedNode | null, sign: 1 | -1): void {
  if (node === null) return
  const { architecture } = node.facts
  const count = (architectures.get(architecture) ?? 0) + sign
  if (count === 0) architectures.delete(architecture)
  else architectures.set(architecture, count)
}

/** Reads a node anew: table, labels, taints, and the catalogue of images on heard nodes. */
function touchNode(index: PlanIndex, row: NodeRow): void {
  const images = row.isHeard ? (row.observed?.facts.images ?? null) : null
  if (images !== row.catalogued) {
    if (row.catalogued !== null) index.images.remove(row.catalogued)
    if (images !== null) index.images.add(images)
    row.catalogued = images
  }
  if (row.observed === null) index.table.removeNode(row.name)
  describeNode(index, row, index.seen.configuration ?? defaultClusterConfiguration)
  index.touchedNodes.add(row)
}

function refreshDesired(index: PlanIndex, { desired }: PlanInput): void {
  const before = index.seen.desired
  if (desired === before) return
  let isNamespaceChanged = false
  diffMaps(before?.objects ?? NOTHING, desired?.objects ?? NOTHING, (key, was, is) => {
    const object = (is ?? was)!
    setDesired(index, key, is ?? null, object)
    if (object.kind === 'Namespace') isNamespaceChanged = true
  })
  if (isNamespaceChanged) index.table.setNamespaces(namespaceLabels(desired))
  index.seen.desired = desired
}

function namespaceLabels(desired: DesiredState | null): Map<string, Labels> {
  const labels = new Map<string, Labels>()
  for (const object of desired?.objects.values() ?? [])
    if (object.kind === 'Namespace') labels.set(object.name, (object.manifest as Namespace).metadata?.labels ?? {})
  return labels
}

function setDesired(index: PlanIndex, key: ObjectKey, after: DesiredObject | null, any: DesiredObject): void {
  if (isWorkloadKind(any.kind)) {
    const row = workloadRow(index, key)
    row.desired = after
    index.dirtyWorkloads.add(row)
  } else if (any.kind === 'ConfigMap' || any.kind === 'Secret') {
    for (const row of index.configWorkloads.get(key) ?? []) index.dirtyWorkloads.add(row)
    for (const row of index.configReplicaSets.get(key) ?? []) index.dirtyReplicaSets.add(row)
  } else if (any.kind === 'Service') {
    const row = serviceRow(index, key)
    row.desired = after
    index.dirtyServices.add(row)
    setSpec(index, row)
  } else if (any.kind === 'Node') {
    const row = index.nodes.get(any.name)
    if (row !== undefined) {
      row.manifest = after
      touchNode(index, row)
    }
  }
}

function refreshServices(index: PlanIndex, planned: PlannedState): void {
  if (index.seen.services !== planned.services) {
    for (const [key, record] of planned.services) {
      const row = serviceRow(index, key)
      if (row.parent === record) continue
      row.parent = record
      setServiceRecord(index, row, record)
    }
    for (const row of index.services.values()) {
      if (row.parent === null || planned.services.has(row.key)) continue
      row.parent = null
      setServiceRecord(index, row, null)
    }
    index.seen.services = planned.services
  }
  const tables = planned.network.services
  if (index.seen.tables === tables) return
  for (const [key, table] of tables) {
    const row = serviceRow(index, key)
    if (row.parentTable === table) continue
    row.parentTable = table
    setTable(index, row, table)
    index.dirtyServices.add(row)
  }
  for (const row of index.services.values()) {
    if (row.parentTable === null || tables.has(row.key)) continue
    row.parentTable = null
    setTable(index, row, null)
  }
  index.seen.tables = tables
}

/** What the inventory holds decides whether something that is not desired is kept or wound down. */
function refreshInventory(index: PlanIndex, planned: PlannedState): void {
  if (index.seen.inventory === planned.inventory) return
  for (const row of index.workloads.values()) if (row.desired === null) index.dirtyWorkloads.add(row)
  for (const row of index.services.values()) if (row.desired === null) index.dirtyServices.add(row)
  index.seen.inventory = planned.inventory
}
