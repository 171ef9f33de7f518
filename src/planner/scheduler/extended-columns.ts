/**
 * Extended resources of the node table's rows: what a node has of each and what is asked of it. Columns are there for
 * resources that some node has or some pod on a node asks for; all others share one of zeros.
 */

export interface ExtendedColumn {
  readonly allocatable: Float64Array
  readonly requested: Float64Array
}

/** Fewer are not worth looking through. */
const SWEEP_LEAST = 32

export class ExtendedColumns {
  readonly #columns = new Map<string, ExtendedColumn>()
  #nobody: ExtendedColumn
  #swept = 0

  constructor(length: number) {
    this.#nobody = zeros(length)
  }

  /** To be read; of a resource that neither a node nor a pod on one ever named it is all zeros. */
  of(name: string): ExtendedColumn {
    return this.#columns.get(name) ?? this.#nobody
  }

  /** What a node has: of resources that are left out nothing. */
  setAllocatable(row: number, amounts: readonly (readonly [string, number])[]): void {
    for (const column of this.#columns.values()) column.allocatable[row] = 0
    for (const [name, amount] of amounts) this.#columnOf(name).allocatable[row] = amount
  }

  /** Pods that ask for something come or go. */
  request(row: number, name: string, by: number): void {
    this.#columnOf(name).requested[row]! += by
  }

  /** Nothing is asked of a row. */
  clearRequested(row: number): void {
    for (const column of this.#columns.values()) column.requested[row] = 0
  }

  /** How many resources are kept: for tests. */
  get size(): number {
    return this.#columns.size
  }

  grow(length: number): void {
    this.#nobody = zeros(length)
    for (const [name, { allocatable, requested }] of this.#columns) {
      const longer = zeros(length)
      longer.allocatable.set(allocatable)
      longer.requested.set(requested)
      this.#columns.set(name, longer)
    }
  }

  /** Lets go of resources that nobody has or asks for; due when they have doubled. Not while a placement is under way. */
  sweep(isDue = this.#columns.size >= Math.max(SWEEP_LEAST, 2 * this.#swept)): void {
    if (!isDue) return
    const isZero = (amount: number): boolean => amount === 0
    for (const [name, { allocatable, requested }] of this.#columns)
      if (allocatable.every(isZero) && requested.every(isZero)) this.#columns.delete(name)
    this.#swept = this.#columns.size
  }

  #columnOf(name: string): ExtendedColumn {
    let column = this.#columns.get(name)
    if (column === undefined) {
      column = zeros(this.#nobody.requested.length)
      this.#columns.set(name, column)
    }
    return column
  }
}

function zeros(length: number): ExtendedColumn {
  return { allocatable: new Float64Array(length), requested: new Float64Array(length) }
}
