/** The contracts of the scheduler's plug-ins. A new one is a file in filters/ or scores/, a line in profile.ts and a table test. */
import type { NodeTable } from './node-table.js'
import type { ScheduleRequest } from './request.js'

/** Counts reasons of refusal, in kube-scheduler's words. */
export interface Reasons {
  add(reason: string): void
}

export interface FilterPlugin {
  readonly name: string
  /** Sets `feasible[row]` to 0 where a pod of the class cannot run, and says why; looks only at rows that are still 1. */
  filter(request: ScheduleRequest, nodes: NodeTable, feasible: Uint8Array, reasons: Reasons): void
}

/** A score that does not change while pods of the class are placed; from 0 to 100. */
export interface StaticScorePlugin {
  readonly name: string
  readonly weight: number
  score(request: ScheduleRequest, nodes: NodeTable, feasible: Uint8Array, scores: Float64Array): void
}

/** A score of one row that depends on what is on it, the owner's own pods included; from 0 to 100. */
export interface RowScorePlugin {
  readonly name: string
  readonly weight: number
  score(request: ScheduleRequest, nodes: NodeTable, row: number, ownPods: number): number
}
