/**
 * What-if on the node table, for preemption, rebalancing and the like: does a class's pod fit on a row when these pods were
 * not there? The table is changed for the question and put back before the answer is given (Kubernetes: semantics §3.9).
 */
import type { NodeTable } from './node-table.js'
import { refusalsOf } from './placement.js'
import type { ScheduleRequest } from './request.js'

/** `unschedulable`: taking pods away may cure it; `unresolvable`: it cannot (Kubernetes: semantics §3.1). */
export type RowStatus = 'fits' | 'unschedulable' | 'unresolvable'

export interface RowRefusal {
  readonly status: RowStatus
  /** In kube-scheduler's words; empty when it fits. */
  readonly reasons: readonly string[]
}

/** A pod that is counted in the table, as it was counted. */
export interface CountedPod {
  readonly request: ScheduleRequest
  /** Ordered to stop: topology spread does not count it. */
  readonly isLeaving?: boolean
}

/** One class's questions about one table. Call `reset` before anyone else uses the table. */
export class DryRun {
  readonly #request: ScheduleRequest
  readonly #table: NodeTable
  readonly #removed: { readonly row: number; readonly pod: CountedPod }[] = []

  constructor(request: ScheduleRequest, table: NodeTable) {
    this.#request = request
    this.#table = table
  }

  /** What the filters say of a row, with the pods taken away so far. */
  refusal(row: number): RowRefusal {
    return refusalsOf(this.#request, this.#table, row)
  }

  fits(row: number): boolean {
    return this.refusal(row).status === 'fits'
  }

  /** Pretends that a pod is not on a row. */
  remove(row: number, pod: CountedPod): void {
    this.#table.forget(row, pod.request)
    this.#removed.push({ row, pod })
  }

  /** Puts a pod back that was taken away (a reprieve). */
  restore(row: number, pod: CountedPod): void {
    const at = this.#removed.findIndex((item) => item.row === row && item.pod === pod)
    if (at < 0) return
    this.#removed.splice(at, 1)
    this.#table.assume(row, pod.request)
  }

  /** The table is as it was. */
  reset(): void {
    for (const { row, pod } of this.#removed) this.#table.assume(row, pod.request)
    this.#removed.length = 0
  }
}

/** Does a pod of the class fit on the row when these pods, which are counted there, were gone? */
export function fitsAfter(
  request: ScheduleRequest,
  table: NodeTable,
  row: number,
  without: readonly CountedPod[],
): boolean {
  const dryRun = new DryRun(request, table)
  for (const pod of without) dryRun.remove(row, pod)
  const fits = dryRun.fits(row)
  dryRun.reset()
  return fits
}

/** Why a row refuses a class now. */
export function refusalOf(request: ScheduleRequest, table: NodeTable, row: number): RowRefusal {
  return refusalsOf(request, table, row)
}
