/**
 * The manager's store with the faults of its disk and of the process that uses it: full, dying before or after any of
 * its operations, lost, or found as it was some time ago (restored from a backup).
 */
import { openMemoryStore } from '../store/memory-store.js'
import { type Store, StoreError, type StoreTransaction, type TransactionResult } from '../store/store.js'

/** The process died in the middle of an operation: whoever awaited it never goes on. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied'
}

export class FaultyStore {
  /** Writes fail, as on a full disk. */
  isFull = false
  private inner: Store = openMemoryStore()
  private copy: Store | null = null
  /** Steps until the process dies; each operation has two: before it, and after it. */
  private deathIn: number | null = null
  private onDeath: () => void = () => {}

  /** The store as one life of the process sees it. */
  open(): Store {
    const { inner } = this
    return {
      get: (key) => this.around(() => inner.get(key)),
      range: (options) => this.around(() => inner.range(options)),
      transact: (transaction) => this.around(() => this.write(inner, transaction)),
      watch: (prefix, fromRevision) => inner.watch(prefix, fromRevision),
      grantLease: (ttlMs) => inner.grantLease(ttlMs),
      renewLease: (lease) => inner.renewLease(lease),
      revokeLease: (lease) => inner.revokeLease(lease),
      revision: () => inner.revision(),
      raiseRevision: (atLeast) => inner.raiseRevision(atLeast),
      close: () => inner.close(),
    }
  }

  /** The process dies at the n-th step from now (0: the next). */
  dieAt(step: number, onDeath: () => void): void {
    this.deathIn = step
    this.onDeath = onDeath
  }

  /** Called once the process is dead for whatever reason: what was to kill it is void. */
  outlive(): void {
    this.deathIn = null
  }

  lose(): void {
    this.inner = openMemoryStore()
    this.copy = null
  }

  /** Keeps a copy, to be found by `restore`. */
  async backUp(): Promise<void> {
    this.copy = await copyOf(this.inner)
  }

  /** Puts the copy in the place of the store; nothing happens without one. */
  async restore(): Promise<void> {
    if (this.copy !== null) this.inner = await copyOf(this.copy)
  }

  private async around<T>(run: () => Promise<T>): Promise<T> {
    this.count()
    const result = await run()
    this.count()
    return result
  }

  private count(): void {
    if (this.deathIn === null) return
    if (this.deathIn > 0) {
      this.deathIn--
      return
    }
    this.deathIn = null
    this.onDeath()
    throw new ProcessDied('the process died')
  }

  private async write(inner: Store, transaction: StoreTransaction): Promise<TransactionResult> {
    if (this.isFull) throw new StoreError('io', 'no space left on device')
    return inner.transact(transaction)
  }
}

async function copyOf(store: Store): Promise<Store> {
  const copy = openMemoryStore()
  const { records } = await store.range({ prefix: '/' })
  const changes = records.map(({ key, value }) => ({ type: 'put', key, value }) as const)
  if (changes.length > 0) await copy.transact({ compare: [], changes })
  return copy
}
