/** Predictions in a thread: the same as without one, and the manager goes on meanwhile. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeForecasts } from '../../src/cli/processes/predict.js'
import { emptyPlannedState } from '../../src/model/planned-state.js'
import { noDurations } from '../../src/model/recorded-durations.js'
import type { Snapshot } from '../../src/model/snapshot.js'
import { predictTimeline, previewChange, reviewChange } from '../../src/simulation/preview/preview-change.js'
import { makeFacts } from '../support/builders.js'
import { makeDeployment, makeDesired } from '../support/desired.js'

const predictions = suite('predictions')

const before = makeDesired([makeDeployment({ replicas: 1 })], { revision: 'c1' })
const after = makeDesired([makeDeployment({ replicas: 3 })], { revision: 'c2', before })

function makeSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  const images = [{ id: 'sha256:1', names: ['web:v1'], sizeBytes: 1 }]
  const node = {
    facts: makeFacts('node1', { images }),
    silentSince: null,
    connectedAt: 1,
    generation: { epoch: 1, counter: 0 },
    networkVersion: 0,
    pods: new Map(),
    resolvedImages: new Map(),
    taints: [],
  }
  return {
    version: 1,
    takenAt: Date.UTC(2026, 10, 21, 10),
    clusterId: 'c',
    plannerVersion: '0.1.0',
    desired: before,
    planned: emptyPlannedState,
    assignments: [],
    observed: { nodes: new Map([['node1', node]]), unheard: [], heardSince: 1 },
    generation: { epoch: 1, counter: 0 },
    confirmed: null,
    isRecovering: false,
    waiting: [],
    brake: null,
    durations: noDurations,
    ...changes,
  }
}

predictions('the thread answers what the simulation says here', async () => {
  const snapshot = makeSnapshot()
  const timeline = await makeForecasts().predict(snapshot, after)
  assert.equal(timeline, predictTimeline(snapshot, after))
  assert.is(timeline.pods.filter((pod) => pod.readyMs !== null).length, 3)
  assert.ok(timeline.convergedMs !== null)
})

predictions('reviewed plans are compared in the thread as they are here', async () => {
  const snapshot = makeSnapshot()
  const input = { snapshot, base: before, head: after }
  const { fingerprint } = previewChange(input)
  const reviews = await makeForecasts().review(snapshot, after, [fingerprint, 'nonsense'])
  assert.equal(reviews, reviewChange(input, [fingerprint, 'nonsense']))
  assert.is(reviews[0]?.outcome, 'as-reviewed')
})

predictions('one that fails says why, and the next has its turn', async () => {
  const predict = makeForecasts().predict
  const broken = makeSnapshot({ version: 2 as 1 })
  const [failed, good] = await Promise.allSettled([predict(broken, after), predict(makeSnapshot(), after)])
  assert.match(String(failed.status === 'rejected' && failed.reason), /form 2, this program reads form 1/)
  assert.is(good.status, 'fulfilled')
})

predictions('too many at once are refused', async () => {
  const predict = makeForecasts().predict
  const all = await Promise.allSettled([1, 2, 3, 4, 5].map(() => predict(makeSnapshot({ version: 2 as 1 }), after)))
  assert.match(String(all[4]?.status === 'rejected' && all[4].reason), /too many commits came at once/)
})

predictions.run()
