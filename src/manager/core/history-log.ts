/** What became of each commit that the manager took: for `headway history`. Bounded. */
import type { Instant } from '../../base/instant.js'
import type { DesiredState, SourceRevision } from '../../model/desired-state.js'
import type { Action, Plan } from '../../model/plan.js'
import type { PlannedPod, PlannedState } from '../../model/planned-state.js'
import { countContainers } from '../../model/pod-resources.js'
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

  /** A new desired state: the one before is superseded unless it had come to its end. One that was held remains so. */
  take(desired: DesiredState, now: Instant): void {
    const newest = this.#entries[0]
    if (newest?.revision === desired.revision) return
    if (newest?.outcome === 'rolling-out') this.#change({ outcome: 'superseded' })
    const source = newestSource(desired, newest)
    const isHeld = [...desired.apps.values()].some((app) => app.held)
    const entry: HistoryEntry = {
      revision: desired.revision,
      ...(desired.sources.length > 1 && {
        source: source?.id ?? '',
        commits: Object.fromEntries(desired.sources.map(({ id, commit }) => [id, commit])),
      }),
      author: source?.author ?? '',
      subject: source?.subject ?? '',
      committedAt: source?.committedAt ?? now,
      takenAt: now,
      outcome: isHeld ? 'held' : 'rolling-out',
      convergedAt: null,
      created: 0,
      stopped: 0,
      replaced: 0,
      restarts: 0,
    }
    this.#entries = [entry, ...this.#entries.slice(0, ENTRIES_MAX - 1)]
  }

  /**
   * Counts what a committed plan does for the newest entry, until that has converged: what comes later is not its doing.
   * `before`: what was planned until then.
   */
  count(plan: Plan, before: PlannedState): void {
    const newest = this.#entries[0]
    if (newest === undefined || newest.outcome === 'converged') return
    const stops = plan.actions.filter((action) => action.type === 'stop-pod')
    const created = newest.created + plan.actions.filter((action) => action.type === 'create-pod').length
    const stopped = newest.stopped + stops.length
    if (created === newest.created && stopped === newest.stopped) return
    const replaces = stops.filter((action) => isReplacement(action.reason))
    const replaced = (newest.replaced ?? 0) + replaces.length
    const containers = replaces.reduce((sum, action) => sum + containersOf(action, plan, before), 0)
    this.#change({ created, stopped, replaced, restarts: (newest.restarts ?? 0) + containers })
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

type StopAction = Extract<Action, { readonly type: 'stop-pod' }>

/** Containers of a pod that is told to stop. */
function containersOf({ pod: uid, node }: StopAction, plan: Plan, before: PlannedState): number {
  const isIt = (pod: PlannedPod): boolean => pod.uid === uid
  const pod = plan.delta.nodes.get(node)?.pods.find(isIt) ?? before.nodes.get(node)?.pods.find(isIt)
  if (pod === undefined) return 1
  const set = plan.delta.replicaSets.get(pod.replicaSet) ?? before.replicaSets.get(pod.replicaSet)
  return countContainers(set?.template.spec)
}

/** The source that a commit came to since the entry before; of several the one committed to last, at first the first. */
function newestSource({ sources }: DesiredState, before: HistoryEntry | undefined): SourceRevision | undefined {
  const known = before?.commits
  if (known === undefined) return sources[0]
  const moved = sources.filter(({ id, commit }) => known[id] !== commit)
  return moved.toSorted((left, right) => right.committedAt - left.committedAt)[0] ?? sources[0]
}
