/**
 * Whether commits did what their reviewed plans said when they were taken: asked once for each commit that names a plan,
 * of whoever can tell, and kept beside its timeline. Looks on only: no answer holds a commit back.
 */
import type { Instant } from '../../base/instant.js'
import type { DesiredState } from '../../model/desired-state.js'
import {
  combineReviews,
  newReviews,
  type ReviewAnswer,
  type ReviewedPlan,
  type ReviewTrailer,
} from '../../model/reviewed-plan.js'
import type { Snapshot } from '../../model/snapshot.js'

/**
 * Holds the fingerprints of reviewed plans against what a desired state does to a cluster; one answer each. Must not hold
 * up the loop: it may take its time, elsewhere. A rejection's message is kept as the reason why there is no answer.
 */
export type Review = (
  snapshot: Snapshot,
  desired: DesiredState,
  fingerprints: readonly string[],
) => Promise<readonly ReviewAnswer[]>

/** Which commit, by history's reckoning. */
export interface ReviewedEntry {
  readonly revision: string
  readonly takenAt: Instant
}

export interface PlanReviewParts {
  /** Absent: nobody can tell. */
  readonly review: Review | undefined
  log(line: string): void
  /** The outcome for an entry is another than before. */
  changed(entry: ReviewedEntry): void
}

const JUST_STARTED = 'the manager had just started and did not know what was desired before'
const STOPPED = 'the manager stopped before it was compared'
const NO_REVIEW = 'this manager compares no plans'

export class PlanReviews {
  readonly #parts: PlanReviewParts
  readonly #plans = new Map<string, ReviewedPlan>()

  constructor(parts: PlanReviewParts) {
    this.#parts = parts
  }

  /** What a manager before this one knew of a commit. */
  resume(entry: ReviewedEntry, plan: ReviewedPlan | undefined): void {
    if (plan === undefined) return
    this.#plans.set(
      keyOf(entry),
      plan.outcome === 'checking' ? { ...plan, outcome: 'unchecked', changes: [STOPPED] } : plan,
    )
  }

  /** Undefined: the commit names no plan. */
  of(entry: ReviewedEntry): ReviewedPlan | undefined {
    return this.#plans.get(keyOf(entry))
  }

  /** A commit was taken. `snapshot` is made only when there is something to compare: as it was, with `before` desired. */
  begin(entry: ReviewedEntry, before: DesiredState | null, after: DesiredState, snapshot: () => Snapshot): void {
    const trailers = before === null ? reviewsOfTips(after) : newReviews(before.reviews, after.reviews)
    const [newest] = trailers
    if (newest === undefined) return
    const { review } = this.#parts
    if (before === null || review === undefined) {
      const changes = [before === null ? JUST_STARTED : NO_REVIEW]
      this.#set(entry, { ...newest, outcome: 'unchecked', changes })
      return
    }
    this.#set(entry, { ...newest, outcome: 'checking', changes: [] })
    const fingerprints = trailers.map(({ fingerprint }) => fingerprint)
    review(snapshot(), after, fingerprints)
      .then((answers) => combineReviews(trailers, answers))
      .catch((error: unknown): ReviewedPlan => {
        const why = error instanceof Error ? error.message : String(error)
        return { ...newest, outcome: 'unchecked', changes: [`the plans could not be compared: ${why}`] }
      })
      .then((plan) => this.#set(entry, plan))
      .catch((error: unknown) => this.#parts.log(`history: ${String(error)}`))
  }

  #set(entry: ReviewedEntry, plan: ReviewedPlan): void {
    this.#plans.set(keyOf(entry), plan)
    if (plan.outcome !== 'checking') this.#parts.log(logLine(entry, plan))
    this.#parts.changed(entry)
  }
}

const words: Readonly<Record<ReviewedPlan['outcome'], string>> = {
  checking: 'being compared with its reviewed plan',
  'as-reviewed': 'as reviewed',
  differs: 'not as reviewed',
  unreadable: 'its Headway-Plan trailer cannot be read',
  unchecked: 'not compared with its reviewed plan',
}

function logLine({ revision }: ReviewedEntry, { outcome, changes }: ReviewedPlan): string {
  return `commit ${revision.slice(0, 10)}: ${words[outcome]}${changes.length === 0 ? '' : `: ${changes.join('; ')}`}`
}

/** Of a commit that a manager finds at its start only the tip's own trailers are known to be new. */
function reviewsOfTips({ reviews = [], sources }: DesiredState): readonly ReviewTrailer[] {
  return reviews.filter(({ commit }) => sources.some((source) => source.commit === commit))
}

function keyOf({ revision, takenAt }: ReviewedEntry): string {
  return `${takenAt} ${revision}`
}
