/**
 * Counts of pods per domain of a topology key, for one class: taken over from the table's matchers once, then kept while
 * pods of the class are placed. Where every row is a domain of its own, the rows are told apart by their counts.
 */
import type { Topology } from './node-labels.js'
import type { NodeTable } from './node-table.js'
import type { Column } from './plug-in.js'
import type { RowCounts } from './pod-counts.js'

export class DomainCounts {
  readonly topology: Topology
  /** By domain. */
  readonly counts: Int32Array
  /** Over all domains. */
  total = 0
  /** Rows with equal numbers have equal counts. */
  readonly column: Column

  constructor(nodes: NodeTable, topologyKey: string) {
    this.topology = nodes.topology(topologyKey)
    this.counts = new Int32Array(this.topology.size)
    this.column = this.topology.isUnique ? new Int32Array(nodes.count) : this.topology.domains
    if (!this.topology.isUnique) return
    for (let row = 0; row < nodes.count; row++) if (this.topology.domains[row] === -1) this.column[row] = -1
  }

  /** Takes pods in; `isCounted` leaves rows out. */
  addAll(rows: RowCounts | ReadonlyMap<number, number>, isCounted: (row: number) => boolean = () => true): void {
    for (const [row, count] of rows) if (isCounted(row)) this.add(row, count)
  }

  add(row: number, count: number): void {
    const domain = this.topology.domains[row] ?? -1
    if (domain === -1) return
    this.counts[domain]! += count
    this.total += count
    if (this.topology.isUnique) this.column[row]! += count
  }

  /** 0 where the node lacks the key. */
  at(row: number): number {
    const domain = this.topology.domains[row]!
    return domain === -1 ? 0 : this.counts[domain]!
  }

  has(row: number): boolean {
    return this.topology.domains[row] !== -1
  }
}
