/** History beside the core: predictions, timelines and durations, through the store and back. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type HistoryKeeper,
  type KeeperOptions,
  openHistoryKeeper,
} from '../../../src/manager/history/history-keeper.js'
import { loadTimelines, saveDurations, saveTimeline } from '../../../src/manager/history/history-records.js'
import { noDurations } from '../../../src/model/recorded-durations.js'
import type { ReviewTrailer } from '../../../src/model/reviewed-plan.js'
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../../../src/model/snapshot.js'
import type { PredictedTimeline } from '../../../src/model/timeline.js'
import { openMemoryStore } from '../../../src/store/memory-store.js'
import type { Store } from '../../../src/store/store.js'
import { makeDeployment, makeDesired } from '../../support/desired.js'
import { waitFor } from '../../support/wait-for.js'
import { FastAgent, Rig } from '../core/rig.js'

const predicted: PredictedTimeline = { pods: [], omitted: 0, replaced: 3, convergedMs: 2_000 }

interface Kept {
  readonly rig: Rig
  readonly keeper: HistoryKeeper
  readonly log: string[]
}

async function openKept(store: Store, options: Partial<KeeperOptions> = {}): Promise<Kept> {
  const rig = new Rig([], false)
  const log: string[] = []
  const facts = { clusterId: 'c', plannerVersion: '0.1.0', log: (line: string) => log.push(line) }
  const keeper = await openHistoryKeeper({ core: rig.core, store, ...facts, ...options })
  rig.onHandled = (event, now, effects) => keeper.handled(event, now, effects)
  rig.connect(new FastAgent('node1'))
  return { rig, keeper, log }
}

/** Takes a commit a second later, and rolls it out. */
function commit({ rig }: Kept, revision: string, replicas: number, reviews: readonly ReviewTrailer[] = []): void {
  rig.now += 1_000
  const before = rig.core.desired
  const manifests = [makeDeployment({ replicas, image: 'web:v1' })]
  const desired = makeDesired(manifests, { revision, ...(before === null ? {} : { before }) })
  rig.handle({ type: 'desired', desired: reviews.length === 0 ? desired : { ...desired, reviews } })
  rig.settle()
}

const keepers = suite('history keeper')

keepers('a commit has the timeline of its pods, and says why there is no prediction', async () => {
  const store = openMemoryStore()
  const kept = await openKept(store)
  commit(kept, 'abc1', 3)
  commit(kept, 'abc2', 1)
  const [second, first] = [await kept.keeper.detail('abc2'), await kept.keeper.detail('abc1')]
  assert.is(first?.outcome, 'converged')
  assert.is(first?.note, 'this manager makes no predictions')
  assert.is(first?.predicted, null)
  assert.is(first?.actual?.pods.length, 3)
  assert.is(first?.actual?.convergedMs, 0)
  for (const pod of first?.actual?.pods ?? []) {
    assert.match(pod.pod, /^default\/web-/)
    assert.is(pod.node, 'node1')
    assert.equal([pod.createdMs, pod.boundMs, pod.readyMs, pod.stopOrderedMs], [0, 0, 0, null])
  }
  assert.equal(
    second?.actual?.pods.map(({ createdMs, stopOrderedMs, goneMs, reason }) => [
      createdMs,
      stopOrderedMs,
      goneMs,
      reason,
    ]),
    [
      [null, 0, 0, 'scale-down'],
      [null, 0, 0, 'scale-down'],
    ],
  )
  assert.is(second?.actual?.replaced, 0)
  assert.is(await kept.keeper.detail('fff'), null)
  assert.is(await kept.keeper.detail(''), null)
  assert.is((await kept.keeper.detail('abc'))?.revision, 'abc2')
  await kept.keeper.close()
})

keepers('a prediction is asked for from what was, and stands beside what came', async () => {
  const store = openMemoryStore()
  const asked: { snapshot: Snapshot; revision: string }[] = []
  const kept = await openKept(store, {
    predict: async (snapshot, desired) => {
      asked.push({ snapshot, revision: desired.revision })
      return predicted
    },
  })
  commit(kept, 'abc1', 3)
  assert.is((await kept.keeper.detail('abc1'))?.note, 'the manager had just started')
  commit(kept, 'abc2', 5)
  await waitFor('the prediction', 2_000, async () => (await kept.keeper.detail('abc2'))?.predicted !== null)
  const [entry] = kept.keeper.list()
  assert.equal([entry?.predictedMs, entry?.deviation], [2_000, -1])
  assert.is((await kept.keeper.detail('abc2'))?.note, '')
  assert.is(asked.length, 1)
  assert.is(asked[0]?.revision, 'abc2')
  assert.is(asked[0]?.snapshot.desired?.revision, 'abc1')
  assert.is(asked[0]?.snapshot.planned.revision, 'abc1')
  assert.equal(decodeSnapshot(encodeSnapshot(asked[0]!.snapshot)), asked[0]!.snapshot)
  await kept.keeper.close()
})

