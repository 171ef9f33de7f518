/**
 * The best row for one pod of a class where only what is on a row tells rows apart: no rule over domains, and no pods of
 * the class's own yet. One loop over all rows finds those whose score and tie together may beat the best so far; only these
 * are looked at with all filters and scores. Two such loops: one for the default scores, one that asks any scores.
 */
import { hash32 } from '../../base/hash.js'
import { compareText } from '../../base/ordered.js'
import type { NodeTable } from './node-table.js'
import { type Evaluation, FITS, type RowFilter, type RowScore, type Weighted } from './plug-in.js'
import { movingFilters, movingScores } from './plug-ins.js'
import { type DefaultWeights, nextBetter, SCORE } from './room.js'
import { TIE_FACTOR } from './row-order.js'
import { isPlainBalance } from './scores/balanced-allocation.js'
import { imageLocality } from './scores/image-locality.js'
import { isPlainLeast } from './scores/resource-fit.js'

/** Keys stay exact below 2^53: scores of 100 each, with weights up to this in all. */
const WEIGHTS_MAX = 10_000
/** Below the key of any score. */
const LOWEST = -(2 ** 40)
export class FirstChoice {
  readonly #evaluation: Evaluation
  readonly #filters: readonly RowFilter[]
  readonly #scores: readonly Weighted<RowScore>[]
  readonly #seed: number
  #row = -1
  #key = LOWEST
  #isKnown = false

  /** Null where rows are told apart by more than what is on them. */
  static of(
    evaluation: Evaluation,
    filters: readonly RowFilter[],
    scores: readonly Weighted<RowScore>[],
  ): FirstChoice | null {
    return isLevel(evaluation) && areExact(scores) ? new FirstChoice(evaluation, filters, scores) : null
  }

  private constructor(evaluation: Evaluation, filters: readonly RowFilter[], scores: readonly Weighted<RowScore>[]) {
    this.#evaluation = evaluation
    this.#filters = filters
    this.#scores = scores
    this.#seed = hash32(evaluation.request.classKey)
  }

  best(): number | null {
    if (!this.#isKnown) {
      this.#isKnown = true
      const weights = defaultWeights(this.#evaluation)
      if (weights === null) this.#lookAtAll()
      else this.#sweep(weights)
    }
    return this.#row === -1 ? null : this.#row
  }

  /** Any filters and scores. */
  #lookAtAll(): void {
    const { isUsed, count } = this.#evaluation.nodes
    for (let row = 0; row < count; row++) if (isUsed[row] === 1) this.#consider(row)
  }

  /** The default scores: rows for which `nextBetter` does not hold are looked at first. */
  #sweep(weights: DefaultWeights): void {
    const { nodes, request } = this.#evaluation
    for (const row of nodes.oddRows) this.#consider(row)
    const { room, nameHash, count } = nodes
    const search = { room, nameHash, count, request, weights, seed: this.#seed }
    for (let row = nextBetter(search, 0, this.#key); row !== -1; row = nextBetter(search, row + 1, this.#key))
      this.#consider(row)
  }

  /** Takes the row if it is feasible and better than the best so far. */
  #consider(row: number): void {
    const { nodes } = this.#evaluation
    if (nodes.isUsed[row] === 0) return
    for (let i = 0; i < this.#filters.length; i++) if (this.#filters[i]!.check(row) !== FITS) return
    let score = 0
    for (let i = 0; i < this.#scores.length; i++) score += this.#scores[i]!.weight * this.#scores[i]!.plugin.score(row)
    const key = score * SCORE - Math.imul(nodes.nameHash[row]! ^ this.#seed, TIE_FACTOR)
    if (key < this.#key || (key === this.#key && !isNamedFirst(nodes, row, this.#row))) return
    this.#key = key
    this.#row = row
  }
}

function isNamedFirst({ names }: NodeTable, left: number, right: number): boolean {
  return compareText(names[left]!, names[right]!) < 0
}

/** No rule makes one row's answer depend on pods of others. */
function isLevel(evaluation: Evaluation): boolean {
  const { spread, affinity, antiAffinity, preferred } = evaluation.request
  if (spread !== null || affinity.length + antiAffinity.length + preferred.length > 0) return false
  if (movingFilters.some(({ prepare }) => prepare(evaluation) !== null)) return false
  return movingScores.every((plugin) => {
    if ((evaluation.profile.weights[plugin.name] ?? 0) === 0) return true
    return plugin.isLevel?.(evaluation) === true || plugin.prepare(evaluation) === null
  })
}

/** Scores are whole, so their sum is when weights are; small enough to stand above a tie. */
function areExact(scores: readonly Weighted<RowScore>[]): boolean {
  let sum = 0
  for (const { weight } of scores) {
    if (!Number.isInteger(weight) || weight < 0) return false
    sum += weight
  }
  return sum <= WEIGHTS_MAX
}

/** What the default scores weigh; null where the class or the profile has others. */
function defaultWeights(evaluation: Evaluation): DefaultWeights | null {
  const { request, profile } = evaluation
  if (!isPlainLeast(evaluation) || !isPlainBalance(evaluation)) return null
  const images = profile.weights[imageLocality.name] ?? 0
  if (images > 0 && imageLocality.prepare(evaluation) !== null) return null
  const isBalanced = request.cpuMilli > 0 || request.memoryBytes > 0
  return {
    least: profile.weights['NodeResourcesFit'] ?? 0,
    balanced: isBalanced ? (profile.weights['NodeResourcesBalancedAllocation'] ?? 0) : 0,
  }
}
