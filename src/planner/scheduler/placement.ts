/**
 * Where the pods of a class go, one after the other. The outcome equals evaluating every row for every pod; a property test
 * holds it to that. For the first pod of a class that is alone the best row is found without groups and heaps, which pay
 * only when more pods of the class follow.
 */
import { FirstChoice } from './first-choice.js'
import { GroupPlacement } from './group-placement.js'
import type { NodeTable } from './node-table.js'
import type { Evaluation, RowFilter, RowScore, Weighted } from './plug-in.js'
import { filters, rowScores } from './plug-ins.js'
import { prepareScores } from './prepare-scores.js'
import { defaultProfile, type Profile } from './profile.js'
import type { ScheduleRequest } from './request.js'

export class Placement {
  readonly #evaluation: Evaluation
  readonly #filters: readonly RowFilter[]
  readonly #scores: readonly Weighted<RowScore>[]
  /** Null when it does not hold for the class, or not any more. */
  #first: FirstChoice | null
  #placedFirst = -1
  #groups: GroupPlacement | null = null

  /**
   * `own`: how many pods of the same replica set each row has already, without those ordered to stop. `isForMany`: more
   * than one pod of the class is going to be placed; only speed depends on it. `besides`: one filter more, for one pod.
   */
  constructor(
    request: ScheduleRequest,
    nodes: NodeTable,
    own: ReadonlyMap<number, number>,
    profile: Profile = defaultProfile,
    isForMany = false,
    besides: RowFilter | null = null,
  ) {
    this.#evaluation = { request, nodes, own, profile }
    const prepared = filters.flatMap((plugin) => plugin.prepare(this.#evaluation) ?? [])
    this.#filters = besides === null ? prepared : [...prepared, besides]
    this.#scores = prepareScores(rowScores, this.#evaluation)
    this.#first = isForMany ? null : FirstChoice.of(this.#evaluation, this.#filters, this.#scores)
  }

  /** The best row for the next pod, or null; the caller assumes the pod on it and then calls `placed` or `refuse`. */
  best(): number | null {
    if (this.#first !== null && this.#placedFirst === -1) return this.#first.best()
    return this.#grouped().best()
  }

  /** A pod was assumed on the best row; what that changes is worked out when the next one is asked for. */
  placed(row: number): void {
    if (this.#first !== null && this.#placedFirst === -1) this.#placedFirst = row
    else this.#grouped().placed(row)
  }

  /** The best row cannot take pods of the class after all. */
  refuse(): void {
    const groups = this.#grouped()
    groups.best()
    groups.refuse()
  }

  /** From here on with groups; the first pod, if one was placed, is among those that are there. */
  #grouped(): GroupPlacement {
    if (this.#groups !== null) return this.#groups
    const { own } = this.#evaluation
    const row = this.#placedFirst
    const evaluation =
      row === -1 ? this.#evaluation : { ...this.#evaluation, own: new Map(own).set(row, (own.get(row) ?? 0) + 1) }
    this.#first = null
    this.#groups = new GroupPlacement(evaluation, this.#filters, this.#scores)
    return this.#groups
  }
}
