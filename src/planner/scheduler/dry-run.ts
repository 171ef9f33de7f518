/**
 * What-if on the node table, for preemption, rebalancing and the like: does a class's pod fit on a row when these pods were
 * not there? The table is changed for the question and put back before the answer is given (Kubernetes: semantics §3.9).
 */
import { prepareFilters, type Refusal, refusalBy } from './diagnosis.js'
import type { NodeTable } from './node-table.js'
import { FITS, type RowFilter, UNRESOLVABLE } from './plug-in.js'
import { defaultProfile, type Profile } from './profile.js'
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

const NO_PODS: ReadonlyMap<number, number> = new Map()

/** One class's questions about one table. Call `reset` before anyone else uses the table. */
export class DryRun {
  readonly #request: ScheduleRequest
  readonly #table: NodeTable
  readonly #profile: Profile
  readonly #own: ReadonlyMap<number, number>
  readonly #removed: { readonly row: number; readonly pod: CountedPod }[] = []
  /** The filters read rows live; only those over domains are prepared anew when pods come and go. */
  #prepared: readonly (readonly [string, RowFilter])[] | null = null
  /** Of the table before the first pod was taken away. */
  #version: number | null = null

  /** `own`: as for a placement; only hard default constraints of the profile count them. */
  constructor(
    request: ScheduleRequest,
    table: NodeTable,
    profile: Profile = defaultProfile,
    own: ReadonlyMap<number, number> = NO_PODS,
  ) {
    this.#request = request
    this.#table = table
    this.#profile = profile
    this.#own = own
  }

  /** What the filters say of a row, with the pods taken away so far. */
  refusal(row: number): RowRefusal {
    return toRowRefusal(refusalBy(this.#filters(), row))
  }

  fits(row: number): boolean {
    for (const [, filter] of this.#filters()) if (filter.check(row) !== FITS) return false
    return true
  }

  /** Pretends that a pod is not on a row. */
  remove(row: number, pod: CountedPod): void {
    this.#version ??= this.#table.version
    this.#table.forget(row, pod.request, pod.isLeaving)
    this.#removed.push({ row, pod })
    this.#changed(pod)
  }

  /** Puts a pod back that was taken away (a reprieve). */
  restore(row: number, pod: CountedPod): void {
    const at = this.#removed.findIndex((item) => item.row === row && item.pod === pod)
    if (at < 0) return
    this.#removed.splice(at, 1)
    this.#table.assume(row, pod.request, pod.isLeaving)
    this.#changed(pod)
  }

  /** The table is as it was, its version too: what was worked out of it before still holds. */
  reset(): void {
    for (const { row, pod } of this.#removed) this.#table.assume(row, pod.request, pod.isLeaving)
    this.#removed.length = 0
    if (this.#version !== null) this.#table.version = this.#version
    this.#version = null
    this.#prepared = null
  }

  #filters(): readonly (readonly [string, RowFilter])[] {
    this.#prepared ??= prepareFilters(this.#request, this.#table, this.#own, this.#profile)
    return this.#prepared
  }

  /** Anti-affinity of a pod that comes or goes may be the first, or the last, that means the class. */
  #changed({ request }: CountedPod): void {
    const isOverDomains = this.#prepared?.some(([name]) => name === 'PodTopologySpread' || name === 'InterPodAffinity')
    if (isOverDomains === true || request.antiAffinity.length > 0) this.#prepared = null
  }
}

function toRowRefusal({ status, reasons }: Refusal): RowRefusal {
  if (status === FITS) return { status: 'fits', reasons }
  return { status: status === UNRESOLVABLE ? 'unresolvable' : 'unschedulable', reasons }
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
  return new DryRun(request, table).refusal(row)
}
