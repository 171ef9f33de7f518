/**
 * The node that comes nearest to taking a pod which fits nowhere, and all that keeps the pod from it: what would make it
 * fit. Nearest is where the fewest rules refuse that no pod which goes can cure, then where the fewest rules refuse at all,
 * then where resources lack the smallest share of what the node has.
 */
import { compareText } from '../../base/ordered.js'
import { type Lack, lacksOf } from './lacks.js'
import type { NodeTable } from './node-table.js'
import { FITS, type RowFilter, type Status, UNRESOLVABLE } from './plug-in.js'
import type { ScheduleRequest } from './request.js'

export interface NearestMiss {
  readonly node: string
  /** Resources. */
  readonly lacks: readonly Lack[]
  /** What else keeps the pod away, of the node: `has the taint gpu:NoSchedule`. */
  readonly others: readonly string[]
  /** Names of the filters that refuse, in their order. */
  readonly filters: readonly string[]
  /** Pods that go may make room. */
  readonly isCurable: boolean
}

/** Filters of a class by name, in order. */
export type PreparedFilters = readonly (readonly [string, RowFilter])[]

/** Nothing that is done to a node gives it another name: no node is near then. */
const HOPELESS = 'NodeName'

interface Candidate {
  readonly row: number
  readonly unresolvable: number
  readonly refusing: number
  readonly lacks: readonly Lack[]
  readonly distance: number
}

/** Takes rows that are refused, one after the other, and keeps the nearest. */
export class NearestSearch {
  readonly #request: ScheduleRequest
  readonly #nodes: NodeTable
  readonly #prepared: PreparedFilters
  #best: Candidate | null = null

  constructor(request: ScheduleRequest, nodes: NodeTable, prepared: PreparedFilters) {
    this.#request = request
    this.#nodes = nodes
    this.#prepared = prepared
  }

  /** Looks at a row; `first` is the filter that refuses it first, with that status. Rows that cannot be nearer are left early. */
  look(row: number, first: number, status: Status): void {
    if (this.#prepared[first]![0] === HOPELESS) return
    let unresolvable = status === UNRESOLVABLE ? 1 : 0
    let refusing = 1
    for (let i = first + 1; i < this.#prepared.length; i++) {
      if (this.#best !== null && unresolvable > this.#best.unresolvable) return
      const [name, filter] = this.#prepared[i]!
      const next = filter.check(row)
      if (next === FITS) continue
      if (name === HOPELESS) return
      refusing += 1
      if (next === UNRESOLVABLE) unresolvable += 1
    }
    if (this.#best !== null && unresolvable > this.#best.unresolvable) return
    if (this.#best !== null && unresolvable === this.#best.unresolvable && refusing > this.#best.refusing) return
    const lacks = lacksOf(this.#request, this.#nodes, row)
    const found = { row, unresolvable, refusing, lacks, distance: distance(lacks) }
    if (this.#best === null || this.#isNearer(found, this.#best)) this.#best = found
  }

  /** Null when no row was refused, or nothing that could be done to a node would help. */
  get found(): NearestMiss | null {
    if (this.#best === null) return null
    const { row, lacks, unresolvable } = this.#best
    const refusing = this.#prepared.filter(([, filter]) => filter.check(row) !== FITS)
    const others = refusing.flatMap(([, filter]) => filter.misses?.(row) ?? [])
    if (lacks.length + others.length === 0) return null
    return {
      node: this.#nodes.names[row]!,
      lacks,
      others,
      filters: refusing.map(([name]) => name),
      isCurable: unresolvable === 0,
    }
  }

  #isNearer(left: Candidate, right: Candidate): boolean {
    const by =
      left.unresolvable - right.unresolvable ||
      left.refusing - right.refusing ||
      left.distance - right.distance ||
      left.lacks.length - right.lacks.length ||
      compareText(this.#nodes.names[left.row]!, this.#nodes.names[right.row]!)
    return by < 0
  }
}

/** The largest share that lacks; comparable, as no share is above 10^6 but infinite ones. */
function distance(lacks: readonly Lack[]): number {
  const most = lacks.reduce((sum, { share }) => Math.max(sum, share), 0)
  return Math.min(most, 1e6) + (most === Number.POSITIVE_INFINITY ? 1e6 : 0)
}

/** So much of what a node lacks is named. */
const NAMED_MAX = 5

/** `node3 lacks 200m cpu and 1Gi memory, has the taint gpu:NoSchedule`. */
export function renderNearest({ node, lacks, others }: NearestMiss): string {
  const lacking = lacks.length === 0 ? [] : [`lacks ${listOf(lacks.map(renderLack), ' and ')}`]
  return `${node} ${listOf([...lacking, ...others], ', ')}`
}

function listOf(parts: readonly string[], separator: string): string {
  const more = parts.length - NAMED_MAX
  return more <= 0 ? parts.join(separator) : `${parts.slice(0, NAMED_MAX).join(', ')} and ${more} more`
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
