/**
 * Whether a class of pods would fit on a node without some of its pods: resources and host ports on scratch numbers, so
 * that nothing of the scheduler's table changes. What no eviction can cure is asked of the other filters once per class.
 */

import type { PodRow } from '../plan-index.js'
import { prepareFilters } from '../scheduler/diagnosis.js'
import { type CountedPod, DryRun } from '../scheduler/dry-run.js'
import { PORTS_TAKEN } from '../scheduler/filters/node-ports.js'
import type { NodeTable } from '../scheduler/node-table.js'
import { UNRESOLVABLE } from '../scheduler/plug-in.js'
import type { Profile } from '../scheduler/profile.js'
import { conflicts, type HostPort, type ScheduleRequest } from '../scheduler/request.js'
import type { Trial } from './victims.js'

/** Asked on scratch numbers here, not of the filters. */
const COUNTED: readonly string[] = ['NodePorts', 'NodeResourcesFit']
/** Their answers on one node depend on pods of others. */
const OVER_DOMAINS: readonly string[] = ['PodTopologySpread', 'InterPodAffinity']

export interface PotentialRows {
  /** By row: 1 where removing pods may help: no filter says that it cannot, and the node has enough in all. */
  readonly rows: Uint8Array
  /** Removing pods must be tried with the filters over domains too. */
  readonly isOverDomains: boolean
}

/** Who wants to preempt: a class of pods under a profile, with the pods of their set that each row has. */
export interface Preemptor {
  readonly request: ScheduleRequest
  readonly profile: Profile
  readonly own: ReadonlyMap<number, number>
}

/** Where pods of the class may preempt (Kubernetes: semantics §3.1, status kinds). */
export function potentialRows({ request, profile, own }: Preemptor, nodes: NodeTable): PotentialRows {
  const rows = new Uint8Array(nodes.count)
  rows.set(nodes.isUsed.subarray(0, nodes.count))
  const prepared = prepareFilters(request, nodes, own, profile)
  for (const [name, filter] of prepared) {
    if (COUNTED.includes(name)) continue
    for (let row = 0; row < rows.length; row++) if (rows[row] === 1 && filter.check(row) === UNRESOLVABLE) rows[row] = 0
  }
  for (let row = 0; row < rows.length; row++) if (rows[row] === 1 && !isWithin(request, nodes, row)) rows[row] = 0
  return { rows, isOverDomains: prepared.some(([name]) => OVER_DOMAINS.includes(name)) }
}

/** A trial with all filters, on the table itself, which `end` puts back as it was. */
export class DomainTrial implements Trial<PodRow> {
  readonly #dryRun: DryRun
  readonly #row: number
  readonly #counted = new Map<PodRow, CountedPod>()

  constructor({ request, profile, own }: Preemptor, nodes: NodeTable, row: number, removed: readonly PodRow[]) {
    this.#dryRun = new DryRun(request, nodes, profile, own)
    this.#row = row
    for (const pod of removed) {
      const counted = { request: pod.replicaSet.facts!.request, isLeaving: pod.planned.stop !== null }
      this.#counted.set(pod, counted)
      this.#dryRun.remove(row, counted)
    }
  }

  fits(): boolean {
    return this.#dryRun.fits(this.#row)
  }

  putBack(pod: PodRow): boolean {
    const counted = this.#counted.get(pod)!
    this.#dryRun.restore(this.#row, counted)
    if (this.#dryRun.fits(this.#row)) return true
    this.#dryRun.remove(this.#row, counted)
    return false
  }

  /** Why it does not fit, in kube-scheduler's words; empty when it does. */
  refusal(): readonly string[] {
    return this.#dryRun.refusal(this.#row).reasons
  }

  end(): void {
    this.#dryRun.reset()
  }
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
export class NodeTrial implements Trial<PodRow> {
  readonly #request: ScheduleRequest
  readonly #extended: { readonly name: string; readonly need: number; free: number }[]
  readonly #ports: HostPort[]
  #cpu: number
  #memory: number
  #storage: number
  #pods: number

  constructor(request: ScheduleRequest, nodes: NodeTable, row: number, removed: readonly PodRow[]) {
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
    for (const pod of removed) this.#count(pod.replicaSet.facts!.request, 1)
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

  putBack(pod: PodRow): boolean {
    const { request } = pod.replicaSet.facts!
    this.#count(request, -1)
    if (this.fits()) return true
    this.#count(request, 1)
    return false
  }

  /** Why it does not fit, in kube-scheduler's words and order; empty when it does. */
  refusal(): readonly string[] {
    const { cpuMilli, memoryBytes, ephemeralStorageBytes, hostPorts } = this.#request
    if (hostPorts.some((port) => this.#ports.some((used) => conflicts(port, used)))) return PORTS_TAKEN
    const lacking = [
      ...(cpuMilli > 0 && cpuMilli > this.#cpu ? ['cpu'] : []),
      ...(memoryBytes > 0 && memoryBytes > this.#memory ? ['memory'] : []),
      ...(ephemeralStorageBytes > 0 && ephemeralStorageBytes > this.#storage ? ['ephemeral-storage'] : []),
      ...this.#extended.filter(({ need, free }) => need > free).map(({ name }) => name),
    ]
    return [...(this.#pods < 1 ? ['Too many pods'] : []), ...lacking.map((name) => `Insufficient ${name}`)]
  }

  /** Nothing to put back. */
  end(): void {}

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
