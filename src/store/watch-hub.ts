/**
 * The last changes, kept in memory, and those who watch them. A watcher is a place in this history and nothing more: a
 * slow one costs no memory, and when the history has moved past it, it is told to list again (`compacted`).
 */
import { StoreError, type StoreEvent, type StoreWatch } from './store.js'
import { eventKey } from './transaction.js'

interface Batch {
  readonly revision: number
  readonly events: readonly StoreEvent[]
  readonly characters: number
}

export interface HistoryLimits {
  readonly batches: number
  /** Of keys and values together. */
  readonly characters: number
}

/** A watcher that reconnects after a minute finds its place at 150 changes a second; values of 1 MB keep 32 of them. */
export const defaultHistoryLimits: HistoryLimits = { batches: 10_000, characters: 32 * 2 ** 20 }

export class WatchHub {
  /** Absolute index of `batches[0]`: cursors survive trimming. */
  private firstIndex = 0
  private batches: Batch[] = []
  private characters = 0
  private readonly sleepers = new Set<() => void>()
  private isClosed = false

  /** Knows every change after `compactedRevision`. */
  constructor(
    private compactedRevision: number,
    private readonly limits: HistoryLimits,
  ) {}

  /** Takes in the events of one revision. */
  publish(revision: number, events: readonly StoreEvent[]): void {
    let characters = 0
    for (const event of events)
      characters += eventKey(event).length + (event.type === 'put' ? event.record.value.length : 0)
    this.batches.push({ revision, events, characters })
    this.characters += characters
    this.trim()
    this.wake()
  }

  /** Forgets all history up to `revision`; watchers that have seen all of it go on. */
  compact(revision: number): void {
    let drop = 0
    while (drop < this.batches.length && this.batches[drop]!.revision <= revision) drop++
    this.drop(drop)
    this.compactedRevision = Math.max(this.compactedRevision, revision)
    this.wake()
  }

  watch(prefix: string, fromRevision: number): StoreWatch {
    const isCompacted = fromRevision < this.compactedRevision
    let cursor = this.firstIndex
    while (this.at(cursor) !== undefined && this.at(cursor)!.revision <= fromRevision) cursor++
    const watcher = { isClosed: false }
    const next = async (): Promise<readonly StoreEvent[] | null> => {
      if (isCompacted) throw this.compacted(fromRevision)
      for (;;) {
        if (watcher.isClosed) return null
        if (this.isClosed) throw new StoreError('closed', 'the store was closed')
        if (cursor < this.firstIndex) throw this.compacted(fromRevision)
        const batch = this.at(cursor)
        if (batch === undefined) {
          await new Promise<void>((resolve) => this.sleepers.add(resolve))
          continue
        }
        cursor++
        // Revisions above what is there are waited for, as in etcd.
        if (batch.revision <= fromRevision) continue
        const events = batch.events.filter((event) => eventKey(event).startsWith(prefix))
        if (events.length > 0) return events
      }
    }
    return {
      events: iterate(next),
      close: () => {
        watcher.isClosed = true
        this.wake()
      },
    }
  }

  close(): void {
    this.isClosed = true
    this.wake()
  }

  private at(index: number): Batch | undefined {
    return this.batches[index - this.firstIndex]
  }

  private wake(): void {
    const sleepers = [...this.sleepers]
    this.sleepers.clear()
    for (const resolve of sleepers) resolve()
  }

  private trim(): void {
    // A tenth more than the limit is let grow, so that the array is cut seldom. The newest batch always stays.
    if (this.batches.length <= this.limits.batches * 1.1 && this.characters <= this.limits.characters) return
    let drop = 0
    let characters = this.characters
    while (
      drop < this.batches.length - 1 &&
      (this.batches.length - drop > this.limits.batches || characters > this.limits.characters)
    ) {
      characters -= this.batches[drop]!.characters
      drop++
    }
    if (drop > 0) this.compactedRevision = this.batches[drop - 1]!.revision
    this.drop(drop)
  }

  private drop(count: number): void {
    if (count === 0) return
    for (const batch of this.batches.splice(0, count)) this.characters -= batch.characters
    this.firstIndex += count
  }

  private compacted(fromRevision: number): StoreError {
    return new StoreError(
      'compacted',
      `changes after revision ${fromRevision} are no longer kept (only after ${this.compactedRevision}): list again and watch from there`,
    )
  }
}

/** Nulls end the iteration. */
async function* iterate(next: () => Promise<readonly StoreEvent[] | null>): AsyncGenerator<readonly StoreEvent[]> {
  for (let events = await next(); events !== null; events = await next()) yield events
}
