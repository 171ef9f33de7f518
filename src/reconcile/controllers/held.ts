/**
 * A workload that is gone from desired state while its deletion waits (delete brake, unreadable file): it runs on as it
 * is. There is no manifest to read any more, so its sets say all that is known.
 */
import { parseKey } from '../../model/keys.js'
import { classifyPods } from '../classify-pods.js'
import type { ControllerInput, ControllerOutput } from '../controller.js'
import { isBackingOff } from '../creation-backoff.js'
import { changeSets } from '../set-changes.js'
import { newestSet } from '../template-revision.js'
import { nextRecord, workloadBackoff } from '../workload-record.js'
import { maintainPod } from './pod.js'

/** Keeps every set at its size, replacing pods that are gone, and changes nothing else. `input.desired` must be null. */
export function reconcileHeld(input: ControllerInput): ControllerOutput {
  const { record, replicaSets } = input
  const templateHash = record?.templateHash ?? null
  if (parseKey(input.key).kind === 'Pod') {
    return maintainPod(input, replicaSets[0] ?? null, null, { templateHash, environmentDigests: {}, missing: [] })
  }
  const buckets = classifyPods(input.pods, { now: input.now, minReadyMs: 0, currentHash: templateHash })
  const backoff = workloadBackoff(input, templateHash, buckets)
  const changes = changeSets({
    input,
    buckets,
    targets: replicaSets.map((set) => ({ before: set, after: set, stopReason: 'scale-down', reason: 'replacement' })),
    currentKey: newestSet(replicaSets)?.key ?? null,
    desired: record?.counts.desired ?? 0,
    canCreate: !isBackingOff(backoff, input.now),
  })
  return {
    record: nextRecord(input, {
      progressAt: record?.progressAt ?? input.now,
      progressReason: record?.progressReason ?? '',
      counts: changes.counts,
      ...backoff,
      templateHash,
    }),
    intents: changes.intents,
    waiting: [],
    requeueAt: changes.withheld > 0 ? backoff.createAfter : null,
  }
}
