/** The contracts of history and snapshots in schemas/headway/ say what the TypeScript types say. */
import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { emptyPlannedState } from '../../src/model/planned-state.js'
import { noDurations } from '../../src/model/recorded-durations.js'
import { encodeSnapshot } from '../../src/model/snapshot.js'
import type { HistoryDetail, HistoryEntry } from '../../src/model/status-view.js'
import type { PodTimeline, Timeline } from '../../src/model/timeline.js'
import { makeDeployment, makeDesired } from '../support/desired.js'

const contracts = suite('history schemas')

function validatorOf(name: string): ValidateFunction {
  return new Ajv2020({ strict: false, allErrors: true }).compile(
    JSON.parse(readFileSync(`schemas/headway/${name}.json`, 'utf8')) as object,
  )
}

// With every field, so that a field the type gets and the schema lacks (or the other way round) fails here.
const pod: Required<PodTimeline> = {
  uid: 'u',
  pod: 'shop/web-1',
  workload: 'Deployment.apps/shop/web',
  node: null,
  reason: 'rollout',
  createdMs: 0,
  boundMs: 1,
  startedMs: 2,
  readyMs: 3,
  stopOrderedMs: null,
  goneMs: null,
}
const timeline: Required<Timeline> = { pods: [pod], omitted: 1, replaced: 2, restarts: 4, convergedMs: null }
const entry: Required<HistoryEntry> = {
  revision: 'a',
  source: 'shop',
  commits: { platform: 'b', shop: 'c' },
  author: 'A',
  subject: 'S',
  committedAt: 1,
  takenAt: 2,
  outcome: 'failed',
  convergedAt: null,
  created: 1,
  stopped: 2,
  replaced: 2,
  restarts: 4,
  predictedMs: null,
  deviation: -0.5,
  reviewed: { commit: 'a', fingerprint: 'p1.a', outcome: 'unreadable', changes: ['it is no fingerprint'] },
}
const detail: Required<HistoryDetail> = { ...entry, actual: timeline, predicted: null, note: 'no prediction' }

contracts('history.json takes the list and one commit, with and without predictions', () => {
  const validate = validatorOf('history')
  const { replaced, restarts, source, commits, predictedMs, deviation, reviewed, ...old } = entry
  for (const value of [[], [entry, old], detail, { ...detail, actual: null, predicted: timeline }]) {
    assert.ok(validate(value), JSON.stringify(validate.errors))
  }
})

contracts('history.json refuses what is missing and what is not known', () => {
  const validate = validatorOf('history')
  for (const field of Object.keys(detail)) assert.not.ok(validate({ ...detail, [`${field}s`]: 1 }), field)
  for (const value of [
    [{ ...entry, outcome: 'done' }],
    [{ ...entry, revision: undefined }],
    { ...detail, note: undefined },
    { ...detail, actual: { ...timeline, pods: [{ ...pod, readyMs: 'soon' }] } },
  ]) {
    assert.not.ok(validate(value), JSON.stringify(value))
  }
})

contracts('its outcomes are those of the type', () => {
  const outcomes: Readonly<Record<HistoryEntry['outcome'], true>> = {
    'rolling-out': true,
    converged: true,
    superseded: true,
    held: true,
    failed: true,
  }
  const validate = validatorOf('history')
  for (const outcome of Object.keys(outcomes)) assert.ok(validate([{ ...entry, outcome }]), outcome)
})

contracts('snapshot.json takes every line of a snapshot', () => {
  const validate = validatorOf('snapshot')
  const text = encodeSnapshot({
    version: 1,
    takenAt: 1,
    clusterId: 'c',
    plannerVersion: '0.1.0',
    desired: makeDesired([makeDeployment()]),
    planned: emptyPlannedState,
    assignments: [],
    observed: { nodes: new Map(), unheard: [], heardSince: 1 },
    generation: { epoch: 1, counter: 1 },
    confirmed: null,
    isRecovering: false,
    waiting: [],
    brake: null,
    durations: noDurations,
  })
  const lines = text.trimEnd().split('\n')
  assert.ok(lines.length > 20)
  assert.ok(lines.some((line) => line.startsWith('{"shared"')))
  for (const line of lines) assert.ok(validate(JSON.parse(line)), line)
  for (const line of [{}, { at: [] }, { headway: 'snapshot', version: 2 }, { end: false }])
    assert.not.ok(validate(line))
})

contracts.run()