/** A commit that converges at once, in no time. */
const deviations: readonly (readonly [predictedMs: number, deviation: number | null])[] = [
  [0, null],
  [99, null],
  [100, -1],
]
for (const [convergedMs, deviation] of deviations) {
  keepers(`predicted to take ${convergedMs} ms: a deviation of ${deviation}`, async () => {
    const kept = await openKept(openMemoryStore(), { predict: async () => ({ ...predicted, convergedMs }) })
    commit(kept, 'abc1', 3)
    commit(kept, 'abc2', 5)
    await waitFor('the prediction', 2_000, async () => (await kept.keeper.detail('abc2'))?.predicted !== null)
    const [entry] = kept.keeper.list()
    assert.equal([entry?.predictedMs, entry?.deviation], [convergedMs, deviation])
    await kept.keeper.close()
  })
}

keepers('in a cluster of several sources a commit is found by its own id too', async () => {
  const kept = await openKept(openMemoryStore())
  const states = [
    { platform: 'aaaa1', shop: 'bbbb1' },
    { platform: 'aaaa1', shop: 'bbbb2' },
  ]
  states.forEach((commits, i) => {
    const sources = Object.entries(commits).map(([id, commit]) => {
      return { id, url: `/${id}`, branch: 'main', path: '', commit, author: 'A', subject: commit, committedAt: i }
    })
    kept.rig.now += 1_000
    const desired = {
      ...makeDesired([makeDeployment({ replicas: i, image: 'web:v1' })], { revision: `c0de${i}` }),
      sources,
    }
    kept.rig.handle({ type: 'desired', desired })
    kept.rig.settle()
  })
  const found = await Promise.all(['bbbb2', 'bbbb', 'c0de0', 'aaaa'].map((text) => kept.keeper.detail(text)))
  assert.equal(
    found.map((detail) => detail?.subject),
    ['bbbb2', 'bbbb2', 'aaaa1', 'aaaa1'],
  )
  assert.is(await kept.keeper.detail('bbbb1'), null, 'nothing of it came with that commit alone')
  await kept.keeper.close()
})

keepers('hosts come first: a prediction is asked for after convergence, a newer commit, or a while', async () => {
  const asked: string[] = []
  const predict = async (_: Snapshot, { revision }: { readonly revision: string }): Promise<PredictedTimeline> => {
    asked.push(revision)
    return predicted
  }
  const kept = await openKept(openMemoryStore(), { predict })
  commit(kept, 'abc1', 1)
  kept.rig.isCommitting = false
  commit(kept, 'abc2', 2)
  assert.equal(asked, [])
  commit(kept, 'abc3', 3)
  assert.equal(asked, ['abc2'])
  await kept.keeper.close()
  const other = await openKept(openMemoryStore(), { predict, predictMs: 1 })
  commit(other, 'def1', 1)
  other.rig.isCommitting = false
  commit(other, 'def2', 2)
  await waitFor('the prediction', 2_000, () => asked.length === 2)
  assert.equal(asked, ['abc2', 'def2'])
  await other.keeper.close()
})

keepers('a prediction that fails is a reason, not a failure', async () => {
  const kept = await openKept(openMemoryStore(), { predict: () => Promise.reject(new Error('too many pods')) })
  commit(kept, 'abc1', 1)
  commit(kept, 'abc2', 2)
  const wanted = 'the prediction failed: too many pods'
  await waitFor('the reason', 2_000, async () => (await kept.keeper.detail('abc2'))?.note === wanted)
  assert.ok(kept.rig.core.isConverged)
  await kept.keeper.close()
})

keepers('what was stored is there after a restart, and the newest commit goes on', async () => {
  const store = openMemoryStore()
  const kept = await openKept(store, { predict: async () => predicted })
  commit(kept, 'abc1', 1)
  commit(kept, 'abc2', 2)
  await waitFor('the prediction', 2_000, async () => (await kept.keeper.detail('abc2'))?.predicted !== null)
  const before = await kept.keeper.detail('abc2')
  await kept.keeper.close()
  const { core } = kept.rig
  const again = await openHistoryKeeper({
    core,
    store,
    clusterId: 'c',
    plannerVersion: '0.1.0',
    log: assert.unreachable,
  })
  assert.equal(await again.detail('abc2'), before)
  assert.equal(again.list()[0]?.predictedMs, 2_000)
  assert.equal(again.durations(), kept.keeper.durations())
  await again.close()
})

const trailer = (name: string, fingerprint: string): ReviewTrailer => ({ commit: name, fingerprint })

