/**
 * Keeps what history knows beyond the core's own list: for each commit the predicted and the actual timeline, and how long
 * things took. Looks on as the core handles events, writes to the store now and then, and never holds the loop up.
 */
import type { Instant } from '../../base/instant.js'
import type { PodUid } from '../../model/assignment.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { Plan } from '../../model/plan.js'
import type { PlannedPod } from '../../model/planned-state.js'
import type { AgentMessage } from '../../model/protocol.js'
import { noDurations, type RecordedDurations } from '../../model/recorded-durations.js'
import type { ReviewedPlan } from '../../model/reviewed-plan.js'
import type { Snapshot } from '../../model/snapshot.js'
import type { HistoryDetail, HistoryEntry } from '../../model/status-view.js'
import type { PredictedTimeline } from '../../model/timeline.js'
import type { Store } from '../../store/store.js'
import type { ManagerCore, ManagerEffect, ManagerEvent } from '../core/manager-core.js'
import { DurationLog } from './duration-log.js'
import {
  loadDurations,
  loadTimeline,
  loadTimelines,
  saveDurations,
  saveTimeline,
  type TimelineRecord,
} from './history-records.js'
import { makeSnapshot } from './make-snapshot.js'
import { type MeasuredWorld, PodMeasurements } from './measure-pods.js'
import { PlanReviews, type Review } from './plan-reviews.js'
import { TrackedCommit } from './tracked-commit.js'

/**
 * Says what a desired state would do to a cluster. Must not hold up the loop: it may take its time, elsewhere. It is asked
 * once the rollout is over or has gone on for a while, since hosts are busy before; what it is told is as of the commit.
 * A rejection's message is kept as the reason why there is no prediction.
 */
export type Predict = (snapshot: Snapshot, desired: DesiredState) => Promise<PredictedTimeline>

export interface KeeperOptions {
  readonly core: ManagerCore
  readonly store: Store
  readonly clusterId: string
  readonly plannerVersion: string
  readonly predict?: Predict
  /** Says whether a commit does what its reviewed plan said; asked at once, for commits that name one. */
  readonly review?: Review
  log(line: string): void
  /** What `reviewed` answers has changed. */
  reviewChanged?(): void
  /** How long a change may wait to be stored (default 3 s). */
  readonly saveMs?: number
  /** How long after the commit the prediction is asked for, unless it converges before (default 10 s). */
  readonly predictMs?: number
}

export interface HistoryKeeper {
  /** To be called with every event that the core has just handled. */
  handled(event: ManagerEvent, now: Instant, effects: readonly ManagerEffect[]): void
  /** The core's list with predictions, newest first. */
  list(): readonly HistoryEntry[]
  /** The newest entry whose revision, or commit of the source that it came to, begins so; null when there is none. */
  detail(revision: string): Promise<HistoryDetail | null>
  /** Whether a commit did what its reviewed plan said; null stands for the newest. Undefined: it names none. */
  reviewed(revision: string | null): ReviewedPlan | undefined
  durations(): RecordedDurations
  snapshot(now: Instant): Snapshot
  /** Resolves when everything so far is stored. */
  flush(): Promise<void>
  close(): Promise<void>
}

const SAVE_MS = 3_000
const PREDICT_MS = 10_000
/** A prediction is not known better than this: where it and what happened are both shorter, they agree. */
const DEVIATION_MIN_MS = 100
const NO_PREDICTION = 'this manager makes no predictions'
const JUST_STARTED = 'the manager had just started'

/** Reads what is stored and goes on from it; what cannot be read is logged and begun anew. */
export async function openHistoryKeeper(options: KeeperOptions): Promise<HistoryKeeper> {
  const { core, store, log } = options
  const newest = core.history[0]
  try {
    const durations = new DurationLog(await loadDurations(store))
    const predicted = new Map<string, number | null>()
    const records = await loadTimelines(store)
    for (const record of records) {
      if (record.predicted !== null) predicted.set(entryKey(record), record.predicted.convergedMs)
    }
    const keeper = new Keeper(options, durations, predicted)
    for (const record of records) keeper.resumeReview(record)
    const record = newest === undefined ? null : await loadTimeline(store, newest.revision, newest.takenAt)
    if (record !== null) keeper.resume(record)
    return keeper
  } catch (error) {
    log(`history: what was stored of timelines and durations cannot be read: ${messageOf(error)}: begun anew`)
    return new Keeper(options, new DurationLog(noDurations), new Map())
  }
}

