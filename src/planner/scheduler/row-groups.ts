/**
 * Feasible rows in groups of those that every moving plug-in treats alike, each group a heap over what the row itself
 * scores. Placing a pod moves one row; the rest of a group keep their order whatever happens to the group as a whole.
 */
import type { Column } from './plug-in.js'

export class RowGroup {
  /** In heap order once `isHeap`; before, only the first is known to be the best. */
  readonly rows: number[] = []
  isHeap = false
}

/** Orders rows: true when the left one is to be taken first. */
export type IsBetter = (left: number, right: number) => boolean

/** Keys of pairs stay below 2^53: a group's number times this, plus a column's value. */
const VALUES = 2 ** 26

export class RowGroups {
  readonly groups: RowGroup[] = []
  readonly #columns: readonly Column[]
  readonly #isBetter: IsBetter
  /** For each column: (number so far, value) to the next number. */
  readonly #links: Map<number, number>[]
  readonly #sizes: number[]

  constructor(columns: readonly Column[], isBetter: IsBetter) {
    this.#columns = columns
    this.#isBetter = isBetter
    this.#links = columns.map(() => new Map())
    this.#sizes = columns.map(() => 0)
  }

  /** The number of the group a row belongs to now. */
  groupOf(row: number): number {
    let id = 0
    for (let i = 0; i < this.#columns.length; i++) {
      const key = id * VALUES + this.#columns[i]![row]! + 1
      let next = this.#links[i]!.get(key)
      if (next === undefined) {
        next = this.#sizes[i]!
        this.#sizes[i] = next + 1
        this.#links[i]!.set(key, next)
      }
      id = next
    }
    return id
  }

  /** Adds a row while the groups are filled. */
  fill(row: number): void {
    const group = this.#group(this.groupOf(row))
    const { rows } = group
    const first = rows[0]
    if (first !== undefined && this.#isBetter(row, first)) {
      rows.push(first)
      rows[0] = row
    } else rows.push(row)
  }

  /** Takes the best row out of a group. */
  takeFirst(id: number): void {
    const group = this.groups[id]!
    this.#heapify(group)
    const last = group.rows.pop()!
    if (group.rows.length === 0) return
    group.rows[0] = last
    this.#sink(group.rows, 0)
  }

  /** The best row of a group scores otherwise now. */
  firstChanged(id: number): void {
    const group = this.groups[id]!
    this.#heapify(group)
    this.#sink(group.rows, 0)
  }

  put(row: number, id: number): void {
    const group = this.#group(id)
    this.#heapify(group)
    const { rows } = group
    let at = rows.length
    rows.push(row)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBetter(row, rows[parent]!)) break
      rows[at] = rows[parent]!
      at = parent
    }
    rows[at] = row
  }

  #group(id: number): RowGroup {
    let group = this.groups[id]
    if (group === undefined) {
      group = new RowGroup()
      this.groups[id] = group
    }
    return group
  }

  #heapify(group: RowGroup): void {
    if (group.isHeap) return
    group.isHeap = true
    for (let at = (group.rows.length >> 1) - 1; at >= 0; at--) this.#sink(group.rows, at)
  }

  #sink(rows: number[], from: number): void {
    const row = rows[from]!
    const { length } = rows
    let at = from
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) break
      if (child + 1 < length && this.#isBetter(rows[child + 1]!, rows[child]!)) child += 1
      if (!this.#isBetter(rows[child]!, row)) break
      rows[at] = rows[child]!
      at = child
    }
    rows[at] = row
  }
}
