/**
 * Labels of the node table's rows as columns of small numbers, and the topology domains they make. A column is made when a
 * label is first asked for and lives while some node has that label; all labels that no node has share one column. Values
 * that no row has any more are swept out, so that what is kept follows the nodes that are there.
 */
import { type Labels, labelOf } from '../../model/selector.js'

/** Rows by the value of a label, in small numbers: the domains of a topology key. */
export interface Topology {
  /** -1 where the node lacks the label. */
  readonly domains: Int32Array
  readonly size: number
  /** 1 where the node has the label. */
  readonly has: Int32Array
  /** No two rows share a domain. */
  readonly isUnique: boolean
  /** Every node has the label, or none has. */
  readonly isLevel: boolean
}

/** The id of a missing label in a label column. */
const MISSING = -1
const NO_LABELS: Labels = {}
/** Fewer values are not worth looking through. */
const SWEEP_LEAST = 256

export class NodeLabels {
  readonly #labels: Labels[] = []
  readonly #columns = new Map<string, Int32Array>()
  /** How many rows have a label. */
  readonly #holders = new Map<string, number>()
  readonly #ids = new Map<string, number>()
  readonly #texts: string[] = []
  readonly #topologies = new Map<string, Topology>()
  /** Of every label that no node has. */
  #nobody: Int32Array
  #nowhere: Topology | null = null
  #swept = 0

  constructor(length: number) {
    this.#nobody = new Int32Array(length).fill(MISSING)
  }

  of(row: number): Labels {
    return this.#labels[row] ?? NO_LABELS
  }

  set(row: number, labels: Labels): void {
    const before = this.of(row)
    if (before === labels) return
    this.#labels[row] = labels
    for (const key of Object.keys(labels)) this.#holders.set(key, (this.#holders.get(key) ?? 0) + 1)
    for (const key of Object.keys(before)) this.#release(key)
    for (const [key, column] of this.#columns) column[row] = this.#idOf(labelOf(labels, key))
    this.rowsChanged()
  }

  clear(row: number): void {
    this.set(row, NO_LABELS)
    this.rowsChanged()
  }

  /** A row came or went: domains must be found anew. */
  rowsChanged(): void {
    this.#topologies.clear()
    this.#nowhere = null
  }

  /** Some row has the label. */
  isThere(key: string): boolean {
    return this.#holders.has(key)
  }

  /** Ids of a label's values by row, -1 where a node lacks it; of the `count` rows that may be in use. */
  column(key: string, count: number): Int32Array {
    const known = this.#columns.get(key)
    if (known !== undefined) return known
    if (!this.#holders.has(key)) return this.#nobody
    const column = new Int32Array(this.#nobody.length).fill(MISSING)
    for (let row = 0; row < count; row++) column[row] = this.#idOf(labelOf(this.of(row), key))
    this.#columns.set(key, column)
    return column
  }

  /** The domains of a topology key among the rows that are 1; found when first asked for after labels or rows changed. */
  topology(key: string, isUsed: Uint8Array, count: number): Topology {
    const known = this.#topologies.get(key)
    if (known !== undefined) return known
    const column = this.column(key, count)
    if (column === this.#nobody) {
      this.#nowhere ??= makeTopology(column, isUsed, count)
      return this.#nowhere
    }
    const topology = makeTopology(column, isUsed, count)
    this.#topologies.set(key, topology)
    return topology
  }

  /** The text of a label value by its id; undefined for -1. */
  textOf(id: number): string | undefined {
    return this.#texts[id]
  }

  /** How many columns, domains and values are kept: for tests. */
  get size(): number {
    return this.#columns.size + this.#topologies.size + this.#texts.length
  }

  grow(length: number): void {
    this.#nobody = new Int32Array(length).fill(MISSING)
    for (const [key, column] of this.#columns) {
      const longer = new Int32Array(length).fill(MISSING)
      longer.set(column)
      this.#columns.set(key, longer)
    }
    this.rowsChanged()
  }

  /** Numbers the values anew that rows have; due when they have doubled. Not while a placement is under way. */
  sweep(isDue = this.#texts.length >= Math.max(SWEEP_LEAST, 2 * this.#swept)): void {
    if (!isDue) return
    this.#ids.clear()
    this.#texts.length = 0
    for (const [key, column] of this.#columns)
      for (let row = 0; row < this.#labels.length; row++) column[row] = this.#idOf(labelOf(this.of(row), key))
    this.rowsChanged()
    this.#swept = this.#texts.length
  }

  #release(key: string): void {
    const holders = (this.#holders.get(key) ?? 0) - 1
    if (holders > 0) {
      this.#holders.set(key, holders)
      return
    }
    this.#holders.delete(key)
    this.#columns.delete(key)
  }

  #idOf(value: string | undefined): number {
    if (value === undefined) return MISSING
    const known = this.#ids.get(value)
    if (known !== undefined) return known
    this.#ids.set(value, this.#texts.length)
    return this.#texts.push(value) - 1
  }
}

function makeTopology(column: Int32Array, isUsed: Uint8Array, count: number): Topology {
  const domains = new Int32Array(count).fill(MISSING)
  const known = new Map<number, number>()
  let labelled = 0
  let used = 0
  for (let row = 0; row < count; row++) {
    const value = column[row]!
    used += isUsed[row]!
    if (isUsed[row] === 0 || value === MISSING) continue
    labelled += 1
    let domain = known.get(value)
    if (domain === undefined) {
      domain = known.size
      known.set(value, domain)
    }
    domains[row] = domain
  }
  return {
    domains,
    size: known.size,
    has: domains.map((domain) => (domain === MISSING ? 0 : 1)),
    isUnique: labelled === known.size,
    isLevel: labelled === 0 || labelled === used,
  }
}
