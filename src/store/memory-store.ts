/**
 * The store in memory: for the simulation and for tests. Its heart is synchronous (`MemoryRecords`), so that the
 * simulation can use it on virtual time.
 */
import { assert } from '../base/assert.js'
import { type StoreClock, systemClock } from './clock.js'
import { LeaseTable } from './leases.js'
import {
  type RangeOptions,
  type RangeResult,
  type Store,
  StoreError,
  type StoreEvent,
  type StoreRecord,
  type StoreTransaction,
  type StoreWatch,
  type TransactionResult,
} from './store.js'
import { checkKey, lowerBound } from './store-key.js'
import { checkTransaction, evaluateTransaction, leaseNotFound } from './transaction.js'
import { defaultHistoryLimits, type HistoryLimits, WatchHub } from './watch-hub.js'

export interface MemoryStoreOptions {
  readonly clock?: StoreClock
  readonly history?: HistoryLimits
}

/** Opens an empty store that lives as long as the process. */
export function openMemoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(new MemoryRecords(options.clock ?? systemClock, options.history ?? defaultHistoryLimits))
}

/** Records, revision, history and leases without promises. */
export class MemoryRecords {
  private readonly records = new Map<string, StoreRecord>()
  private readonly keys: string[] = []
  private readonly hub: WatchHub
  private readonly leases: LeaseTable
  private nextLease = 1
  private revisionNow = 0

  constructor(clock: StoreClock, history: HistoryLimits = defaultHistoryLimits) {
    this.hub = new WatchHub(0, history)
    this.leases = new LeaseTable(clock, (expired) => {
      for (const lease of expired) this.endLease(lease)
    })
  }

  get revision(): number {
    return this.revisionNow
  }

  get(key: string): StoreRecord | null {
    checkKey(key)
    return this.records.get(key) ?? null
  }

  range({ prefix, limit = Number.POSITIVE_INFINITY, after }: RangeOptions): RangeResult {
    const records: StoreRecord[] = []
    let index = lowerBound(this.keys, prefix)
    if (after !== undefined) {
      const past = lowerBound(this.keys, after)
      index = Math.max(index, this.keys[past] === after ? past + 1 : past)
    }
    for (; index < this.keys.length && this.keys[index]!.startsWith(prefix); index++) {
      if (records.length >= limit) return { revision: this.revisionNow, records, hasMore: true }
      records.push(this.records.get(this.keys[index]!)!)
    }
    return { revision: this.revisionNow, records, hasMore: false }
  }

  transact(transaction: StoreTransaction): TransactionResult {
    checkTransaction(transaction)
    const events = evaluateTransaction(transaction, this.revisionNow, {
      read: (key) => this.get(key),
      hasLease: (lease) => this.leases.isAlive(lease),
    })
    if (events === null) return { committed: false, revision: this.revisionNow }
    this.apply(events)
    return { committed: true, revision: this.revisionNow }
  }

  watch(prefix: string, fromRevision: number): StoreWatch {
    return this.hub.watch(prefix, fromRevision)
  }

  grantLease(ttlMs: number): number {
    assert(ttlMs > 0, `a lease needs a time to live above 0, not ${ttlMs} ms`)
    const lease = this.nextLease++
    this.leases.grant(lease, ttlMs)
    return lease
  }

  renewLease(lease: number): void {
    this.leases.renew(lease)
  }

  revokeLease(lease: number): void {
    if (!this.leases.isKnown(lease)) throw leaseNotFound(lease)
    this.endLease(lease)
  }

  raiseRevision(atLeast: number): void {
    assert(Number.isSafeInteger(atLeast), `${atLeast} is no revision`)
    if (atLeast <= this.revisionNow) return
    this.revisionNow = atLeast
    this.hub.compact(atLeast)
  }

  close(): void {
    this.leases.close()
    this.hub.close()
  }

  private endLease(lease: number): void {
    const modRevision = this.revisionNow + 1
    const events = this.leases.keysOf(lease).map((key): StoreEvent => ({ type: 'delete', key, modRevision }))
    this.leases.drop(lease)
    this.apply(events)
  }

  private apply(events: readonly StoreEvent[]): void {
    if (events.length === 0) return
    this.revisionNow++
    for (const event of events) {
      const key = event.type === 'put' ? event.record.key : event.key
      const isThere = this.records.has(key)
      if (event.type === 'put') {
        this.records.set(key, event.record)
        if (!isThere) this.keys.splice(lowerBound(this.keys, key), 0, key)
      } else if (this.records.delete(key)) this.keys.splice(lowerBound(this.keys, key), 1)
    }
    this.leases.follow(events)
    this.hub.publish(this.revisionNow, events)
  }
}

class MemoryStore implements Store {
  private isClosed = false

  constructor(private readonly records: MemoryRecords) {}

  async get(key: string): Promise<StoreRecord | null> {
    return this.open().get(key)
  }

  async range(options: RangeOptions): Promise<RangeResult> {
    return this.open().range(options)
  }

  async transact(transaction: StoreTransaction): Promise<TransactionResult> {
    return this.open().transact(transaction)
  }

  watch(prefix: string, fromRevision: number): StoreWatch {
    return this.open().watch(prefix, fromRevision)
  }

  async grantLease(ttlMs: number): Promise<number> {
    return this.open().grantLease(ttlMs)
  }

  async renewLease(lease: number): Promise<void> {
    this.open().renewLease(lease)
  }

  async revokeLease(lease: number): Promise<void> {
    this.open().revokeLease(lease)
  }

  async revision(): Promise<number> {
    return this.open().revision
  }

  async raiseRevision(atLeast: number): Promise<void> {
    this.open().raiseRevision(atLeast)
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    this.records.close()
  }

  private open(): MemoryRecords {
    if (this.isClosed) throw new StoreError('closed', 'the store was closed')
    return this.records
  }
}
