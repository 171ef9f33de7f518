/** A reviewed plan's fingerprint against the plan as it is now. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredState, Manifest, SourceRevision } from '../../../src/model/desired-state.js'
import type { Snapshot } from '../../../src/model/snapshot.js'
import { checkFingerprint, FingerprintError } from '../../../src/simulation/preview/check-fingerprint.js'
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

const several = (image: string, colour: string): readonly Manifest[] => [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { colour } } as Manifest,
  web('a', { replicas: 5, image, container: { envFrom: [{ configMapRef: { name: 'c' } }] } }),
  web('b', { replicas: 4, image, cpu: '100m' }),
  web('c', { replicas: image === 'web:1' ? 4 : 3 }),
]

/** Which of several pods goes first follows from ages, and where the next one goes from which has gone. */
fingerprints('hosts are slow or fast, and pods grow old: as reviewed, wherever pods go then', () => {
  const from = desiredOf(several('web:1', 'red'))
  const to = desiredOf(several('web:2', 'blue'), 'head', from)
  const here = snapshotAt(from, hosts(5))
  const { fingerprint, pods } = previewChange({ snapshot: here, base: from, head: to })
  const places = (all: typeof pods) => all.map(({ owner, toNode }) => `${owner} ${toNode}`).sort()
  const seen = new Set<string>()
  for (const ms of [200, 900, 6_000]) {
    for (const age of [0, 60_000, 86_400_000]) {
      const durations = {
        images: new Map([['web:2', { ready: [ms] }]]),
        templates: new Map([['Deployment.apps/default/b@x', { start: [1_000 - ms / 10] }]]),
      }
      const now = { ...here, takenAt: here.takenAt + age, durations }
      const preview = previewChange({ snapshot: now, base: from, head: to })
      const { asReviewed, changes } = checkFingerprint(fingerprint, preview, now)
      assert.ok(asReviewed, changes.join('; '))
      for (const text of changes) assert.is(text, 'the plan is the same, though pods go to other hosts')
      seen.add(places(preview.pods).join())
    }
  }
  assert.ok(seen.size > 1, 'times move pods in this world')
})

fingerprints('another commit changed another field of the same object: the change is the one that was reviewed', () => {
  const first = desiredOf([web('web', { replicas: 4 })], 'first', base)
  const second = desiredOf([web('web', { replicas: 4, image: 'web:2' })], 'second', first)
  const { asReviewed, changes } = check(snapshotAt(first, hosts(3)), first, second)
  assert.not.ok(asReviewed)
  assert.equal(changes.slice(1), [
    'other pods of these workloads run than when it was reviewed',
    'the plan differs: 4 restarts (3 when reviewed), 0 pods created (0), 0 deleted (0)',
  ])
})

fingerprints('what runs is of another template: differs, though as many pods go', () => {
  const first = desiredOf([web('web', { cpu: '20m' })], 'first', base)
  const second = desiredOf([web('web', { cpu: '20m', image: 'web:2' })], 'second', first)
  const { asReviewed, changes } = check(snapshotAt(first, hosts(3)), first, second)
  assert.not.ok(asReviewed)
  assert.is(
    changes.at(-1),
    'the plan differs: the pods that it touches are of another template than when it was reviewed',
  )
})

fingerprints('the verdict is another one: differs, and says which', () => {
  const budget = (minAvailable: number): Manifest =>
    ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { minAvailable, selector: { matchLabels: { app: 'web' } } },
    }) as Manifest
  const one = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } } }
  const worlds = [2, 3].map((minAvailable) => {
    const from = desiredOf([web('web', one), budget(minAvailable)], `b${minAvailable}`)
    return {
      base: from,
      head: desiredOf([web('web', { ...one, image: 'web:2' }), budget(minAvailable)], 'head', from),
      snapshot: snapshotAt(from, hosts(3)),
    }
  })
  const [loose, strict] = worlds
  assert.ok(loose !== undefined && strict !== undefined)
  const { fingerprint } = previewChange(loose)
  const { asReviewed, changes } = checkFingerprint(fingerprint, previewChange(strict), strict.snapshot)
  assert.not.ok(asReviewed)
  assert.is(changes.at(-1), 'the plan differs: its verdict is fail (ok when reviewed)')
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

const source = (id: string, commit: string): SourceRevision => {
  return { id, url: `/${id}`, branch: 'main', path: '', commit, author: '', subject: '', committedAt: 0 }
}
const commits = { platform: 'aaaaaaaa11', shop: 'bbbbbbbb11' }

interface SourceRow {
  readonly name: string
  readonly now: Readonly<Record<string, string>>
  readonly changes: readonly string[]
}

const sourceRows: readonly SourceRow[] = [
  { name: 'none moved', now: commits, changes: [] },
  {
    name: 'one of them moved',
    now: { ...commits, shop: 'cccccccc11' },
    changes: ['another commit came first in source shop: the plan was made on bbbbbbbb, now cccccccc is desired'],
  },
  {
    name: 'both moved',
    now: { platform: 'dddddddd11', shop: 'cccccccc11' },
    changes: [
      'another commit came first in source platform: the plan was made on aaaaaaaa, now dddddddd is desired',
      'another commit came first in source shop: the plan was made on bbbbbbbb, now cccccccc is desired',
    ],
  },
  {
    name: 'there is a third one since',
    now: { ...commits, team: 'eeeeeeee11' },
    changes: [
      'another commit came first: the plan was made on aaaaaaaa-bbbbbbbb, now aaaaaaaa-bbbbbbbb-eeeeeeee is desired',
    ],
  },
]
for (const { name, now, changes } of sourceRows) {
  fingerprints(`of several sources, ${name}`, () => {
    const at = (state: DesiredState, all: Readonly<Record<string, string>>): DesiredState => {
      return { ...state, sources: Object.entries(all).map(([id, commit]) => source(id, commit)) }
    }
    const there = at(base, commits)
    const { fingerprint } = previewChange({
      snapshot: snapshotAt(there, hosts(3)),
      base: there,
      head: at(head, commits),
    })
    const here = at({ ...base, revision: 'moved' }, now)
    const later = snapshotAt(here, hosts(3))
    const preview = previewChange({ snapshot: later, base: here, head: at(head, now) })
    const answer = checkFingerprint(fingerprint, preview, later)
    assert.equal(answer.changes, changes.length === 0 ? [] : [...changes, 'the plan is the same all the same'])
    assert.ok(answer.asReviewed)
  })
}

fingerprints('the change is another one', () => {
  const other = desiredOf([web('web', { image: 'worker:1' })], 'head', base)
  const { asReviewed, changes } = check(snapshot, base, other)
  assert.not.ok(asReviewed)
  assert.match(changes[0] ?? '', /change itself is another/)
})

fingerprints('one of an older headway says so', () => {
  assert.throws(
    () =>
      checkFingerprint(
        'p1.base.0123456789ab.0123456789ab.01234567.0123.3r0c0d.ab12cd34',
        { fingerprint: reviewed },
        snapshot,
      ),
    /of an older headway: make the plan again/,
  )
})

for (const text of ['', 'p2', 'p0.a.b.c.d.e.1r2c3d.', reviewed.slice(0, 40), `${reviewed}.more`]) {
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
