/** What a node is to planning: its report, its Node manifest and its silence together. */
import type { Instant } from '../base/instant.js'
import type { ClusterConfiguration } from '../model/cluster-configuration.js'
import type { Node } from '../model/generated/kubernetes.js'
import type { ObservedNode, ObservedState } from '../model/observed-state.js'
import { DRAIN_ANNOTATION } from '../model/taint.js'
import { imageSizes } from './image-catalog.js'
import { countAll, noteMark } from './index-rows.js'
import type { NodeRow, PlanIndex } from './plan-index.js'

/** Since when a node is silent, null while it is heard; never before the manager began to listen (DESIGN 12). */
export function silentSince(name: string, node: ObservedNode | null, observed: ObservedState): Instant | null {
  if (node === null || observed.unheard.includes(name)) return observed.heardSince
  return node.silentSince === null ? null : Math.max(node.silentSince, observed.heardSince)
}

/** True until a node has been silent for long enough to count as NotReady. */
export function isHeardAt(since: Instant | null, now: Instant, configuration: ClusterConfiguration): boolean {
  return since === null || now - since < configuration.nodeSilenceMs
}

/** Reads report and manifest into the row and the scheduler's table. */
export function describeNode(index: PlanIndex, row: NodeRow, configuration: ClusterConfiguration): void {
  const manifest = row.manifest?.manifest as (Node & { readonly kind: string }) | undefined
  const facts = row.observed?.facts
  row.labels = { ...facts?.labels, ...manifest?.metadata?.labels }
  row.taints = [...(manifest?.spec?.taints ?? []), ...(row.observed?.taints ?? [])]
  row.isCordoned = manifest?.spec?.unschedulable === true
  row.isDraining = row.isCordoned && manifest?.metadata?.annotations?.[DRAIN_ANNOTATION] === 'true'
  noteMark(index, row)
  if (facts === undefined) return
  const { allocatable } = facts
  const isNew = index.table.rowOf(row.name) === undefined
  index.table.setNode({
    name: row.name,
    isOpen: row.isHeard && row.record !== null,
    hasNoSubnet: row.isHeard && row.record === null,
    isUnschedulable: row.isCordoned,
    labels: row.labels,
    taints: row.taints,
    cpuMilli: allocatable.cpuMilli,
    memoryBytes: allocatable.memoryBytes,
    ephemeralStorageBytes: allocatable.ephemeralStorageBytes,
    podsMax: Math.min(allocatable.pods, configuration.podsPerNode),
    extended: allocatable.extended,
    images: imageSizes(facts.images),
  })
  if (isNew) countAll(index, row)
}
