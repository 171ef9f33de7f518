/** What a row lacks for a pod of a class, resource by resource: for diagnosis and the nearest miss. */
import type { NodeTable } from './node-table.js'
import type { ScheduleRequest } from './request.js'

export interface Lack {
  /** `cpu` in thousandths, `memory` and `ephemeral-storage` in bytes, `pods`, extended resources by name. */
  readonly resource: string
  readonly amount: number
  /** The share of what the node has in all; for telling a near miss from a far one. */
  readonly share: number
  /** The request is more than the node has in all. */
  readonly isMoreThanAll: boolean
}

/** In Kubernetes' order: pods, cpu, memory, storage, extended. */
export function lacksOf(request: ScheduleRequest, nodes: NodeTable, row: number): Lack[] {
  const lacks: Lack[] = []
  const look = (resource: string, wanted: number, allocatable: number, requested: number): void => {
    const amount = wanted - (allocatable - requested)
    if (wanted <= 0 || amount <= 0) return
    const share = allocatable > 0 ? amount / allocatable : Number.POSITIVE_INFINITY
    lacks.push({ resource, amount, share, isMoreThanAll: wanted > allocatable })
  }
  look('pods', 1, nodes.podsMax[row]!, nodes.podsCount[row]!)
  look('cpu', request.cpuMilli, nodes.cpuAllocatable[row]!, nodes.cpuRequested[row]!)
  look('memory', request.memoryBytes, nodes.memoryAllocatable[row]!, nodes.memoryRequested[row]!)
  look('ephemeral-storage', request.ephemeralStorageBytes, nodes.storageAllocatable[row]!, nodes.storageRequested[row]!)
  for (const [name, amount] of request.extended) {
    const { allocatable, requested } = nodes.extended(name)
    look(name, amount, allocatable[row]!, requested[row]!)
  }
  return lacks
}
