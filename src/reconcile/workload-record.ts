/** What a controller remembers of a workload between passes; the very same record while nothing changed. */
import { isEqual } from '../base/equal.js'
import type { PlannedWorkload } from '../model/planned-state.js'
import type { PodBuckets } from './classify-pods.js'
import type { ControllerInput } from './controller.js'
import { type CreationBackoff, nextBackoff, noBackoff } from './creation-backoff.js'

export interface RecordChange
  extends Pick<PlannedWorkload, 'progressAt' | 'progressReason' | 'counts' | 'failures' | 'createAfter'> {
  /** Null while it waits for configuration. */
  readonly templateHash: string | null
}

/** The record after this pass; `input.record` itself when it says the same. */
export function nextRecord(input: ControllerInput, change: RecordChange): PlannedWorkload {
  const { record, desired } = input
  const isChanged = desired !== null && record?.observedHash !== desired.hash
  const { templateHash, progressAt, progressReason, counts, failures, createAfter } = change
  const said: PlannedWorkload = {
    key: input.key,
    generation: (record?.generation ?? 0) + (isChanged ? 1 : 0),
    observedHash: desired?.hash ?? record?.observedHash ?? '',
    commit: isChanged ? desired.commit : (record?.commit ?? ''),
    progressAt,
    progressReason,
    counts,
    failures,
    createAfter,
  }
  const next = templateHash === null ? said : { ...said, templateHash }
  return record !== null && isEqual(record, next) ? record : next
}

/** The back-off after this pass; a change of the object or of its template starts it anew, for the newest commit wins at once. */
export function workloadBackoff(
  input: ControllerInput,
  templateHash: string | null,
  buckets: PodBuckets,
): CreationBackoff {
  const { record } = input
  const isSame =
    record !== null &&
    record.observedHash === (input.desired?.hash ?? record.observedHash) &&
    (templateHash === null || record.templateHash === templateHash)
  const before = isSame ? { failures: record.failures, createAfter: record.createAfter } : noBackoff
  return nextBackoff(before, [...buckets.available, ...buckets.ready], buckets.failed, input.now)
}
