/** A reviewed plan's fingerprint against the plan as it is now. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredState } from '../../../src/model/desired-state.js'
import type { Snapshot } from '../../../src/model/snapshot.js'
import { checkFingerprint, FingerprintError } from '../../../src/simulation/preview/fingerprint.js'
import { previewChange, reviewChange } from '../../../src/simulation/preview/preview-change.js'
import { desiredOf, hosts, snapshotAt, web } from './preview-world.js'

const fingerprints = suite('fingerprint')

const base = desiredOf([web('web')])
const head = desiredOf([web('web', { image: 'web:2' })], 'head', base)
const snapshot = snapshotAt(base, hosts(3))
const reviewed = previewChange({ snapshot, base, head }).fingerprint

function check(now: Snapshot, from: DesiredState, to: DesiredState): ReturnType<typeof checkFingerprint> {
  return checkFingerprint(reviewed, previewChange({ snapshot: now, base: from, head: to }), now)
}

fingerprints('nothing has changed: as reviewed', () => {
  assert.equal(check(snapshot, base, head), { asReviewed: true, changes: [] })
})

fingerprints('time passes and durations are measured: as reviewed', () => {
  const durations = { images: new Map([['web:2', { ready: [9_000] }]]), templates: new Map() }
  assert.equal(check({ ...snapshot, takenAt: snapshot.takenAt + 3_600_000, durations }, base, head), {
    asReviewed: true,
    changes: [],
  })
})

fingerprints('the merge commit has another id: as reviewed', () => {
  assert.ok(check(snapshot, base, { ...head, revision: 'merged' }).asReviewed)
})

fingerprints('a host left: named, and how the plan differs', () => {
  const nodes = new Map([...snapshot.observed.nodes].filter(([name]) => name !== 'node0002'))
  const gone = { ...snapshot, observed: { ...snapshot.observed, nodes, unheard: ['node0002'] } }
  const { asReviewed, changes } = check(gone, base, head)
  assert.not.ok(asReviewed)
  assert.ok(changes.includes('host node0002 left, or is silent'), changes.join('; '))
  assert.ok(changes.some((text) => text.startsWith('the plan differs')))
})

fingerprints('a host joined that the plan does not need: as reviewed, and named', () => {
  const [extra] = hosts(1)
  assert.ok(extra !== undefined)
  const node = {
    ...extra,
    facts: { ...extra.facts, name: 'zz', allocatable: { ...extra.facts.allocatable, cpuMilli: 1 } },
  }
  const nodes = new Map([...snapshot.observed.nodes, ['zz', node] as const])
  const { asReviewed, changes } = check({ ...snapshot, observed: { ...snapshot.observed, nodes } }, base, head)
  assert.ok(asReviewed, changes.join('; '))
  assert.ok(changes.includes('host zz has joined'), changes.join('; '))
})

fingerprints('another commit came first', () => {
  const first = desiredOf([web('web'), web('api', { replicas: 1 })], 'first', base)
  const second = desiredOf([web('web', { image: 'web:2' }), web('api', { replicas: 1 })], 'second', first)
  const { asReviewed, changes } = check(snapshotAt(first, hosts(3)), first, second)
  assert.match(changes[0] ?? '', /another commit came first: the plan was made on base, now first is desired/)
  assert.is(asReviewed, changes.includes('the plan is the same all the same'))
})

fingerprints('the change is another one', () => {
  const other = desiredOf([web('web', { image: 'worker:1' })], 'head', base)
  const { asReviewed, changes } = check(snapshot, base, other)
  assert.not.ok(asReviewed)
  assert.match(changes[0] ?? '', /change itself is another/)
})

for (const text of ['', 'p1', 'p0.a.b.c.d.e.1r2c3d.', reviewed.slice(0, 40), `${reviewed}.more`]) {
  fingerprints(`no fingerprint: ${text}`, () => {
    assert.throws(
      () => checkFingerprint(text, { fingerprint: reviewed }, snapshot),
      (error: unknown) => error instanceof FingerprintError && /copy it whole/.test(error.message),
    )
  })
}

fingerprints('at a merge: each trailer has its answer, and one that is no fingerprint stops nothing', () => {
  const other = previewChange({ snapshot, base, head: desiredOf([web('web', { image: 'web:3' })], 'other', base) })
  const answers = reviewChange({ snapshot, base, head }, [reviewed, other.fingerprint, 'p1.rubbish'])
  assert.equal(
    answers.map(({ outcome }) => outcome),
    ['as-reviewed', 'differs', 'unreadable'],
  )
  assert.equal(answers[0]?.changes, [])
  assert.is(answers[1]?.changes[0], 'the change itself is another than the one that was reviewed')
  assert.match(answers[2]?.changes[0] ?? '', /p1.rubbish is not a plan's fingerprint: copy it whole/)
})

fingerprints.run()
