/** Which trailers are new with a merge, and the one outcome of several. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { combineReviews, newReviews, type ReviewAnswer, type ReviewTrailer } from '../../src/model/reviewed-plan.js'

const reviews = suite('reviewed plans')
const at = (commit: string, fingerprint = 'p1.x'): ReviewTrailer => ({ commit, fingerprint })

const news = [
  { name: 'none', before: undefined, after: undefined, commits: [] },
  { name: 'the first', before: undefined, after: [at('b')], commits: ['b'] },
  { name: 'one more', before: [at('a')], after: [at('b'), at('a')], commits: ['b'] },
  { name: 'the same again', before: [at('a')], after: [at('a')], commits: [] },
  { name: 'the same plan in another commit', before: [at('a')], after: [at('c'), at('a')], commits: ['c'] },
  { name: 'gone back', before: [at('b'), at('a')], after: [at('a')], commits: [] },
] as const
for (const { name, before, after, commits } of news) {
  reviews(`new trailers: ${name}`, () => {
    assert.equal(
      newReviews(before, after).map(({ commit }) => commit),
      commits,
    )
  })
}

const same: ReviewAnswer = { outcome: 'as-reviewed', changes: [] }
const other: ReviewAnswer = { outcome: 'differs', changes: ['a host left'] }
const broken: ReviewAnswer = { outcome: 'unreadable', changes: ['no fingerprint'] }
const combinations = [
  { name: 'one as reviewed', answers: [same], commit: 'c0', outcome: 'as-reviewed', changes: [] },
  { name: 'one differs', answers: [other], commit: 'c0', outcome: 'differs', changes: ['a host left'] },
  { name: 'the one that holds counts', answers: [broken, same], commit: 'c1', outcome: 'as-reviewed', changes: [] },
  {
    name: 'else the newest',
    answers: [other, broken],
    commit: 'c0',
    outcome: 'differs',
    changes: ['2 reviewed plans were merged at once, this is the newest', 'a host left'],
  },
] as const
for (const { name, answers, commit, outcome, changes } of combinations) {
  reviews(`one outcome: ${name}`, () => {
    const trailers = answers.map((_, i) => at(`c${i}`))
    assert.equal(combineReviews(trailers, answers), { commit, fingerprint: 'p1.x', outcome, changes })
  })
}

reviews.run()
