/** A snapshot as the planner's input: the cluster as it was when the snapshot was taken. */
import type { DesiredState } from '../model/desired-state.js'
import type { Snapshot } from '../model/snapshot.js'
import type { PlanInput } from '../planner/plan-input.js'
import { CliError, EXIT_UNREACHABLE } from './cli-error.js'

/** Error 3 when the cluster had not read its repository. */
export function inputOfSnapshot(snapshot: Snapshot): PlanInput & { readonly desired: DesiredState } {
  const { clusterId, takenAt, generation, desired, planned, observed, confirmed } = snapshot
  if (desired === null)
    throw new CliError(EXIT_UNREACHABLE, 'the cluster has not read its repository yet: run "headway wait" first')
  const next = { ...generation, counter: generation.counter + 1 }
  return { clusterId, now: takenAt, generation: next, desired, planned, observed, confirmed, isRecovering: false }
}
