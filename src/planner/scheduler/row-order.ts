/** Which of two rows is to be taken first: by score, then by a hash of class and node name, then by name. Never by luck. */
import { hash32 } from '../../base/hash.js'
import { compareText } from '../../base/ordered.js'
import type { NodeTable } from './node-table.js'

/** Odd, so that distinct hashes stay distinct. */
export const TIE_FACTOR = 0x9e3779b1

export class RowOrder {
  /** By row. */
  readonly scores: Float64Array
  readonly #nameHash: Uint32Array
  readonly #names: readonly string[]
  readonly #seed: number

  constructor(nodes: NodeTable, classKey: string) {
    this.scores = new Float64Array(nodes.count)
    this.#nameHash = nodes.nameHash
    this.#names = nodes.names
    this.#seed = hash32(classKey)
  }

  isBetter(left: number, right: number): boolean {
    const difference = this.scores[left]! - this.scores[right]!
    return difference === 0 ? this.isFirst(left, right) : difference > 0
  }

  /** For equal scores. */
  isFirst(left: number, right: number): boolean {
    const leftTie = Math.imul(this.#nameHash[left]! ^ this.#seed, TIE_FACTOR)
    const rightTie = Math.imul(this.#nameHash[right]! ^ this.#seed, TIE_FACTOR)
    return leftTie === rightTie ? compareText(this.#names[left]!, this.#names[right]!) < 0 : leftTie < rightTie
  }
}