class Keeper implements HistoryKeeper {
  readonly #options: KeeperOptions
  readonly #durations: DurationLog
  readonly #measurements: PodMeasurements
  /** Predicted milliseconds by entry. */
  readonly #predicted: Map<string, number | null>
  readonly #reviews: PlanReviews
  /** The commit that rolls out now. */
  #current: TrackedCommit | null = null
  #desired: DesiredState | null
  #savedDurations: RecordedDurations
  #timer: NodeJS.Timeout | undefined
  #saving: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: KeeperOptions, durations: DurationLog, predicted: Map<string, number | null>) {
    this.#options = options
    this.#durations = durations
    this.#measurements = new PodMeasurements(durations)
    this.#predicted = predicted
    this.#desired = options.core.desired
    this.#savedDurations = durations.durations()
    this.#reviews = new PlanReviews({
      review: options.review,
      log: options.log,
      changed: () => {
        this.#saveSoon()
        options.reviewChanged?.()
      },
    })
  }

  resumeReview(record: TimelineRecord): void {
    this.#reviews.resume(record, record.reviewed)
  }

  /** Goes on with what a manager before this one recorded of the newest commit. */
  resume(record: TimelineRecord): void {
    this.#current = TrackedCommit.resume(record)
  }

  handled(event: ManagerEvent, now: Instant, effects: readonly ManagerEffect[]): void {
    if (event.type === 'desired') this.#takeDesired(event.desired, now)
    else if (event.type === 'agent-message') this.#takeMessage(event.node, event.message, now)
    for (const effect of effects) if (effect.type === 'commit-plan') this.#takePlan(effect.plan)
    const newest = this.#options.core.history[0]
    const recorder = this.#current?.recorder
    if (recorder !== undefined && !recorder.isOver && newest?.outcome === 'converged') {
      recorder.converge(newest.convergedAt ?? now)
      this.#current?.askNow()
    }
    if (recorder?.takeChange() === true || this.#durations.durations() !== this.#savedDurations) this.#saveSoon()
  }

  list(): readonly HistoryEntry[] {
    return this.#options.core.history.map((entry) => this.#withPrediction(entry))
  }

  async detail(revision: string): Promise<HistoryDetail | null> {
    const entry = this.#options.core.history.find((candidate) => isNamed(candidate, revision))
    if (entry === undefined || revision === '') return null
    const current = this.#current
    const isCurrent = current !== null && entryKey(current) === entryKey(entry)
    await this.#saving
    const record = isCurrent
      ? this.#recordOf(current)
      : await loadTimeline(this.#options.store, entry.revision, entry.takenAt)
    const { actual = null, predicted = null } = record ?? {}
    const note = record?.note ?? 'its timeline is not kept any more'
    return { ...this.#withPrediction(entry), actual, predicted, note }
  }

  reviewed(revision: string | null): ReviewedPlan | undefined {
    const { history } = this.#options.core
    const entry = revision === null ? history[0] : history.find((candidate) => candidate.revision === revision)
    return entry === undefined ? undefined : this.#reviews.of(entry)
  }

  durations(): RecordedDurations {
    return this.#durations.durations()
  }

  snapshot(now: Instant): Snapshot {
    const { core, clusterId, plannerVersion } = this.#options
    return makeSnapshot(core, { takenAt: now, clusterId, plannerVersion, durations: this.durations() })
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const durations = this.#durations.durations()
    if (this.#current !== null) this.#save(this.#recordOf(this.#current))
    if (durations !== this.#savedDurations) this.#store((store) => saveDurations(store, durations))
    this.#savedDurations = durations
    return this.#saving
  }

  async close(): Promise<void> {
    this.#current?.giveUp()
    await this.flush()
    this.#isClosed = true
  }

  #save(record: TimelineRecord): void {
    this.#store((store) => saveTimeline(store, record))
  }

  /** One after the other; nothing once the store may be closed. */
  #store(write: (store: Store) => Promise<void>): void {
    if (this.#isClosed) return
    const { store, log } = this.#options
    this.#saving = this.#saving.then(() => write(store)).catch((error: unknown) => log(`history: ${messageOf(error)}`))
  }

  #takeDesired(desired: DesiredState, now: Instant): void {
    const before = this.#desired
    this.#desired = desired
    const newest = this.#options.core.history[0]
    if (newest === undefined || newest.takenAt !== now) return
    if (this.#current !== null && entryKey(this.#current) === entryKey(newest)) return
    // What became of the one before is written as it stands.
    this.#current?.askNow()
    void this.flush()
    const { predict, predictMs = PREDICT_MS } = this.#options
    const current = TrackedCommit.begin(newest, predict === undefined ? NO_PREDICTION : JUST_STARTED)
    if (predict !== undefined && before !== null) {
      // The core has taken the commit already, but not planned for it: all else is as it was.
      const snapshot: Snapshot = { ...this.snapshot(now), desired: before }
      const ask = (): Promise<PredictedTimeline> => predict(snapshot, desired)
      current.askLater({ ask, afterMs: predictMs, onAnswer: (commit) => this.#takeAnswer(commit) })
    }
    this.#current = current
    this.#reviews.begin(newest, before, desired, () => ({ ...this.snapshot(now), desired: before }))
    this.#saveSoon()
  }

  #recordOf(commit: TrackedCommit): TimelineRecord {
    const reviewed = this.#reviews.of(commit)
    return { ...commit.record(), ...(reviewed !== undefined && { reviewed }) }
  }

  #takeAnswer(commit: TrackedCommit): void {
    const record = this.#recordOf(commit)
    if (record.predicted !== null) this.#predicted.set(entryKey(commit), record.predicted.convergedMs)
    else this.#options.log(`history: ${record.note}`)
    this.#save(record)
  }

  #takeMessage(node: string, message: AgentMessage, now: Instant): void {
    if (message.type !== 'hello' && message.type !== 'report') return
    const recorder = this.#current?.recorder
    for (const pod of message.pods) {
      this.#measurements.takePod(pod, now)
      if (recorder?.isOver === false) recorder.takePod(pod, now)
    }
    if (message.type === 'hello') return
    for (const uid of message.gone) {
      this.#measurements.takeGone(uid, now)
      if (recorder?.isOver === false) recorder.takeGone(uid, now)
    }
    for (const { reference, error } of message.resolved) {
      this.#measurements.takeResolved(node, reference, error === '', now)
    }
  }

  #takePlan(plan: Plan): void {
    const recorder = this.#current?.recorder
    if (!plan.actions.some((action) => 'pod' in action || action.type === 'resolve-image')) return
    const { core } = this.#options
    const pods = podsOf(plan)
    const world: MeasuredWorld = {
      node: (name) => core.observed.nodes.get(name),
      spec: ({ replicaSet }) =>
        (plan.delta.replicaSets.get(replicaSet) ?? core.planned.replicaSets.get(replicaSet))?.template.spec,
    }
    this.#measurements.takePlan(plan, pods, world)
    if (recorder?.isOver === false) recorder.takePlan(plan, pods, world.spec)
  }

  #withPrediction(entry: HistoryEntry): HistoryEntry {
    const reviewed = this.#reviews.of(entry)
    const known = reviewed === undefined ? entry : { ...entry, reviewed }
    const predictedMs = this.#predicted.get(entryKey(entry))
    if (predictedMs === undefined) return known
    const tookMs = entry.convergedAt === null ? null : entry.convergedAt - entry.takenAt
    const isKnown =
      tookMs !== null && predictedMs !== null && predictedMs > 0 && Math.max(tookMs, predictedMs) >= DEVIATION_MIN_MS
    return { ...known, predictedMs, deviation: isKnown ? (tookMs - predictedMs) / predictedMs : null }
  }

  #saveSoon(): void {
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.saveMs ?? SAVE_MS)
  }
}

/** Every pod that a plan leaves on what it touches, by uid. */
function podsOf({ delta }: Plan): ReadonlyMap<PodUid, PlannedPod> {
  const pods = new Map<PodUid, PlannedPod>()
  for (const pod of delta.pending ?? []) pods.set(pod.uid, pod)
  for (const node of delta.nodes.values()) for (const pod of node?.pods ?? []) pods.set(pod.uid, pod)
  return pods
}

function isNamed({ revision, source = '', commits = {} }: HistoryEntry, text: string): boolean {
  return revision.startsWith(text) || commits[source]?.startsWith(text) === true
}

function entryKey({ revision, takenAt }: { readonly revision: string; readonly takenAt: Instant }): string {
  return `${takenAt} ${revision}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
