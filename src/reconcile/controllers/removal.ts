/** Winding a workload down: all its pods stop, and when they are gone its sets and its record go. */
import type { Waiting } from '../../model/waiting.js'
import type { ControllerInput, ControllerOutput, Intent } from '../controller.js'

/** For a workload that is not desired any more. Pods that a drain keeps serving stop now too. */
export function removeWorkload(input: ControllerInput): ControllerOutput {
  const { pods, replicaSets, key } = input
  if (pods.length === 0) {
    const intents = replicaSets.map((set): Intent => ({ type: 'remove-replica-set', key: set.key }))
    return { record: null, intents, waiting: [], requeueAt: null }
  }
  const intents: Intent[] = replicaSets
    .filter((set) => set.replicas > 0)
    .map((set) => ({ type: 'put-replica-set', replicaSet: { ...set, replicas: 0 }, reason: 'removed' }))
  const running = pods.filter(({ planned }) => planned.stop === null || planned.stop.phase === 'replacing')
  if (running.length > 0) {
    intents.push({ type: 'stop-pods', pods: running.map((pod) => pod.planned.uid), reason: 'prune' })
  }
  const count = pods.length === 1 ? '1 pod is' : `${pods.length} pods are`
  const waiting: Waiting[] = [{ on: 'termination', key, detail: `${count} stopping; then it is gone` }]
  return { record: input.record, intents, waiting, requeueAt: null }
}
