/**
 * The default store: LMDB in a directory, one process at a time. A transaction is durable (synced to disk) when it
 * resolves; those that arrive while one is being synced share the next sync. After a SIGKILL at any moment the
 * directory holds every acknowledged transaction, each whole.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import { assert } from '../base/assert.js'
import { checkDatabaseFile } from './check-database-file.js'
import { type StoreClock, systemClock } from './clock.js'
import { type Job, JobQueue } from './job-queue.js'
import { LeaseTable } from './leases.js'
import { decodeRecord, encodeRecord } from './record-encoding.js'
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
import { checkKey, prefixEnd } from './store-key.js'
import { checkTransaction, evaluateTransaction, leaseNotFound } from './transaction.js'
import { defaultHistoryLimits, type HistoryLimits, WatchHub } from './watch-hub.js'

/** Address space, not disk: the file grows as needed. Not `1 << 31`, which is negative and crashes LMDB. */
const MAP_BYTES = 2 ** 31

export interface EmbeddedStoreOptions {
  readonly clock?: StoreClock
  readonly history?: HistoryLimits
}

/** Opens or creates the store in a directory; StoreError `io` when it cannot be read or written. */
export async function openEmbeddedStore(directory: string, options: EmbeddedStoreOptions = {}): Promise<Store> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    checkDatabaseFile(path.join(directory, 'data.mdb'))
    const root = open({
      path: directory,
      noSubdir: false,
      mapSize: MAP_BYTES,
      maxDbs: 4,
      // Resolve only when synced: the default resolves at the commit and syncs afterwards.
      overlappingSync: false,
      cache: false,
    })
    return new EmbeddedStore(root, options)
  } catch (error) {
    throw new StoreError(
      'io',
      `open store ${directory}: ${textOf(error)}; the store is disposable: delete the directory and start again`,
      {
        cause: error,
      },
    )
  }
}

class EmbeddedStore implements Store {
  private readonly records: Database<Buffer, Buffer>
  /** `revision`, `nextLease`, and `lease/ID` with its time to live. */
  private readonly facts: Database<number, string>
  private readonly hub: WatchHub
  private readonly leases: LeaseTable
  private readonly queue: JobQueue
  private isClosed = false

  constructor(
    private readonly root: RootDatabase,
    options: EmbeddedStoreOptions,
  ) {
    this.records = root.openDB({ name: 'records', keyEncoding: 'binary', encoding: 'binary', cache: false })
    this.facts = root.openDB({ name: 'facts', encoding: 'json', cache: false })
    this.hub = new WatchHub(this.fact('revision'), options.history ?? defaultHistoryLimits)
    this.queue = new JobQueue((jobs) => this.commit(jobs))
    this.leases = new LeaseTable(options.clock ?? systemClock, (expired) => {
      for (const lease of expired) this.endLease(lease).catch(() => {})
    })
    this.loadLeases()
  }

  async get(key: string): Promise<StoreRecord | null> {
    this.checkOpen()
    return this.read(key)
  }

  async range({ prefix, limit = Number.POSITIVE_INFINITY, after }: RangeOptions): Promise<RangeResult> {
    this.checkOpen()
    const end = prefixEnd(prefix)
    let start: Buffer = Buffer.from(prefix)
    if (after !== undefined) {
      // The smallest key above `after`.
      const next = Buffer.from(`${after}\0`)
      if (Buffer.compare(next, start) > 0) start = next
    }
    const records: StoreRecord[] = []
    // One read transaction holds for the whole turn, so that the revision fits the records.
    const revision = this.fact('revision')
    if (end !== null && Buffer.compare(start, end) >= 0) return { revision, records, hasMore: false }
    const entries = this.records.getRange({ start, ...(end === null ? {} : { end }) })
    for (const { key, value } of entries) {
      if (records.length >= limit) return { revision, records, hasMore: true }
      records.push(decodeRecord(key.toString('utf8'), value))
    }
    return { revision, records, hasMore: false }
  }

  async transact(transaction: StoreTransaction): Promise<TransactionResult> {
    this.checkOpen()
    checkTransaction(transaction)
    let result: TransactionResult = { committed: false, revision: 0 }
    await this.queue.add({
      isExclusive: false,
      run: () => {
        const revision = this.fact('revision')
        const events = evaluateTransaction(transaction, revision, {
          read: (key) => this.read(key),
          hasLease: (lease) => this.leases.isAlive(lease),
        })
        if (events !== null) this.write(events)
        result = { committed: events !== null, revision: revision + (events !== null && events.length > 0 ? 1 : 0) }
        return events ?? []
      },
    })
    return result
  }

