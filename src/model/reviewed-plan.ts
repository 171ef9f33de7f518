/**
 * A plan that people reviewed before they merged it, and whether the merge came to the same. The merge names the plan by
 * its fingerprint in a trailer: `Headway-Plan: p2.…`.
 */

import { assert } from '../base/assert.js'

/** A trailer of a commit, as it is written. */
export interface ReviewTrailer {
  /** The commit that carries it. */
  readonly commit: string
  /** Not yet known to be a fingerprint. */
  readonly fingerprint: string
}

/** What came of one: recorded in history, never a reason to hold a commit back. */
export interface ReviewedPlan extends ReviewTrailer {
  /**
   * `differs`: the plan at the merge is another than the one that was reviewed; `unreadable`: the trailer is no
   * fingerprint; `unchecked`: they could not be compared; `checking`: not compared yet.
   */
  readonly outcome: 'checking' | 'as-reviewed' | 'differs' | 'unreadable' | 'unchecked'
  /** Sentences: what is another since the review, and how the plan differs; or why it was not compared. */
  readonly changes: readonly string[]
}

/** How one fingerprint compares with the plan as it is now. */
export interface ReviewAnswer {
  readonly outcome: 'as-reviewed' | 'differs' | 'unreadable'
  readonly changes: readonly string[]
}

/** Trailers of the commits that came between two desired states, newest first; those that were there before do not count again. */
export function newReviews(
  before: readonly ReviewTrailer[] | undefined,
  after: readonly ReviewTrailer[] | undefined,
): readonly ReviewTrailer[] {
  const known = new Set((before ?? []).map(({ commit }) => commit))
  return (after ?? []).filter(({ commit }) => !known.has(commit))
}

/**
 * The one outcome of a merge. Several plans may have been merged at once: the one that is as reviewed counts, else the
 * newest, with a sentence that there were more. `answers` has one for each trailer, of which there is at least one.
 */
export function combineReviews(trailers: readonly ReviewTrailer[], answers: readonly ReviewAnswer[]): ReviewedPlan {
  const pairs = trailers.flatMap(({ commit, fingerprint }, i): readonly ReviewedPlan[] => {
    const answer = answers[i]
    return answer === undefined ? [] : [{ commit, fingerprint, outcome: answer.outcome, changes: answer.changes }]
  })
  const chosen = pairs.find(({ outcome }) => outcome === 'as-reviewed') ?? pairs[0]
  assert(chosen !== undefined, 'a trailer has an answer')
  if (pairs.length === 1 || chosen.outcome === 'as-reviewed') return chosen
  const changes = [`${pairs.length} reviewed plans were merged at once, this is the newest`, ...chosen.changes]
  return { ...chosen, changes }
}
