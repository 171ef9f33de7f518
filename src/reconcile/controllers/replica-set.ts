import type { ControllerInput, ControllerOutput } from '../controller.js'

export function reconcileReplicaSet(input: ControllerInput): ControllerOutput {
  return { record: input.record, intents: [], waiting: [], requeueAt: null }
}
