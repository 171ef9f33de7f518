/**
 * What the filters over domains say while nominated pods are not counted (Kubernetes: semantics §3.9, step 5). Those pods are
 * not there yet: room is kept from others as if they were, but nobody may come because of them. So a node is feasible only
 * if it is with them and without them. Fewer pods can be worse only for required affinity and for hard spread, whose least
 * count may be a nominated pod's; a profile's hard defaults count the pods of the set itself.
 */
import type { NodeTable } from '../scheduler/node-table.js'
import { FITS, type RowFilter, type Status } from '../scheduler/plug-in.js'
import { movingFilters } from '../scheduler/plug-ins.js'
import type { PodTerm } from '../scheduler/pod-terms.js'
import type { ScheduleRequest } from '../scheduler/request.js'
import type { Preemptor } from './node-trial.js'

/** A nominated pod, counted on a row. */
export interface Reservation {
  readonly row: number
  readonly request: ScheduleRequest
}

const MISSES: readonly string[] = ['keeps its rules only with pods that are nominated and not there yet']

/**
 * A filter beside those of the class, valid until the table changes; null when the nominated pods make no difference.
 * `ownThere`: the set's own pods without nominated ones, null where none of its pods is nominated, or they do not count.
 */
export function withoutNominated(
  { request, profile, own }: Preemptor,
  nodes: NodeTable,
  reserved: Iterable<Reservation>,
  ownThere: ReadonlyMap<number, number> | null,
): RowFilter | null {
  const counted = nominatedThatCount(request, nodes, reserved)
  if (counted.length === 0 && ownThere === null) return null
  for (const item of counted) nodes.forget(item.row, item.request)
  const evaluation = { request, nodes, own: ownThere ?? own, profile }
  const prepared = movingFilters.flatMap((plugin) => plugin.prepare(evaluation) ?? [])
  const refusals = new Map<number, { readonly status: Status; readonly reasons: readonly string[] }>()
  for (let row = 0; row < nodes.count; row++) {
    if (nodes.isUsed[row] === 0) continue
    const filter = prepared.find((item) => item.check(row) !== FITS)
    if (filter !== undefined) refusals.set(row, { status: filter.check(row), reasons: filter.explain(row) })
  }
  for (const item of counted) nodes.assume(item.row, item.request)
  return {
    check: (row) => refusals.get(row)?.status ?? FITS,
    explain: (row) => refusals.get(row)?.reasons ?? [],
    misses: () => MISSES,
  }
}

/** Those that required affinity or hard spread of the class means. */
function nominatedThatCount(
  request: ScheduleRequest,
  nodes: NodeTable,
  reserved: Iterable<Reservation>,
): Reservation[] {
  const means: (readonly PodTerm[])[] = (request.spread ?? []).flatMap(({ isHard, pods }) =>
    isHard && pods !== null ? [[pods]] : [],
  )
  if (request.affinity.length > 0) means.push(request.affinity.map(({ pods }) => pods))
  if (means.length === 0) return []
  const known = new Map<ScheduleRequest, boolean>()
  const isMeant = (other: ScheduleRequest): boolean => {
    let answer = known.get(other)
    if (answer === undefined) {
      const group = nodes.pods.group(other)
      answer = means.some((terms) => nodes.pods.isMatched(nodes.pods.matcher(terms), group))
      known.set(other, answer)
    }
    return answer
  }
  return [...reserved].filter((item) => isMeant(item.request))
}
