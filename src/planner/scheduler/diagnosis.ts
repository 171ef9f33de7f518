/**
 * Why nothing was feasible: counts per reason in kube-scheduler's words, `0/5 nodes are available: 2 node(s) were
 * unschedulable, 3 Insufficient cpu`, and the nearest miss, `nearest: node3 lacks 200m cpu`. A node counts for the first
 * filter that refuses it, with all of that filter's reasons (Kubernetes: semantics §3.1); for the nearest miss all count.
 */
import { compareText } from '../../base/ordered.js'
import { type NearestMiss, NearestSearch, type PreparedFilters, renderNearest } from './nearest-miss.js'
import type { NodeTable } from './node-table.js'
import { type Evaluation, FITS, type Status, UNRESOLVABLE } from './plug-in.js'
import { filters, movingFilters } from './plug-ins.js'
import { defaultProfile, type Profile } from './profile.js'
import type { ScheduleRequest } from './request.js'

export interface ReasonCount {
  readonly reason: string
  readonly count: number
}

export interface Diagnosis {
  readonly nodes: number
  /** By what is printed: number first, then reason. */
  readonly reasons: readonly ReasonCount[]
  readonly nearest: NearestMiss | null
}

export interface Refusal {
  readonly status: Status
  /** Empty when it fits. */
  readonly reasons: readonly string[]
  /** The name of the filter that refuses; empty when it fits. */
  readonly filter: string
}

const NO_PODS: ReadonlyMap<number, number> = new Map()
const FITTING: Refusal = { status: FITS, reasons: [], filter: '' }

/** The filters of a class, prepared for a table as it is now, in order. */
export function prepareFilters(
  request: ScheduleRequest,
  nodes: NodeTable,
  own: ReadonlyMap<number, number> = NO_PODS,
  profile: Profile = defaultProfile,
): PreparedFilters {
  const evaluation: Evaluation = { request, nodes, own, profile }
  return [...filters, ...movingFilters].flatMap(({ name, prepare }) => {
    const filter = prepare(evaluation)
    return filter === null ? [] : [[name, filter] as const]
  })
}

/** What the first filter that refuses says of a row. */
export function refusalBy(prepared: PreparedFilters, row: number): Refusal {
  for (const [name, filter] of prepared) {
    const status = filter.check(row)
    if (status !== FITS) return { status, reasons: filter.explain(row), filter: name }
  }
  return FITTING
}

/** Why no node can take a pod of the class now. `besides`: filters by name that are asked after all others. */
export function diagnose(
  request: ScheduleRequest,
  nodes: NodeTable,
  own: ReadonlyMap<number, number> = NO_PODS,
  profile: Profile = defaultProfile,
  besides: PreparedFilters = [],
): Diagnosis {
  const prepared = [...prepareFilters(request, nodes, own, profile), ...besides]
  const nearest = new NearestSearch(request, nodes, prepared)
  const counts = new Map<string, number>()
  for (let row = 0; row < nodes.count; row++) {
    if (nodes.isUsed[row] === 0) continue
    for (let i = 0; i < prepared.length; i++) {
      const [, filter] = prepared[i]!
      const status = filter.check(row)
      if (status === FITS) continue
      for (const reason of filter.explain(row)) counts.set(reason, (counts.get(reason) ?? 0) + 1)
      nearest.look(row, i, status)
      break
    }
  }
  const reasons = [...counts].map(([reason, count]) => ({ reason, count }))
  reasons.sort((left, right) => compareText(`${left.count} ${left.reason}`, `${right.count} ${right.reason}`))
  return { nodes: nodes.size, reasons, nearest: nearest.found }
}

/** So many reasons are named: each host may have a taint of its own, and a pod may ask for thousands of resources. */
const REASONS_MAX = 20

/** One sentence without a full stop. */
export function renderDiagnosis({ nodes, reasons, nearest }: Diagnosis): string {
  if (nodes === 0) return 'no nodes available to schedule pods'
  const counted = reasons.slice(0, REASONS_MAX).map(({ reason, count }) => `${count} ${reason}`)
  if (reasons.length > REASONS_MAX) counted.push(`and ${reasons.length - REASONS_MAX} more reasons`)
  const near = nearest === null ? '' : `; nearest: ${renderNearest(nearest)}`
  return `0/${nodes} nodes are available${counted.length === 0 ? '' : `: ${counted.join(', ')}`}${near}`
}

/** True when pods that go may cure the refusal. */
export function isResolvable({ status }: Refusal): boolean {
  return status !== FITS && status !== UNRESOLVABLE
}
