import type { ControllerInput, ControllerOutput } from '../controller.js'

export function reconcileDeployment(input: ControllerInput): ControllerOutput {
  return { record: input.record, intents: [], waiting: [], requeueAt: null }
}
