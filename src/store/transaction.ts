/** What a transaction does to the records: one meaning for every adapter. */
import { assert } from '../base/assert.js'
import { type StoreCompare, StoreError, type StoreEvent, type StoreRecord, type StoreTransaction } from './store.js'
import { checkKey } from './store-key.js'

export interface RecordReader {
  read(key: string): StoreRecord | null
  hasLease(lease: number): boolean
}

/**
 * The events of a transaction at `revision + 1`, or null when a comparison does not hold. Deleting what is not there
 * is no event, and a transaction without events takes no revision (as in etcd). Throws StoreError `lease-not-found`.
 */
export function evaluateTransaction(
  transaction: StoreTransaction,
  revision: number,
  records: RecordReader,
): readonly StoreEvent[] | null {
  if (!transaction.compare.every((compare) => holds(compare, records))) return null
  const events: StoreEvent[] = []
  const modRevision = revision + 1
  for (const change of transaction.changes) {
    const before = records.read(change.key)
    if (change.type === 'delete') {
      if (before !== null) events.push({ type: 'delete', key: change.key, modRevision })
      continue
    }
    const lease = change.lease ?? 0
    if (lease !== 0 && !records.hasLease(lease)) throw leaseNotFound(lease)
    events.push({
      type: 'put',
      record: {
        key: change.key,
        value: change.value,
        createRevision: before?.createRevision ?? modRevision,
        modRevision,
        version: (before?.version ?? 0) + 1,
        lease,
      },
    })
  }
  return events
}

/** Refuses a transaction that is broken code: a key changed twice (its order would decide) or a key no adapter can hold. */
export function checkTransaction(transaction: StoreTransaction): void {
  for (const { key } of transaction.compare) checkKey(key)
  const seen = new Set<string>()
  for (const change of transaction.changes) {
    checkKey(change.key)
    assert(!seen.has(change.key), `a transaction changes ${change.key} twice`)
    seen.add(change.key)
  }
}

export function leaseNotFound(lease: number): StoreError {
  return new StoreError('lease-not-found', `lease ${lease} has run out or was never granted: grant a new one`)
}

/** A missing record has version and revisions 0, and no value: it equals none, not even the empty one. */
function holds(compare: StoreCompare, records: RecordReader): boolean {
  const record = records.read(compare.key)
  if (compare.field === 'value') return record !== null && record.value === compare.equals
  return (record?.[compare.field] ?? 0) === compare.equals
}

/** The key an event is about. */
export function eventKey(event: StoreEvent): string {
  return event.type === 'put' ? event.record.key : event.key
}
