/**
 * Feasible rows in groups of those that every moving plug-in treats alike, each group a heap over what the row itself
 * scores. Placing a pod moves one row; the rest of a group keep their order whatever happens to the group as a whole. A
 * heap is built when a group loses its first row: for one pod of a class the first of each group is enough.
 */
import type { Column } from './plug-in.js'
import type { RowOrder } from './row-order.js'

/** Keys of pairs stay below 2^53: a group's number times this, plus a column's value. */
const VALUES = 2 ** 26
/** Values up to this are looked up in an array while the groups are filled. */
const SMALL = 4_096
const NONE = -1

export class RowGroups {
  /** The best row of each group; -1 when it is empty. */
  readonly firsts: number[] = []
  readonly sizes: number[] = []
  readonly #columns: readonly Column[]
  readonly #order: RowOrder
  /** For each column: (number so far, value) to the next number. */
  readonly #links: Map<number, number>[]
  readonly #linked: number[]
  /** Null until the group is needed as a heap; then the rows of `#groupOf` that say its number. */
  readonly #heaps: (number[] | null)[] = []
  readonly #groupOf: Int32Array

  /** Takes the rows that are 1. */
  constructor(columns: readonly Column[], feasible: Uint8Array, order: RowOrder) {
    this.#columns = columns
    this.#order = order
    this.#links = columns.map(() => new Map())
    this.#linked = columns.map(() => 0)
    this.#groupOf = new Int32Array(feasible.length)
    this.#fill(feasible)
  }

  /** The number of the group a row belongs to now. */
  groupOf(row: number): number {
    let id = 0
    for (let i = 0; i < this.#columns.length; i++) {
      const key = id * VALUES + this.#columns[i]![row]! + 1
      let next = this.#links[i]!.get(key)
      if (next === undefined) {
        next = this.#linked[i]!
        this.#linked[i] = next + 1
        this.#links[i]!.set(key, next)
      }
      id = next
    }
    return id
  }

  /** Takes the best row out of a group. */
  takeFirst(id: number): void {
    const heap = this.#heap(id)
    const last = heap.pop()!
    this.sizes[id] = heap.length
    if (heap.length > 0) {
      heap[0] = last
      this.#sink(heap, 0)
    }
    this.firsts[id] = heap[0] ?? NONE
  }

  /** The best row of a group scores otherwise now. */
  firstChanged(id: number): void {
    const heap = this.#heap(id)
    this.#sink(heap, 0)
    this.firsts[id] = heap[0]!
  }

  put(row: number, id: number): void {
    if (this.firsts[id] === undefined) this.#open(id, [])
    const heap = this.#heap(id)
    let at = heap.length
    heap.push(row)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#order.isBetter(row, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = row
    this.sizes[id] = heap.length
    this.firsts[id] = heap[0]!
  }

  /** Most columns are the same for all rows at first, and often but one is not. */
  #fill(feasible: Uint8Array): void {
    const telling = this.#columns.filter(isTelling)
    const column = telling.length === 1 ? telling[0]! : null
    const known = new Int32Array(column === null ? 0 : SMALL).fill(NONE)
    const order = this.#order
    const { scores } = order
    const { firsts, sizes } = this
    const groupOf = this.#groupOf
    let only = NONE
    for (let row = 0; row < feasible.length; row++) {
      if (feasible[row] === 0) {
        groupOf[row] = NONE
        continue
      }
      let id = only
      if (column !== null) {
        const value = column[row]! + 1
        id = value < SMALL ? known[value]! : NONE
        if (id === NONE) id = this.groupOf(row)
        if (value < SMALL) known[value] = id
      } else if (id === NONE || telling.length > 1) {
        id = this.groupOf(row)
        only = id
      }
      groupOf[row] = id
      const first = firsts[id]
      if (first === undefined) {
        this.#open(id, null)
        firsts[id] = row
      } else {
        const difference = scores[row]! - scores[first]!
        if (difference > 0 || (difference === 0 && order.isFirst(row, first))) firsts[id] = row
      }
      sizes[id]! += 1
    }
  }

  #open(id: number, heap: number[] | null): void {
    this.firsts[id] = NONE
    this.sizes[id] = 0
    this.#heaps[id] = heap
  }

  #heap(id: number): number[] {
    let heap = this.#heaps[id]!
    if (heap !== null) return heap
    heap = []
    const rows = this.#groupOf
    for (let row = 0; row < rows.length; row++) if (rows[row] === id) heap.push(row)
    for (let at = (heap.length >> 1) - 1; at >= 0; at--) this.#sink(heap, at)
    this.#heaps[id] = heap
    return heap
  }

  #sink(rows: number[], from: number): void {
    const row = rows[from]!
    const { length } = rows
    let at = from
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) break
      if (child + 1 < length && this.#order.isBetter(rows[child + 1]!, rows[child]!)) child += 1
      if (!this.#order.isBetter(rows[child]!, row)) break
      rows[at] = rows[child]!
      at = child
    }
    rows[at] = row
  }
}

function isTelling(column: Column): boolean {
  for (let row = 1; row < column.length; row++) if (column[row] !== column[0]) return true
  return false
}
