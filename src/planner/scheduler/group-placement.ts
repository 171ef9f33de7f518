/**
 * One evaluation for many pods of a class: filters and scores once, then the best row of the best group. Placing a pod
 * changes the row it went to, which is looked at again, and what moving plug-ins say of groups: O(log nodes + groups) a pod.
 */
import type { NodeTable } from './node-table.js'
import {
  type Evaluation,
  FITS,
  type MovingFilter,
  type MovingScore,
  type RowFilter,
  type RowScore,
  type Weighted,
} from './plug-in.js'
import { movingFilters, movingScores } from './plug-ins.js'
import { prepareScores } from './prepare-scores.js'
import { RowGroups } from './row-groups.js'
import { RowOrder } from './row-order.js'

export class GroupPlacement {
  readonly #nodes: NodeTable
  readonly #filters: readonly RowFilter[]
  readonly #movingFilters: readonly MovingFilter[]
  readonly #rowScores: readonly Weighted<RowScore>[]
  readonly #movingScores: readonly Weighted<MovingScore>[]
  readonly #order: RowOrder
  readonly #groups: RowGroups
  /** The group of the best row; -1 when it is not known, -2 when there is none. */
  #best = -1
  #placedOn = -1
  #placedFrom = -1
  #ids = new Int32Array(16)
  #rows = new Int32Array(16)
  #sizes = new Int32Array(16)
  #part = new Float64Array(16)
  #totals = new Float64Array(16)

  /** `filters` and `scores` are those of the evaluation that look at one row. */
  constructor(evaluation: Evaluation, filters: readonly RowFilter[], scores: readonly Weighted<RowScore>[]) {
    const { request, nodes } = evaluation
    this.#nodes = nodes
    this.#order = new RowOrder(nodes, request.classKey)
    this.#filters = filters
    this.#movingFilters = movingFilters.flatMap((plugin) => plugin.prepare(evaluation) ?? [])
    this.#rowScores = scores
    this.#movingScores = prepareScores(movingScores, evaluation)
    const columns = [
      ...this.#movingFilters.flatMap((plugin) => plugin.columns),
      ...this.#movingScores.flatMap(({ plugin }) => plugin.columns),
    ]
    const feasible = this.#sweep()
    this.#groups = new RowGroups([...new Set(columns)], feasible, this.#order)
  }

  /** The best row for the next pod, or null; the caller assumes the pod on it and then calls `placed` or `refuse`. */
  best(): number | null {
    this.#settle()
    if (this.#best === -1) this.#best = this.#chooseGroup()
    return this.#best === -2 ? null : this.#groups.firsts[this.#best]!
  }

  /** A pod was assumed on the best row; what that changes is worked out when the next one is asked for. */
  placed(row: number): void {
    this.#settle()
    this.#placedOn = row
    this.#placedFrom = this.#best
    this.#best = -1
  }

  #settle(): void {
    const row = this.#placedOn
    if (row === -1) return
    const from = this.#placedFrom
    this.#placedOn = -1
    for (const plugin of this.#movingFilters) plugin.placed(row)
    for (const { plugin } of this.#movingScores) plugin.placed(row)
    if (!this.#fits(row)) {
      this.#groups.takeFirst(from)
      return
    }
    const to = this.#groups.groupOf(row)
    if (to === from) {
      this.#order.scores[row] = this.#score(row)
      this.#groups.firstChanged(from)
      return
    }
    this.#groups.takeFirst(from)
    this.#order.scores[row] = this.#score(row)
    this.#groups.put(row, to)
  }

  /** The best row cannot take pods of the class after all. */
  refuse(): void {
    this.#groups.takeFirst(this.#best)
    this.#best = -1
  }

  /** Feasible rows, with their own scores. */
  #sweep(): Uint8Array {
    const feasible = this.#nodes.isUsed.slice(0, this.#nodes.count)
    for (const filter of this.#filters) {
      if (filter.sweep !== undefined) filter.sweep(feasible)
      else
        for (let row = 0; row < feasible.length; row++)
          if (feasible[row] === 1 && filter.check(row) !== FITS) feasible[row] = 0
    }
    for (const filter of this.#movingFilters)
      for (let row = 0; row < feasible.length; row++) if (feasible[row] === 1 && filter.isBarred(row)) feasible[row] = 0
    for (const { weight, plugin } of this.#rowScores) {
      if (plugin.sweep !== undefined) plugin.sweep(feasible, weight, this.#order.scores)
      else
        for (let row = 0; row < feasible.length; row++)
          if (feasible[row] === 1) this.#order.scores[row]! += weight * plugin.score(row)
    }
    return feasible
  }

  #fits(row: number): boolean {
    for (let i = 0; i < this.#filters.length; i++) if (this.#filters[i]!.check(row) !== FITS) return false
    return true
  }

  #score(row: number): number {
    let total = 0
    for (let i = 0; i < this.#rowScores.length; i++) {
      const { weight, plugin } = this.#rowScores[i]!
      total += weight * plugin.score(row)
    }
    return total
  }

  /** Among groups that the moving filters let through, the one whose first row has the highest total. */
  #chooseGroup(): number {
    const { firsts, sizes } = this.#groups
    if (this.#ids.length < firsts.length) this.#grow(2 * firsts.length)
    let count = 0
    for (let id = 0; id < firsts.length; id++) {
      const first = firsts[id]!
      if (first === -1 || !this.#isLetThrough(first)) continue
      this.#ids[count] = id
      this.#rows[count] = first
      this.#sizes[count] = sizes[id]!
      this.#totals[count] = this.#order.scores[first]!
      count += 1
    }
    if (count === 0) return -2
    for (let i = 0; i < this.#movingScores.length; i++) {
      const { weight, plugin } = this.#movingScores[i]!
      plugin.score(this.#rows, this.#sizes, count, this.#part)
      for (let at = 0; at < count; at++) this.#totals[at]! += weight * this.#part[at]!
    }
    let best = 0
    for (let at = 1; at < count; at++) {
      const difference = this.#totals[at]! - this.#totals[best]!
      if (difference > 0 || (difference === 0 && this.#order.isFirst(this.#rows[at]!, this.#rows[best]!))) best = at
    }
    return this.#ids[best]!
  }

  #isLetThrough(row: number): boolean {
    for (let i = 0; i < this.#movingFilters.length; i++) if (this.#movingFilters[i]!.check(row) !== FITS) return false
    return true
  }

  #grow(length: number): void {
    this.#ids = new Int32Array(length)
    this.#rows = new Int32Array(length)
    this.#sizes = new Int32Array(length)
    this.#part = new Float64Array(length)
    this.#totals = new Float64Array(length)
  }
}
