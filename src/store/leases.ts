/** Leases: which are alive, until when, and which keys hang on them. Says when some have run out; deleting is the store's. */
import type { StoreClock } from './clock.js'
import type { StoreEvent } from './store.js'
import { leaseNotFound } from './transaction.js'

interface Lease {
  readonly ttlMs: number
  deadline: number
  readonly keys: Set<string>
}

export class LeaseTable {
  private readonly leases = new Map<number, Lease>()
  private readonly leaseOfKey = new Map<string, number>()
  private cancelTimer: (() => void) | null = null

  /** `onExpired` is called with the ids of leases that have run out; they stay in the table until dropped. */
  constructor(
    private readonly clock: StoreClock,
    private readonly onExpired: (leases: readonly number[]) => void,
  ) {}

  grant(id: number, ttlMs: number): void {
    this.leases.set(id, { ttlMs, deadline: this.clock.now() + ttlMs, keys: new Set() })
    this.arm()
  }

  /** Throws StoreError `lease-not-found`. */
  renew(id: number): void {
    const lease = this.leases.get(id)
    if (lease === undefined || !this.isAlive(id)) throw leaseNotFound(id)
    lease.deadline = this.clock.now() + lease.ttlMs
    this.arm()
  }

  isAlive(id: number): boolean {
    const lease = this.leases.get(id)
    return lease !== undefined && this.clock.now() < lease.deadline
  }

  isKnown(id: number): boolean {
    return this.leases.has(id)
  }

  keysOf(id: number): readonly string[] {
    return [...(this.leases.get(id)?.keys ?? [])].sort()
  }

  drop(id: number): void {
    for (const key of this.leases.get(id)?.keys ?? []) this.leaseOfKey.delete(key)
    this.leases.delete(id)
    this.arm()
  }

  /** Follows committed events: a put binds its key or frees it, a delete frees it. */
  follow(events: readonly StoreEvent[]): void {
    for (const event of events) {
      if (event.type === 'put') this.bind(event.record.key, event.record.lease)
      else this.bind(event.key, 0)
    }
  }

  bind(key: string, lease: number): void {
    const before = this.leaseOfKey.get(key)
    if (before !== undefined) {
      this.leases.get(before)?.keys.delete(key)
      this.leaseOfKey.delete(key)
    }
    if (lease === 0) return
    this.leases.get(lease)?.keys.add(key)
    this.leaseOfKey.set(key, lease)
  }

  close(): void {
    this.cancelTimer?.()
    this.cancelTimer = null
    this.leases.clear()
  }

  private arm(): void {
    this.cancelTimer?.()
    this.cancelTimer = null
    let first = Number.POSITIVE_INFINITY
    for (const lease of this.leases.values()) first = Math.min(first, lease.deadline)
    if (first === Number.POSITIVE_INFINITY) return
    this.cancelTimer = this.clock.setTimer(Math.max(0, first - this.clock.now()), () => {
      this.cancelTimer = null
      const expired = [...this.leases.keys()].filter((id) => !this.isAlive(id)).sort((a, b) => a - b)
      if (expired.length > 0) this.onExpired(expired)
      else this.arm()
    })
  }
}
