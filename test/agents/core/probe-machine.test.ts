/** Probes by table (Kubernetes: semantics §4.5): outcomes in, result and end out. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ProbeKind } from '../../../src/agents/core/agent-effect.js'
import type { ProbeOutcome } from '../../../src/agents/core/agent-event.js'
import {
  beginProbe,
  firstProbeAt,
  isProbeDue,
  phaseAfterRestart,
  sendProbe,
  takeOutcome,
} from '../../../src/agents/core/probe-machine.js'

const tests = suite('probe machine')
const outcomes: Readonly<Record<string, ProbeOutcome>> = { s: 'success', f: 'failure', e: 'error' }

const rows: readonly {
  name: string
  kind: ProbeKind
  probe?: object
  outcomes: string
  result: string
  isOver: boolean
}[] = [
  { name: 'readiness begins as failure', kind: 'readiness', outcomes: '', result: 'failure', isOver: false },
  { name: 'liveness begins as success', kind: 'liveness', outcomes: '', result: 'success', isOver: false },
  { name: 'startup begins unknown', kind: 'startup', outcomes: '', result: 'unknown', isOver: false },
  { name: 'one success is enough by default', kind: 'readiness', outcomes: 's', result: 'success', isOver: false },
  {
    name: 'below the success threshold',
    kind: 'readiness',
    probe: { successThreshold: 3 },
    outcomes: 'ss',
    result: 'failure',
    isOver: false,
  },
  {
    name: 'at the success threshold',
    kind: 'readiness',
    probe: { successThreshold: 3 },
    outcomes: 'sss',
    result: 'success',
    isOver: false,
  },
  {
    name: 'a failure between begins the run again',
    kind: 'readiness',
    probe: { successThreshold: 3 },
    outcomes: 'ssfss',
    result: 'failure',
    isOver: false,
  },
  { name: 'below the failure threshold', kind: 'readiness', outcomes: 'sff', result: 'success', isOver: false },
  {
    name: 'at the failure threshold readiness goes on',
    kind: 'readiness',
    outcomes: 'sfff',
    result: 'failure',
    isOver: false,
  },
  { name: 'liveness below its threshold', kind: 'liveness', outcomes: 'ff', result: 'success', isOver: false },
  { name: 'liveness at its threshold stops', kind: 'liveness', outcomes: 'fff', result: 'failure', isOver: true },
  {
    name: 'a success threshold means nothing to liveness',
    kind: 'liveness',
    probe: { successThreshold: 5, failureThreshold: 1 },
    outcomes: 's',
    result: 'success',
    isOver: false,
  },
  { name: 'startup that passes stops', kind: 'startup', outcomes: 'fs', result: 'success', isOver: true },
  {
    name: 'startup that fails stops',
    kind: 'startup',
    probe: { failureThreshold: 2 },
    outcomes: 'ff',
    result: 'failure',
    isOver: true,
  },
  {
    name: 'errors count for nothing',
    kind: 'liveness',
    probe: { failureThreshold: 2 },
    outcomes: 'feeef',
    result: 'failure',
    isOver: true,
  },
  { name: 'errors alone change nothing', kind: 'readiness', outcomes: 'seeeeee', result: 'success', isOver: false },
]
for (const row of rows) {
  tests(row.name, () => {
    const probe = row.probe ?? {}
    let state = beginProbe(row.kind, 0)
    let now = 0
    for (const [index, letter] of [...row.outcomes].entries()) {
      while (!isProbeDue(state, now)) now += 100
      state = takeOutcome(sendProbe(state, probe, index, now), probe, outcomes[letter]!)
    }
    assert.equal({ result: state.result, isOver: state.isOver }, { result: row.result, isOver: row.isOver })
  })
}

tests('an error is repeated at once, three attempts in all, then it waits its period', () => {
  const probe = { periodSeconds: 5 }
  let state = beginProbe('readiness', 1000)
  for (const isDueAgain of [true, true, false]) {
    state = takeOutcome(sendProbe(state, probe, 1, 1000), probe, 'error')
    assert.is(isProbeDue(state, 1000), isDueAgain)
  }
  assert.equal([isProbeDue(state, 5999), isProbeDue(state, 6000)], [false, true])
})

tests(
  'what a failing probe says is told at its threshold, then at doubling distances, and no more once it passes',
  () => {
    const probe = { failureThreshold: 2, periodSeconds: 1 }
    let state = beginProbe('readiness', 0)
    const told: string[] = []
    for (let i = 1; i <= 9; i++) {
      state = takeOutcome(sendProbe(state, probe, i, i * 1000), probe, 'failure', `refused,\n${i} times`)
      told.push(state.message)
    }
    const [two, four, eight] = [2, 4, 8].map((i) => `refused, ${i} times`)
    assert.equal(told, ['', two, two, four, four, four, four, eight, eight])
    assert.is(takeOutcome(sendProbe(state, probe, 10, 10_000), probe, 'error').message, eight)
    assert.is(takeOutcome(sendProbe(state, probe, 10, 10_000), probe, 'success').message, '')
    const long = takeOutcome(
      sendProbe(beginProbe('startup', 0), {}, 1, 0),
      { failureThreshold: 1 },
      'failure',
      'x'.repeat(999),
    )
    assert.is(long.message.length, 201)
  },
)

tests('one at a time: a late answer does not pile up turns', () => {
  const probe = { periodSeconds: 1 }
  const sent = sendProbe(beginProbe('liveness', 0), probe, 1, 0)
  assert.is(isProbeDue(sent, 9_000), false)
  const late = takeOutcome(sent, probe, 'success')
  assert.is(isProbeDue(late, 9_000), true)
  assert.is(sendProbe(late, probe, 2, 9_000).nextAt, 9_000)
})

tests('the first waits for the initial delay and for startup', () => {
  const rows = [
    [{}, 1000, 1000, 1000],
    [{ initialDelaySeconds: 5 }, 1000, 1000, 6000],
    [{ initialDelaySeconds: 5 }, 1000, 9000, 9000],
  ] as const
  for (const [probe, startedAt, passedAt, expected] of rows)
    assert.is(firstProbeAt(probe, startedAt, passedAt), expected)
})

tests('after an agent restart probes spread over their period', () => {
  const phases = Array.from({ length: 100 }, (_, i) =>
    phaseAfterRestart({ periodSeconds: 10 }, `container${i}`, 'liveness'),
  )
  assert.ok(phases.every((phase) => phase >= 0 && phase < 10_000))
  assert.ok(new Set(phases.map((phase) => Math.floor(phase / 1000))).size === 10)
})

tests.run()
