/**
 * The store port, shaped like etcd: revisions, ranges, watches, compare-and-set transactions and leases. Values are
 * text. Keys are ordered by UTF-8 bytes. The store is disposable (DESIGN 3): git and the agents' reports rebuild it.
 */

export interface StoreRecord {
  readonly key: string
  readonly value: string
  readonly createRevision: number
  readonly modRevision: number
  /** 1 when created, plus 1 for each change. */
  readonly version: number
  /** 0 when not bound to a lease. */
  readonly lease: number
}

/** True when the record's field equals the value; a missing record has version and revisions 0. */
export type StoreCompare =
  | { readonly key: string; readonly field: 'version' | 'createRevision' | 'modRevision'; readonly equals: number }
  | { readonly key: string; readonly field: 'value'; readonly equals: string }

export type StoreChange =
  | { readonly type: 'put'; readonly key: string; readonly value: string; readonly lease?: number }
  | { readonly type: 'delete'; readonly key: string }

export interface StoreTransaction {
  /** All must hold, or nothing is changed. */
  readonly compare: readonly StoreCompare[]
  readonly changes: readonly StoreChange[]
}

export type TransactionResult =
  | { readonly committed: true; readonly revision: number }
  | { readonly committed: false; readonly revision: number }

export interface RangeOptions {
  readonly prefix: string
  readonly limit?: number
  /** Exclusive key to go on after. */
  readonly after?: string
}

export interface RangeResult {
  readonly revision: number
  readonly records: readonly StoreRecord[]
  readonly hasMore: boolean
}

export type StoreEvent =
  | { readonly type: 'put'; readonly record: StoreRecord }
  | { readonly type: 'delete'; readonly key: string; readonly modRevision: number }

/** Codes: `compacted` (a watch from a revision that is no longer kept: list again), `lease-not-found`, `closed`, `io`. */
export type StoreErrorCode = 'compacted' | 'lease-not-found' | 'closed' | 'io'

export class StoreError extends Error {
  override readonly name = 'StoreError'
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export interface StoreWatch {
  /** Events in order of revision, in batches of one revision each; throws StoreError `compacted` at the start. */
  readonly events: AsyncIterable<readonly StoreEvent[]>
  close(): void
}

export interface Store {
  get(key: string): Promise<StoreRecord | null>
  range(options: RangeOptions): Promise<RangeResult>
  /** Atomic; one revision for all its changes; durable when it resolves. */
  transact(transaction: StoreTransaction): Promise<TransactionResult>
  /** Events after `fromRevision` (exclusive) for keys with the prefix. */
  watch(prefix: string, fromRevision: number): StoreWatch
  /** Records bound to the lease vanish when it is not renewed for `ttlMs`. */
  grantLease(ttlMs: number): Promise<number>
  renewLease(lease: number): Promise<void>
  revokeLease(lease: number): Promise<void>
  /** The revision of the last change. */
  revision(): Promise<number>
  /** Raises the revision counter: revisions of an epoch begin at epoch · 2³² (DESIGN 11). Refuses to lower it. */
  raiseRevision(atLeast: number): Promise<void>
  close(): Promise<void>
}
