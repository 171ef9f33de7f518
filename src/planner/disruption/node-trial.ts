/**
 * Whether a class of pods would fit on a node without some of its pods: resources and host ports on scratch numbers, so
 * that nothing of the scheduler's table changes. What no eviction can cure is asked of the other filters once per class.
 */

import { prepareFilters } from '../scheduler/diagnosis.js'
import type { NodeTable } from '../scheduler/node-table.js'
import { FITS } from '../scheduler/plug-in.js'
import { conflicts, type HostPort, type ScheduleRequest } from '../scheduler/request.js'
import type { Trial } from './victims.js'

/** Their refusals may be cured by removing pods (Kubernetes: semantics §3.1, status kinds). */
const CURABLE: readonly string[] = ['NodePorts', 'NodeResourcesFit']

/** By row: 1 where only curable filters can refuse the class, and it asks for no more than the node has in all. */
export function potentialRows(request: ScheduleRequest, nodes: NodeTable): Uint8Array {
  const rows = new Uint8Array(nodes.count)
  rows.set(nodes.isUsed.subarray(0, nodes.count))
  for (const [name, filter] of prepareFilters(request, nodes)) {
    if (CURABLE.includes(name)) continue
    for (let row = 0; row < rows.length; row++) if (rows[row] === 1 && filter.check(row) !== FITS) rows[row] = 0
  }
  for (let row = 0; row < rows.length; row++) if (rows[row] === 1 && !isWithin(request, nodes, row)) rows[row] = 0
  return rows
}

function isWithin(request: ScheduleRequest, nodes: NodeTable, row: number): boolean {
  return (
    request.cpuMilli <= nodes.cpuAllocatable[row]! &&
    request.memoryBytes <= nodes.memoryAllocatable[row]! &&
    request.ephemeralStorageBytes <= nodes.storageAllocatable[row]! &&
    request.extended.every(([name, amount]) => amount <= nodes.extended(name).allocatable[row]!)
  )
}

/** A trial on a row from which the given pods are taken away. */
export class NodeTrial implements Trial<ScheduleRequest> {
  readonly #request: ScheduleRequest
  readonly #extended: { readonly name: string; readonly need: number; free: number }[]
  readonly #ports: HostPort[]
  #cpu: number
  #memory: number
  #storage: number
  #pods: number

  constructor(request: ScheduleRequest, nodes: NodeTable, row: number, removed: readonly ScheduleRequest[]) {
    this.#request = request
    this.#cpu = nodes.cpuAllocatable[row]! - nodes.cpuRequested[row]!
    this.#memory = nodes.memoryAllocatable[row]! - nodes.memoryRequested[row]!
    this.#storage = nodes.storageAllocatable[row]! - nodes.storageRequested[row]!
    this.#pods = nodes.podsMax[row]! - nodes.podsCount[row]!
    this.#extended = request.extended.map(([name, need]) => {
      const column = nodes.extended(name)
      return { name, need, free: column.allocatable[row]! - column.requested[row]! }
    })
    this.#ports = request.hostPorts.length === 0 ? [] : [...(nodes.hostPorts[row] ?? [])]
    for (const pod of removed) this.#count(pod, 1)
  }

  fits(): boolean {
    const { cpuMilli, memoryBytes, ephemeralStorageBytes, hostPorts } = this.#request
    if (this.#pods < 1) return false
    if (cpuMilli > 0 && cpuMilli > this.#cpu) return false
    if (memoryBytes > 0 && memoryBytes > this.#memory) return false
    if (ephemeralStorageBytes > 0 && ephemeralStorageBytes > this.#storage) return false
    if (this.#extended.some(({ need, free }) => need > free)) return false
    return !hostPorts.some((port) => this.#ports.some((used) => conflicts(port, used)))
  }

  putBack(pod: ScheduleRequest): boolean {
    this.#count(pod, -1)
    if (this.fits()) return true
    this.#count(pod, 1)
    return false
  }

  #count(pod: ScheduleRequest, sign: 1 | -1): void {
    this.#cpu += sign * pod.cpuMilli
    this.#memory += sign * pod.memoryBytes
    this.#storage += sign * pod.ephemeralStorageBytes
    this.#pods += sign
    for (const column of this.#extended)
      column.free += sign * (pod.extended.find(([name]) => name === column.name)?.[1] ?? 0)
    if (this.#request.hostPorts.length === 0) return
    for (const port of pod.hostPorts) {
      if (sign === -1) this.#ports.push(port)
      else {
        const at = this.#ports.findIndex(
          (used) => used.port === port.port && used.protocol === port.protocol && used.address === port.address,
        )
        if (at >= 0) this.#ports.splice(at, 1)
      }
    }
  }
}
