import type { ControllerInput, ControllerOutput } from '../controller.js'

export function reconcilePod(input: ControllerInput): ControllerOutput {
  return { record: input.record, intents: [], waiting: [], requeueAt: null }
}
