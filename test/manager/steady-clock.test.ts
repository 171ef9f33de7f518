/** The manager's clock, by table: what it says when the host's clock and the time that has passed say this. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { latestInstant } from '../../src/manager/core/latest-instant.js'
import { makeSteadyClock } from '../../src/manager/steady-clock.js'
import { emptyPlannedState, type PlannedPod, type PlannedState } from '../../src/model/planned-state.js'

const tests = suite('steady clock')

/** What the clock says at each moment. */
function read(notBefore: number, moments: readonly (readonly [wall: number, elapsed: number])[]): readonly number[] {
  let [at = [0, 0]] = moments
  const now = makeSteadyClock(notBefore, { wallNow: () => at[0] ?? 0, elapsedMs: () => at[1] ?? 0 })
  return moments.map((moment) => {
    at = moment
    return now()
  })
}

const rows = [
  {
    name: 'a clock that nobody sets',
    notBefore: 0,
    moments: [
      [100, 0],
      [100.9, 0.9],
      [110, 10],
    ],
    says: [100, 100, 110],
  },
  {
    name: 'it is set back',
    notBefore: 0,
    moments: [
      [100, 0],
      [40, 10],
      [50, 20],
    ],
    says: [100, 110, 120],
  },
  {
    name: 'back and forth again',
    notBefore: 0,
    moments: [
      [100, 0],
      [40, 10],
      [120, 20],
    ],
    says: [100, 110, 120],
  },
  {
    name: 'it is set forth',
    notBefore: 0,
    moments: [
      [100, 0],
      [900, 10],
      [910, 20],
    ],
    says: [100, 900, 910],
  },
  {
    name: 'it goes too slowly',
    notBefore: 0,
    moments: [
      [100, 0],
      [105, 10],
      [110, 20],
    ],
    says: [100, 110, 120],
  },
  {
    name: 'the store is ahead',
    notBefore: 500,
    moments: [
      [100, 0],
      [110, 10],
    ],
    says: [500, 510],
  },
  {
    name: 'the store is behind',
    notBefore: 99,
    moments: [
      [100, 0],
      [110, 10],
    ],
    says: [100, 110],
  },
] as const
for (const row of rows) tests(row.name, () => assert.equal(read(row.notBefore, row.moments), row.says))

tests('it never goes back, nor slower than time passes, nor behind the clock', () => {
  const step = fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 1_000 }))
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20_000 }), fc.array(step, { minLength: 2 }), (notBefore, steps) => {
      let elapsed = 0
      const moments = steps.map(([wall, passed]) => [wall, (elapsed += passed)] as const)
      const said = read(notBefore, moments)
      for (let i = 1; i < said.length; i++) assert.ok(said[i]! - said[i - 1]! >= moments[i]![1] - moments[i - 1]![1])
      for (let i = 0; i < said.length; i++) assert.ok(said[i]! >= moments[i]![0])
    }),
  )
})

const pod: PlannedPod = {
  uid: 'u',
  namespace: 'default',
  name: 'web',
  replicaSet: 'r',
  workload: 'w',
  templateHash: '',
  ordinal: 0,
  incarnation: 0,
  node: null,
  address: null,
  createdAt: 1,
  boundAt: null,
  stop: null,
}
const node = {
  name: 'n1',
  pods: [],
  subnet: 0,
  generation: { epoch: 0, counter: 0 },
  assignmentHash: '',
  resolve: [],
  unreachableSince: null,
}
const stop = { reason: 'drain', since: 5, graceMs: 0, phase: 'replacing', networkVersion: 0 } as const
const states: Readonly<Record<string, readonly [number, Partial<PlannedState>]>> = {
  'nothing planned': [0, {}],
  'a pod that waits': [1, { pending: [pod] }],
  'a pod that is bound': [2, { nodes: new Map([['n1', { ...node, pods: [{ ...pod, boundAt: 2 }] }]]) }],
  'a pod that stops': [5, { pending: [{ ...pod, stop }] }],
  'a pod that was replaced first': [7, { pending: [{ ...pod, stop: { ...stop, replacedSince: 7 } }] }],
  'a node that is silent': [9, { nodes: new Map([['n1', { ...node, unreachableSince: 9 }]]) }],
  'a node that was given up': [11, { nodes: new Map([['n1', { ...node, unreachableSince: 9, evictedAt: 11 }]]) }],
  'a node with a taint': [8, { nodes: new Map([['n1', { ...node, taintedSince: { a: 8, b: 4 } }]]) }],
  'a node that was relieved': [6, { nodes: new Map([['n1', { ...node, rebalancedAt: 6 }]]) }],
}
for (const [name, [latest, state]] of Object.entries(states))
  tests(`the latest time of ${name}`, () => assert.is(latestInstant({ ...emptyPlannedState, ...state }), latest))

tests('progress of a workload counts, a creation that is put off does not', () => {
  const workload = {
    key: 'w',
    generation: 1,
    observedHash: '',
    commit: '',
    progressAt: 3,
    progressReason: '',
    counts: { desired: 0, total: 0, updated: 0, ready: 0, available: 0 },
    failures: 1,
    createAfter: 99,
  } as const
  assert.is(latestInstant({ ...emptyPlannedState, workloads: new Map([['w', workload]]) }), 3)
})

tests.run()
