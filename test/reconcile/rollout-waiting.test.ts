/** What a workload says it waits on: only what is still missing. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type WaitingInput, workloadWaiting } from '../../src/reconcile/rollout-waiting.js'

const still: WaitingInput = {
  key: 'Deployment.apps/default/web',
  now: 0,
  counts: { desired: 3, total: 3, updated: 3, ready: 3, available: 3 },
  updatedReady: 3,
  maxUnavailable: 0,
  minReadyMs: 0,
  settling: 0,
  missingConfiguration: [],
  isPausedRollout: false,
  stopping: 0,
  backoff: { failures: 0, createAfter: null },
  withheld: 0,
  progressReason: '',
  deadlineMs: null,
}
const settling = { minReadyMs: 3_000, settling: 1, counts: { ...still.counts, available: 2 } }

const rows: readonly {
  readonly name: string
  readonly input: Partial<WaitingInput>
  readonly on: readonly string[]
}[] = [
  { name: 'nothing is missing', input: {}, on: [] },
  { name: 'one is not ready', input: { counts: { ...still.counts, ready: 2, available: 2 } }, on: ['ready-replicas'] },
  { name: 'all are ready, one only just: that alone', input: settling, on: ['min-ready-seconds'] },
  {
    name: 'one only just, and another is not ready',
    input: { ...settling, counts: { ...still.counts, ready: 2, available: 1 } },
    on: ['ready-replicas', 'min-ready-seconds'],
  },
  {
    name: 'one only just, and an old one remains',
    input: { ...settling, counts: { ...still.counts, total: 4, available: 2 } },
    on: ['ready-replicas', 'min-ready-seconds'],
  },
]

const tests = suite('waiting of a rollout')
for (const { name, input, on } of rows)
  tests(name, () => {
    assert.equal(
      workloadWaiting({ ...still, ...input }).map((wait) => wait.on),
      on,
    )
  })

tests.run()
