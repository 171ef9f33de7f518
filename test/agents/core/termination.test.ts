/** Graceful termination by table (Kubernetes: semantics §4.6). */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  podGrace,
  probeGrace,
  remainingGrace,
  type StoppableContainer,
  stopDeadline,
  stopGrace,
  stopNext,
} from '../../../src/agents/core/termination.js'

const tests = suite('termination')

tests('a hook spends the grace, two seconds stay', () => {
  const rows = [
    // grace, spent -> between signal and KILL
    [30_000, 0, 30_000],
    [30_000, 10_000, 20_000],
    [30_000, 28_000, 2_000],
    [30_000, 28_001, 2_000],
    [30_000, 60_000, 2_000],
    [0, 0, 1_000],
    [1_000, 0, 1_000],
  ] as const
  for (const [grace, spent, expected] of rows) assert.is(stopGrace(grace, spent), expected, `${grace} ${spent}`)
})

tests('grace: default, the pod’s own, 0 becomes 1, the probe’s own', () => {
  assert.is(podGrace({}), 30_000)
  assert.is(podGrace({ terminationGracePeriodSeconds: 5 }), 5_000)
  assert.is(podGrace({ terminationGracePeriodSeconds: 0 }), 1_000)
  assert.is(probeGrace({ terminationGracePeriodSeconds: 7 }, { terminationGracePeriodSeconds: 5 }), 7_000)
  assert.is(probeGrace({}, { terminationGracePeriodSeconds: 5 }), 5_000)
})

tests('a later order can only shorten the grace', () => {
  assert.is(stopDeadline(null, 30_000, 1_000), 31_000)
  assert.is(stopDeadline(31_000, 5_000, 2_000), 7_000)
  assert.is(stopDeadline(31_000, 90_000, 2_000), 31_000)
  assert.is(stopDeadline(null, 0, 1_000), 2_000)
})

tests('who stops late gets what is left, or the floor', () => {
  assert.is(remainingGrace(31_000, 1_000), 30_000)
  assert.is(remainingGrace(31_000, 30_000), 1_000)
  assert.is(remainingGrace(31_000, 30_001), 2_000)
  assert.is(remainingGrace(31_000, 50_000), 2_000)
})

const container = (name: string, type: StoppableContainer['type'], isRunning = true): StoppableContainer => ({
  name,
  type,
  isRunning,
})
const order: readonly { name: string; containers: readonly StoppableContainer[]; next: readonly string[] }[] = [
  {
    name: 'apps together',
    containers: [container('s', 'sidecar'), container('a', 'app'), container('b', 'app')],
    next: ['a', 'b'],
  },
  {
    name: 'the last sidecar first',
    containers: [container('s1', 'sidecar'), container('s2', 'sidecar'), container('a', 'app', false)],
    next: ['s2'],
  },
  {
    name: 'then the one before',
    containers: [container('s1', 'sidecar'), container('s2', 'sidecar', false)],
    next: ['s1'],
  },
  {
    name: 'a running init container before its sidecars',
    containers: [container('s1', 'sidecar'), container('i', 'init')],
    next: ['i'],
  },
  { name: 'nothing runs', containers: [container('a', 'app', false)], next: [] },
]
for (const row of order)
  tests(row.name, () =>
    assert.equal(
      stopNext(row.containers).map((c) => c.name),
      row.next,
    ),
  )

tests.run()
