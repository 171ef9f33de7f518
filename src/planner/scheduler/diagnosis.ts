/**
 * Why nothing was feasible: counts per reason in kube-scheduler's words, `0/5 nodes are available: 2 node(s) were
 * unschedulable, 3 Insufficient cpu`, and the nearest miss, `nearest: node3 lacks 200m cpu`. A node counts for the first
 * filter that refuses it, with all of that filter's reasons (Kubernetes: semantics §3.1).
 */
import { compareText } from '../../base/ordered.js'
import { type Lack, lacksOf } from './lacks.js'
import type { NodeTable } from './node-table.js'
import { type Evaluation, FITS, type RowFilter, type Status, UNRESOLVABLE } from './plug-in.js'
import { filters, movingFilters } from './plug-ins.js'
import { defaultProfile, type Profile } from './profile.js'
import type { ScheduleRequest } from './request.js'

export interface ReasonCount {
  readonly reason: string
  readonly count: number
}

/** The node that only lacks resources, and lacks least. */
export interface NearestMiss {
  readonly node: string
  readonly lacks: readonly Lack[]
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
): readonly (readonly [string, RowFilter])[] {
  const evaluation: Evaluation = { request, nodes, own, profile }
  return [...filters, ...movingFilters].flatMap(({ name, prepare }) => {
    const filter = prepare(evaluation)
    return filter === null ? [] : [[name, filter] as const]
  })
}

/** What the first filter that refuses says of a row. */
export function refusalBy(prepared: readonly (readonly [string, RowFilter])[], row: number): Refusal {
  for (const [name, filter] of prepared) {
    const status = filter.check(row)
    if (status !== FITS) return { status, reasons: filter.explain(row), filter: name }
  }
  return FITTING
}

/** Why no node can take a pod of the class now. `besides`: a filter that is asked after all others. */
export function diagnose(
  request: ScheduleRequest,
  nodes: NodeTable,
  own: ReadonlyMap<number, number> = NO_PODS,
  profile: Profile = defaultProfile,
  besides: RowFilter | null = null,
): Diagnosis {
  const prepared = [...prepareFilters(request, nodes, own, profile)]
  if (besides !== null) prepared.push(['NominatedPods', besides])
  const counts = new Map<string, number>()
  let nearest: NearestMiss | null = null
  for (let row = 0; row < nodes.count; row++) {
    if (nodes.isUsed[row] === 0) continue
    const { reasons, filter } = refusalBy(prepared, row)
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
    if (filter === 'NodeResourcesFit') nearest = nearer(nearest, nodes.names[row]!, lacksOf(request, nodes, row))
  }
  const reasons = [...counts].map(([reason, count]) => ({ reason, count }))
  reasons.sort((left, right) => compareText(`${left.count} ${left.reason}`, `${right.count} ${right.reason}`))
  return { nodes: nodes.size, reasons, nearest }
}

/** By the largest share that lacks, then by how many resources do, then by name. */
function nearer(before: NearestMiss | null, node: string, lacks: readonly Lack[]): NearestMiss {
  if (before === null) return { node, lacks }
  const by = distance(lacks) - distance(before.lacks) || lacks.length - before.lacks.length
  return by < 0 || (by === 0 && compareText(node, before.node) < 0) ? { node, lacks } : before
}

/** The largest share that lacks; comparable, as no share is above 10^6 but infinite ones. */
function distance(lacks: readonly Lack[]): number {
  const most = lacks.reduce((sum, { share }) => Math.max(sum, share), 0)
  return Math.min(most, 1e6) + (most === Number.POSITIVE_INFINITY ? 1e6 : 0)
}

/** One sentence without a full stop. */
export function renderDiagnosis({ nodes, reasons, nearest }: Diagnosis): string {
  if (nodes === 0) return 'no nodes available to schedule pods'
  const counted = reasons.map(({ reason, count }) => `${count} ${reason}`).join(', ')
  const near = nearest === null ? '' : `; nearest: ${nearest.node} lacks ${nearest.lacks.map(renderLack).join(' and ')}`
  return `0/${nodes} nodes are available${counted === '' ? '' : `: ${counted}`}${near}`
}

function renderLack({ resource, amount }: Lack): string {
  if (resource === 'cpu') return `${Math.ceil(amount)}m cpu`
  if (resource === 'pods') return amount === 1 ? 'room for 1 pod' : `room for ${amount} pods`
  if (resource === 'memory' || resource === 'ephemeral-storage') return `${renderBytes(amount)} ${resource}`
  return `${amount} ${resource}`
}

/** Rounded up to the unit it is best read in. */
function renderBytes(bytes: number): string {
  for (const [unit, size] of [
    ['Gi', 1024 ** 3],
    ['Mi', 1024 ** 2],
    ['Ki', 1024],
  ] as const)
    if (bytes >= size) return `${Math.ceil((bytes / size) * 10) / 10}${unit}`
  return `${Math.ceil(bytes)}`
}

/** True when pods that go may cure the refusal. */
export function isResolvable({ status }: Refusal): boolean {
  return status !== FITS && status !== UNRESOLVABLE
}