  watch(prefix: string, fromRevision: number): StoreWatch {
    this.checkOpen()
    return this.hub.watch(prefix, fromRevision)
  }

  async grantLease(ttlMs: number): Promise<number> {
    this.checkOpen()
    assert(ttlMs > 0, `a lease needs a time to live above 0, not ${ttlMs} ms`)
    let lease = 0
    await this.queue.add({
      isExclusive: true,
      run: () => {
        lease = this.fact('nextLease') + 1
        this.facts.putSync('nextLease', lease)
        this.facts.putSync(`lease/${lease}`, ttlMs)
        return []
      },
    })
    this.leases.grant(lease, ttlMs)
    return lease
  }

  async renewLease(lease: number): Promise<void> {
    this.checkOpen()
    this.leases.renew(lease)
  }

  async revokeLease(lease: number): Promise<void> {
    this.checkOpen()
    if (!this.leases.isKnown(lease)) throw leaseNotFound(lease)
    await this.endLease(lease)
  }

  async revision(): Promise<number> {
    this.checkOpen()
    return this.fact('revision')
  }

  async raiseRevision(atLeast: number): Promise<void> {
    this.checkOpen()
    assert(Number.isSafeInteger(atLeast), `${atLeast} is no revision`)
    let isRaised = false
    await this.queue.add({
      isExclusive: true,
      run: () => {
        isRaised = atLeast > this.fact('revision')
        if (isRaised) this.facts.putSync('revision', atLeast)
        return []
      },
    })
    if (isRaised) this.hub.compact(atLeast)
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    await this.queue.drain()
    this.leases.close()
    this.hub.close()
    await this.root.close()
  }

  /** Runs the jobs in one LMDB transaction (a child: one that throws leaves nothing behind), then tells leases and watchers, in order. */
  private async commit(jobs: readonly Job[]): Promise<readonly (Error | null)[]> {
    const outcomes: { readonly error: Error | null; readonly events: readonly StoreEvent[] }[] = []
    try {
      await this.root.childTransaction(() => {
        for (const job of jobs) outcomes.push(runJob(job))
      })
    } catch (error) {
      const failure = new StoreError('io', `write to the store: ${textOf(error)}; check the disk's space and rights`, {
        cause: error,
      })
      return jobs.map(() => failure)
    }
    this.records.resetReadTxn()
    for (const { events } of outcomes) {
      if (events.length === 0) continue
      const first = events[0]!
      this.leases.follow(events)
      this.hub.publish(first.type === 'put' ? first.record.modRevision : first.modRevision, events)
    }
    return outcomes.map(({ error }) => error)
  }

  private endLease(lease: number): Promise<void> {
    return this.queue.add({
      isExclusive: true,
      run: () => {
        const modRevision = this.fact('revision') + 1
        const events = this.leases.keysOf(lease).map((key): StoreEvent => ({ type: 'delete', key, modRevision }))
        this.write(events)
        this.facts.removeSync(`lease/${lease}`)
        this.leases.drop(lease)
        return events
      },
    })
  }

  /** Inside a write transaction only. */
  private write(events: readonly StoreEvent[]): void {
    if (events.length === 0) return
    for (const event of events) {
      if (event.type === 'put') this.records.putSync(Buffer.from(event.record.key), encodeRecord(event.record))
      else this.records.removeSync(Buffer.from(event.key))
    }
    this.facts.putSync('revision', this.fact('revision') + 1)
  }

  private read(key: string): StoreRecord | null {
    checkKey(key)
    const bytes = this.records.getBinaryFast(Buffer.from(key))
    return bytes === undefined ? null : decodeRecord(key, bytes)
  }

  private fact(name: 'revision' | 'nextLease'): number {
    return this.facts.get(name) ?? 0
  }

  /** Leases go on with a full time to live: how long the process was away is not known. */
  private loadLeases(): void {
    let isAny = false
    for (const { key, value } of this.facts.getRange({ start: 'lease/', end: 'lease0' })) {
      this.leases.grant(Number(key.slice('lease/'.length)), value)
      isAny = true
    }
    if (!isAny) return
    for (const { key, value } of this.records.getRange()) {
      const record = decodeRecord(key.toString('utf8'), value)
      if (record.lease !== 0) this.leases.bind(record.key, record.lease)
    }
  }

  private checkOpen(): void {
    if (this.isClosed) throw new StoreError('closed', 'the store was closed')
  }
}

function runJob(job: Job): { readonly error: Error | null; readonly events: readonly StoreEvent[] } {
  try {
    return { error: null, events: job.run() }
  } catch (error) {
    // Only refusals come here, thrown before the job wrote anything; an LMDB error must abort the whole batch.
    if (error instanceof StoreError) return { error, events: [] }
    throw error
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
