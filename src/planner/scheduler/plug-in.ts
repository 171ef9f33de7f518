/**
 * The contracts of the scheduler's plug-ins. A plug-in is prepared once for a class of pods and then asked row by row.
 * Placing a pod of the class changes the row it goes to; a plug-in whose answer changes on other rows too is a moving one:
 * it says which rows always get the same answer (its columns), and the placement asks it once for all of those.
 */
import type { NodeTable } from './node-table.js'
import type { Profile } from './profile.js'
import type { ScheduleRequest } from './request.js'

/** What is being placed, and where. */
export interface Evaluation {
  readonly request: ScheduleRequest
  readonly nodes: NodeTable
  /** Pods of the same replica set, by row, without those that are ordered to stop. */
  readonly own: ReadonlyMap<number, number>
  readonly profile: Profile
}

/** Refusals that pods who go may cure, and those that they cannot (Kubernetes: semantics §3.1). */
export const FITS = 0
export const UNSCHEDULABLE = 1
export const UNRESOLVABLE = 2
export type Status = typeof FITS | typeof UNSCHEDULABLE | typeof UNRESOLVABLE

export interface RowFilter {
  /** Looks at one row. */
  check(row: number): Status
  /** Looks at all rows that are still 1, in one loop over columns: 0 where it refuses. */
  sweep?(feasible: Uint8Array): void
  /** Why it refuses, in kube-scheduler's words; only for rows that it refuses. */
  explain(row: number): readonly string[]
  /**
   * What would have to change for the row to pass, said of its node: `has the taint gpu:NoSchedule`; only for rows that it refuses.
   * Left out where resources say it all, or nothing helps.
   */
  misses?(row: number): readonly string[]
}

export interface FilterPlugin {
  readonly name: string
  /** Null: the class asks for nothing of this kind. */
  prepare(evaluation: Evaluation): RowFilter | null
}

/** Rows with the same number in each of a plug-in's columns get the same answer. */
export type Column = Int32Array

export interface MovingFilter extends RowFilter {
  readonly columns: readonly Column[]
  /** Refused for as long as pods of the class are only added. */
  isBarred(row: number): boolean
  /** A pod of the class was placed on a row. */
  placed(row: number): void
}

export interface MovingFilterPlugin {
  readonly name: string
  prepare(evaluation: Evaluation): MovingFilter | null
}

/** A score of one row that depends on what is on it; from 0 to 100. */
export interface RowScore {
  score(row: number): number
  /** Adds the weighted score of all rows that are 1, in one loop over columns. */
  sweep?(feasible: Uint8Array, weight: number, totals: Float64Array): void
}

export interface RowScorePlugin {
  readonly name: string
  prepare(evaluation: Evaluation): RowScore | null
}

/** A score that is normalised over all feasible rows. */
export interface MovingScore {
  readonly columns: readonly Column[]
  placed(row: number): void
  /**
   * Scores from 0 to 100 for the first `count` groups of feasible rows: `rows` has one row of each, `sizes` how many rows
   * it stands for.
   */
  score(rows: Int32Array, sizes: Int32Array, count: number, scores: Float64Array): void
}

export interface MovingScorePlugin {
  readonly name: string
  prepare(evaluation: Evaluation): MovingScore | null
  /** True where all rows score the same for the next pod, whichever of them are feasible; told without preparing. */
  isLevel?(evaluation: Evaluation): boolean
}

/** A score and what it weighs in the sum. */
export interface Weighted<T> {
  readonly weight: number
  readonly plugin: T
}
