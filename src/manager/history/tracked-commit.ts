/** One commit as history follows it: its actual timeline as it comes, and its prediction once there is one. */
import type { Instant } from '../../base/instant.js'
import type { PredictedTimeline } from '../../model/timeline.js'
import type { TimelineRecord } from './history-records.js'
import { TimelineRecorder } from './timeline-recorder.js'

const PENDING = 'the prediction was not made yet'

export interface PredictionAsk {
  /** Asks; called once at the most. */
  ask(): Promise<PredictedTimeline>
  /** How long after now at the latest. */
  readonly afterMs: number
  /** The answer or its failure is in the record. */
  onAnswer(commit: TrackedCommit): void
}

export class TrackedCommit {
  readonly revision: string
  readonly takenAt: Instant
  readonly recorder: TimelineRecorder
  #predicted: PredictedTimeline | null
  #note: string
  #asking: PredictionAsk | null = null
  #timer: NodeJS.Timeout | undefined

  /** A commit that was just taken; `note` says why there is no prediction. */
  static begin({ revision, takenAt }: Pick<TimelineRecord, 'revision' | 'takenAt'>, note: string): TrackedCommit {
    return new TrackedCommit({ revision, takenAt, predicted: null, note }, new TimelineRecorder(takenAt, null))
  }

  /** Goes on with what a manager before this one recorded. */
  static resume(record: TimelineRecord): TrackedCommit {
    const note = record.note === PENDING ? 'the manager stopped before the prediction was made' : record.note
    return new TrackedCommit({ ...record, note }, new TimelineRecorder(record.takenAt, record.actual))
  }

  private constructor(record: Omit<TimelineRecord, 'actual'>, recorder: TimelineRecorder) {
    this.revision = record.revision
    this.takenAt = record.takenAt
    this.recorder = recorder
    this.#predicted = record.predicted
    this.#note = record.note
  }

  record(): TimelineRecord {
    const { revision, takenAt } = this
    return { revision, takenAt, actual: this.recorder.timeline(), predicted: this.#predicted, note: this.#note }
  }

  /** Has a prediction asked for after a while, or when `askNow` is called. */
  askLater(asking: PredictionAsk): void {
    this.#asking = asking
    this.#note = PENDING
    this.#timer = setTimeout(() => this.askNow(), asking.afterMs)
    this.#timer.unref()
  }

  askNow(): void {
    const asking = this.#asking
    this.giveUp()
    asking
      ?.ask()
      .then((predicted) => {
        this.#predicted = predicted
        this.#note = ''
      })
      .catch((error: unknown) => {
        this.#note = `the prediction failed: ${error instanceof Error ? error.message : String(error)}`
      })
      .finally(() => asking.onAnswer(this))
  }

  /** Nothing is asked any more. */
  giveUp(): void {
    clearTimeout(this.#timer)
    this.#asking = null
  }
}