keepers('a reviewed plan is compared at once, with what was desired before, and its outcome is kept', async () => {
  const store = openMemoryStore()
  const asked: string[] = []
  let changes = 0
  const kept = await openKept(store, {
    review: async (snapshot, desired, fingerprints) => {
      asked.push(`${snapshot.desired?.revision} ${desired.revision} ${fingerprints.join(' ')}`)
      return fingerprints.map((text) => ({ outcome: text === 'p1.a' ? 'as-reviewed' : 'differs', changes: [] }))
    },
    reviewChanged: () => {
      changes++
    },
  })
  commit(kept, 'abc1', 1)
  commit(kept, 'abc2', 2, [trailer('abc2', 'p1.a')])
  assert.equal(asked, ['abc1 abc2 p1.a'])
  assert.is(kept.keeper.reviewed(null)?.outcome, 'checking')
  await waitFor('the answer', 2_000, () => kept.keeper.reviewed('abc2')?.outcome === 'as-reviewed')
  assert.is(changes, 2)
  // A trailer that was there before does not count again.
  commit(kept, 'abc3', 3, [trailer('abc2', 'p1.a')])
  assert.is(kept.keeper.reviewed(null), undefined)
  commit(kept, 'abc4', 4, [trailer('abc4', 'p1.b'), trailer('abc2', 'p1.a')])
  await waitFor('the answer', 2_000, () => kept.keeper.reviewed('abc4')?.outcome === 'differs')
  assert.equal(
    kept.keeper.list().map(({ reviewed }) => reviewed?.outcome),
    ['differs', undefined, 'as-reviewed', undefined],
  )
  assert.match(kept.log.join('\n'), /commit abc2: as reviewed\ncommit abc4: not as reviewed/)
  await kept.keeper.close()
  const facts = { clusterId: 'c', plannerVersion: '0.1.0', log: assert.unreachable }
  const again = await openHistoryKeeper({ core: kept.rig.core, store, ...facts })
  assert.is(again.reviewed('abc2')?.outcome, 'as-reviewed')
  assert.equal((await again.detail('abc4'))?.reviewed, { ...trailer('abc4', 'p1.b'), outcome: 'differs', changes: [] })
  await again.close()
})

keepers('a plan that cannot be compared says why and holds nothing back', async () => {
  const kept = await openKept(openMemoryStore(), { review: () => Promise.reject(new Error('out of memory')) })
  commit(kept, 'abc1', 1, [trailer('abc1', 'p1.a'), trailer('older', 'p1.z')])
  const first = kept.keeper.reviewed('abc1')
  assert.equal([first?.commit, first?.outcome], ['abc1', 'unchecked'])
  assert.match(first?.changes[0] ?? '', /just started/)
  commit(kept, 'abc2', 2, [trailer('abc2', 'rubbish')])
  await waitFor('the reason', 2_000, () => kept.keeper.reviewed('abc2')?.outcome === 'unchecked')
  assert.equal(kept.keeper.reviewed('abc2')?.changes, ['the plans could not be compared: out of memory'])
  assert.ok(kept.rig.core.isConverged)
  await kept.keeper.close()
})

keepers('a manager that stops while it compares says so when it is back', async () => {
  const store = openMemoryStore()
  const kept = await openKept(store, { review: () => new Promise(() => {}) })
  commit(kept, 'abc1', 1)
  commit(kept, 'abc2', 2, [trailer('abc2', 'p1.a')])
  await kept.keeper.close()
  const facts = { clusterId: 'c', plannerVersion: '0.1.0', log: assert.unreachable }
  const again = await openHistoryKeeper({ core: kept.rig.core, store, ...facts })
  assert.equal(again.reviewed('abc2')?.changes, ['the manager stopped before it was compared'])
  await again.close()
})

keepers('only the newest hundred timelines are kept', async () => {
  const store = openMemoryStore()
  const actual = { pods: [], omitted: 0, replaced: 0, convergedMs: null }
  for (let i = 0; i < 103; i++) {
    await saveTimeline(store, { revision: `c${i}`, takenAt: i * 1_000, actual, predicted: null, note: '' })
  }
  const kept = await loadTimelines(store)
  assert.is(kept.length, 100)
  assert.is(kept[0]?.revision, 'c3')
  assert.is(kept.at(-1)?.revision, 'c102')
})

keepers('a store that cannot be read is begun anew, with a word', async () => {
  const store = openMemoryStore()
  await saveDurations(store, noDurations)
  await store.transact({ compare: [], changes: [{ type: 'put', key: '/history/durations', value: '{' }] })
  const kept = await openKept(store)
  assert.is(kept.log.length, 1)
  assert.match(kept.log[0]!, /cannot be read: .*begun anew/)
  commit(kept, 'abc1', 1)
  assert.is((await kept.keeper.detail('abc1'))?.actual?.pods.length, 1)
  await kept.keeper.close()
})

keepers.run()
