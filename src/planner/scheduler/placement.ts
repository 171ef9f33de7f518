/**
 * One evaluation for all pods of a class: filters once, scores once, then the best row from a heap. Placing a pod
 * changes only the row it went to, so that row alone is looked at again: O(log nodes) a pod.
 */
import { hash32 } from '../../base/hash.js'
import { compareText } from '../../base/ordered.js'
import { Diagnosis } from './diagnosis.js'
import type { NodeTable } from './node-table.js'
import type { Reasons } from './plug-in.js'
import { filters, rowScores, staticScores } from './profile.js'
import type { ScheduleRequest } from './request.js'

const SILENT: Reasons = { add: () => {} }

export class Placement {
  readonly #request: ScheduleRequest
  readonly #nodes: NodeTable
  readonly #feasible: Uint8Array
  readonly #static: Float64Array
  readonly #scores: Float64Array
  readonly #ties: Uint32Array
  readonly #own: ReadonlyMap<number, number>
  readonly #placed = new Map<number, number>()
  readonly #heap: number[] = []

  /** `ownPods`: how many pods of the same replica set each row has already. */
  constructor(request: ScheduleRequest, nodes: NodeTable, ownPods: ReadonlyMap<number, number>) {
    this.#request = request
    this.#nodes = nodes
    this.#own = ownPods
    this.#feasible = new Uint8Array(nodes.count)
    this.#static = new Float64Array(nodes.count)
    this.#scores = new Float64Array(nodes.count)
    this.#ties = new Uint32Array(nodes.count)
    runFilters(request, nodes, this.#feasible, SILENT)
    this.#scoreStatic()
    const seed = hash32(request.classKey)
    for (let row = 0; row < nodes.count; row++) {
      if (this.#feasible[row] === 0) continue
      this.#ties[row] = hash32(nodes.names[row]!, seed)
      this.#scores[row] = this.#score(row)
      this.#heap.push(row)
    }
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#sink(at)
  }

  /** The best row for the next pod, or null; the caller assumes the pod on it and then calls `placed` or `refuse`. */
  best(): number | null {
    return this.#heap[0] ?? null
  }

  /** A pod was assumed on the best row. */
  placed(row: number): void {
    this.#placed.set(row, (this.#placed.get(row) ?? 0) + 1)
    if (this.#isStillFeasible(row)) {
      this.#scores[row] = this.#score(row)
      this.#sink(0)
    } else this.refuse()
  }

  /** The best row cannot take the pod after all. */
  refuse(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  /** What changes on a row when a pod of the class is placed there: resources, pods and host ports. */
  #isStillFeasible(row: number): boolean {
    const { cpuMilli, memoryBytes, ephemeralStorageBytes, hostPorts, extended } = this.#request
    const nodes = this.#nodes
    if (hostPorts.length > 0 || nodes.podsCount[row]! + 1 > nodes.podsMax[row]!) return false
    if (cpuMilli > 0 && cpuMilli > nodes.cpuAllocatable[row]! - nodes.cpuRequested[row]!) return false
    if (memoryBytes > 0 && memoryBytes > nodes.memoryAllocatable[row]! - nodes.memoryRequested[row]!) return false
    if (ephemeralStorageBytes > 0) {
      if (ephemeralStorageBytes > nodes.storageAllocatable[row]! - nodes.storageRequested[row]!) return false
    }
    return extended.every(([name, amount]) => {
      const column = nodes.extended(name)
      return amount <= column.allocatable[row]! - column.requested[row]!
    })
  }

  #scoreStatic(): void {
    const scores = new Float64Array(this.#nodes.count)
    for (const plugin of staticScores) {
      scores.fill(0)
      plugin.score(this.#request, this.#nodes, this.#feasible, scores)
      for (let row = 0; row < scores.length; row++) this.#static[row]! += plugin.weight * scores[row]!
    }
  }

  #score(row: number): number {
    const own = (this.#own.get(row) ?? 0) + (this.#placed.get(row) ?? 0)
    let total = this.#static[row]!
    for (const plugin of rowScores) total += plugin.weight * plugin.score(this.#request, this.#nodes, row, own)
    return total
  }

  #isBetter(left: number, right: number): boolean {
    const byScore = this.#scores[left]! - this.#scores[right]!
    if (byScore !== 0) return byScore > 0
    const byTie = this.#ties[left]! - this.#ties[right]!
    if (byTie !== 0) return byTie < 0
    return compareText(this.#nodes.names[left]!, this.#nodes.names[right]!) < 0
  }

  #sink(from: number): void {
    const heap = this.#heap
    let at = from
    for (;;) {
      const left = 2 * at + 1
      if (left >= heap.length) return
      const child = left + 1 < heap.length && this.#isBetter(heap[left + 1]!, heap[left]!) ? left + 1 : left
      if (!this.#isBetter(heap[child]!, heap[at]!)) return
      const row = heap[at]!
      heap[at] = heap[child]!
      heap[child] = row
      at = child
    }
  }
}

/** Why no node can take a pod of the class now. */
export function diagnose(request: ScheduleRequest, nodes: NodeTable): string {
  const diagnosis = new Diagnosis()
  runFilters(request, nodes, new Uint8Array(nodes.count), diagnosis)
  return diagnosis.render(nodes.size)
}

function runFilters(request: ScheduleRequest, nodes: NodeTable, feasible: Uint8Array, reasons: Reasons): void {
  feasible.set(nodes.isUsed.subarray(0, nodes.count))
  for (const plugin of filters) plugin.filter(request, nodes, feasible, reasons)
}

/** Filters whose refusal no pod that goes can cure (Kubernetes: semantics §3.2). */
const UNRESOLVABLE = ['NodeHeard', 'NodeUnschedulable', 'NodeName', 'TaintToleration', 'NodeAffinity']

/** What the filters say of one row: the first that refuses speaks. */
export function refusalsOf(
  request: ScheduleRequest,
  nodes: NodeTable,
  row: number,
): { readonly status: 'fits' | 'unschedulable' | 'unresolvable'; readonly reasons: readonly string[] } {
  const feasible = new Uint8Array(nodes.count)
  feasible[row] = 1
  const reasons: string[] = []
  for (const plugin of filters) {
    plugin.filter(request, nodes, feasible, { add: (reason) => reasons.push(reason) })
    if (feasible[row] === 1) continue
    return { status: UNRESOLVABLE.includes(plugin.name) ? 'unresolvable' : 'unschedulable', reasons }
  }
  return { status: 'fits', reasons }
}
