/** What became of each commit that the manager took: for `headway history`. Bounded. */
import type { Instant } from '../../base/instant.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { Plan } from '../../model/plan.js'
import type { HistoryEntry } from '../../model/status-view.js'

/** About a year of ten commits a working day; an entry is some 300 bytes. */
const ENTRIES_MAX = 2_000

export class HistoryLog {
  #entries: HistoryEntry[]

  /** Newest first. */
  constructor(entries: readonly HistoryEntry[]) {
    this.#entries = [...entries]
  }

  entries(): readonly HistoryEntry[] {
    return this.#entries
  }

  /** A new desired state: the one before is superseded unless it had converged. */
  take(desired: DesiredState, now: Instant): void {
    const newest = this.#entries[0]
    if (newest?.revision === desired.revision) return
    if (newest !== undefined && newest.outcome !== 'converged') this.#entries[0] = { ...newest, outcome: 'superseded' }
    const source = desired.sources[0]
    const isHeld = [...desired.apps.values()].some((app) => app.held)
    this.#entries.unshift({
      revision: desired.revision,
      author: source?.author ?? '',
      subject: source?.subject ?? '',
      committedAt: source?.committedAt ?? now,
      takenAt: now,
      outcome: isHeld ? 'held' : 'rolling-out',
      convergedAt: null,
      created: 0,
      stopped: 0,
    })
    if (this.#entries.length > ENTRIES_MAX) this.#entries.length = ENTRIES_MAX
  }

  /** Counts what a committed plan does for the newest entry. */
  count(plan: Plan): void {
    const newest = this.#entries[0]
    if (newest === undefined) return
    const created = plan.actions.filter((action) => action.type === 'create-pod').length
    const stopped = plan.actions.filter((action) => action.type === 'stop-pod').length
    if (created + stopped === 0) return
    this.#entries[0] = { ...newest, created: newest.created + created, stopped: newest.stopped + stopped }
  }

  /** Everything at the newest entry is healthy; true when that is news. */
  converge(now: Instant): boolean {
    const newest = this.#entries[0]
    if (newest === undefined || newest.outcome === 'converged') return false
    this.#entries[0] = { ...newest, outcome: 'converged', convergedAt: now }
    return true
  }
}
