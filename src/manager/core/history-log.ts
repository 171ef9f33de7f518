/** What became of each commit that the manager took: for `headway history`. Bounded. */
import type { Instant } from '../../base/instant.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { Plan } from '../../model/plan.js'
import type { HistoryEntry } from '../../model/status-view.js'
import { isReplacement } from '../../model/timeline.js'

/** About a year of ten commits a working day; an entry is some 300 bytes. */
const ENTRIES_MAX = 2_000

export class HistoryLog {
  #entries: readonly HistoryEntry[]

  /** Newest first. */
  constructor(entries: readonly HistoryEntry[]) {
    this.#entries = entries
  }

  /** Newest first; the list does not change any more. */
  entries(): readonly HistoryEntry[] {
    return this.#entries
  }

  /** A new desired state: the one before is superseded unless it had come to its end. */
  take(desired: DesiredState, now: Instant): void {
    const newest = this.#entries[0]
    if (newest?.revision === desired.revision) return
    if (newest !== undefined && newest.outcome !== 'converged' && newest.outcome !== 'failed') {
      this.#change({ outcome: 'superseded' })
    }
    const source = desired.sources[0]
    const isHeld = [...desired.apps.values()].some((app) => app.held)
    const entry: HistoryEntry = {
      revision: desired.revision,
      author: source?.author ?? '',
      subject: source?.subject ?? '',
      committedAt: source?.committedAt ?? now,
      takenAt: now,
      outcome: isHeld ? 'held' : 'rolling-out',
      convergedAt: null,
      created: 0,
      stopped: 0,
      replaced: 0,
    }
    this.#entries = [entry, ...this.#entries.slice(0, ENTRIES_MAX - 1)]
  }

  /** Counts what a committed plan does for the newest entry. */
  count(plan: Plan): void {
    const newest = this.#entries[0]
    if (newest === undefined) return
    const stops = plan.actions.filter((action) => action.type === 'stop-pod')
    const created = newest.created + plan.actions.filter((action) => action.type === 'create-pod').length
    const stopped = newest.stopped + stops.length
    if (created === newest.created && stopped === newest.stopped) return
    const replaced = (newest.replaced ?? 0) + stops.filter((action) => isReplacement(action.reason)).length
    this.#change({ created, stopped, replaced })
  }

  /** Everything at the newest entry is healthy; true when that is news. */
  converge(now: Instant): boolean {
    const newest = this.#entries[0]
    if (newest === undefined || newest.outcome === 'converged') return false
    this.#change({ outcome: 'converged', convergedAt: now })
    return true
  }

  /** A workload made no progress within its deadline; true when that is news. It may still converge later. */
  fail(): boolean {
    if (this.#entries[0]?.outcome !== 'rolling-out') return false
    this.#change({ outcome: 'failed' })
    return true
  }

  #change(changes: Partial<HistoryEntry>): void {
    const [newest, ...older] = this.#entries
    if (newest !== undefined) this.#entries = [{ ...newest, ...changes }, ...older]
  }
}
