/** The core's time when the host's clock is set: restarts, probes and graces take as long as ever. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inCoreTime, makeCoreClock, takeTime, toHostTime } from '../../../src/agents/core/core-clock.js'
import type { RuntimeContainer } from '../../../src/agents/runtime.js'
import type { AgentMessage } from '../../../src/model/protocol.js'
import { FakeNode, makePod } from './fake-node.js'

const tests = suite('core clock')
const HOUR = 3_600_000

const rows: readonly {
  readonly name: string
  /** The clock at each event; with the core's time for which it was asked. */
  readonly events: readonly (readonly [now: number, dueAt?: number])[]
  readonly times: readonly number[]
  readonly aheadMs: number
}[] = [
  { name: 'it goes on', events: [[100], [100], [130]], times: [100, 100, 130], aheadMs: 0 },
  { name: 'it is set forth', events: [[100], [900]], times: [100, 900], aheadMs: 0 },
  { name: 'it is set back by 1', events: [[100], [99]], times: [100, 100], aheadMs: 1 },
  { name: 'it is set back, and goes on', events: [[100], [40], [55]], times: [100, 100, 115], aheadMs: 60 },
  { name: 'twice', events: [[100], [40], [30]], times: [100, 100, 100], aheadMs: 70 },
  { name: 'back and forth again', events: [[100], [40], [100]], times: [100, 100, 160], aheadMs: 60 },
  { name: 'a timer goes off after it', events: [[100], [40, 120]], times: [100, 120], aheadMs: 80 },
  { name: 'a timer that is late', events: [[100], [40, 90]], times: [100, 100], aheadMs: 60 },
  { name: 'a timer, and nobody set it', events: [[100], [119, 120]], times: [100, 119], aheadMs: 0 },
]
for (const row of rows)
  tests(row.name, () => {
    const clock = makeCoreClock(null)
    assert.equal(
      row.events.map(([now, dueAt = null]) => takeTime(clock, now, dueAt)),
      row.times,
    )
    assert.is(clock.aheadMs, row.aheadMs)
    assert.equal([toHostTime(clock, 1_000), toHostTime(clock, null)], [1_000 - row.aheadMs, null])
  })

tests('it never goes back, and after a setting back goes as the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 2 }), (nows) => {
      const clock = makeCoreClock(null)
      const times = nows.map((now) => takeTime(clock, now, null))
      for (let i = 1; i < times.length; i++) assert.is(times[i]! - times[i - 1]!, Math.max(0, nows[i]! - nows[i - 1]!))
    }),
  )
})

const shown = (startedAt: number | null, finishedAt: number | null): RuntimeContainer => ({
  id: 'x',
  name: 'x',
  labels: {},
  imageId: '',
  state: 'exited',
  startedAt,
  finishedAt,
  exitCode: 0,
  oomKilled: false,
  error: '',
  pid: null,
})
const engineRows = [
  { name: 'a clock never set', nows: [100], startedAt: 10, finishedAt: 100, is: [10, 100] },
  { name: 'what is yet to come is now', nows: [100], startedAt: 10, finishedAt: 101, is: [10, 100] },
  { name: 'after it was set back', nows: [100, 40, 50], startedAt: 45, finishedAt: 50, is: [105, 110] },
  { name: 'before it was set back', nows: [100, 40, 50], startedAt: 90, finishedAt: null, is: [110, null] },
]
for (const row of engineRows)
  tests(`times of the engine: ${row.name}`, () => {
    const clock = makeCoreClock(null)
    for (const now of row.nows) takeTime(clock, now, null)
    const container = inCoreTime(clock, shown(row.startedAt, row.finishedAt))
    assert.equal([container.startedAt, container.finishedAt], row.is)
  })

/** How long each of three restarts takes, when the clock is set by `byMs` while the container waits for it. */
function restartsAfter(byMs: number, restartsAgent: boolean): readonly number[] {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')])
    .advance(1_000)
  const took: number[] = []
  for (let crash = 0; crash < 4; crash++) {
    const dies = node.now
    node.die(node.running()[0]!.id, 1)
    node.advance(100)
    node.clockOffsetMs += byMs
    if (restartsAgent) node.restart()
    while (node.running().length === 0 && node.now < dies + 120_000) node.advance(100)
    took.push(Math.round((node.now - dies) / 1_000))
    node.advance(500)
  }
  return took
}
tests('a crash backs off as ever when the clock is set back', () => {
  assert.equal(restartsAfter(0, false), [0, 10, 20, 40])
  assert.equal(restartsAfter(-1, false), [0, 10, 20, 40])
  assert.equal(restartsAfter(-HOUR, false), [0, 10, 20, 40])
})
tests('a crash backs off as ever when the agent restarts too, and has only its ledger to go by', () => {
  assert.equal(restartsAfter(0, true), [0, 10, 20, 40])
  assert.equal(restartsAfter(-HOUR, true), [0, 10, 20, 40])
})

tests('probes go on at their pace when the clock is set back', () => {
  const readinessProbe = { periodSeconds: 5, failureThreshold: 2 }
  const web = makePod('web', { containers: [{ name: 'app', image: 'app:1', readinessProbe }] })
  let answer: 'success' | 'failure' = 'success'
  const node = new FakeNode({ probe: () => answer }).begin().assign([web]).advance(6_000)
  const ready = (): boolean | undefined => node.core.pods(node.hostNow).get('web-uid')?.ready
  assert.is(ready(), true)
  node.clockOffsetMs -= HOUR
  node.probes.length = 0
  answer = 'failure'
  node.advance(25_000)
  assert.ok(node.probes.length >= 5 && node.probes.length <= 6, `${node.probes.length} probes`)
  assert.is(ready(), false)
})

tests('ages go on when the clock is set back, and no restart is reported that was none', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')])
    .advance(60_000)
  // What passed since the last event is not known then: the shell looks at the host's images every half minute.
  node.list()
  node.clockOffsetMs -= HOUR
  node.list()
  node.advance(1_000).list()
  node.advance(1_000).handle({ type: 'link-opened' })
  const hello = node.sent.findLast((m): m is Extract<AgentMessage, { type: 'hello' }> => m.type === 'hello')
  const [pod] = hello?.pods ?? []
  const ages = [pod?.readyForMs, pod?.startedAgoMs, pod?.containers[0]?.startedAgoMs]
  for (const age of ages) assert.ok(age != null && age >= 59_000 && age <= 62_000, `${ages}`)
  assert.is(pod?.containers[0]?.restarts, 0)
})

tests('an ordered stop keeps its grace when the clock is set back', () => {
  const spec = { containers: [{ name: 'app', image: 'app:1' }], terminationGracePeriodSeconds: 30 }
  const node = new FakeNode()
    .begin()
    .assign([makePod('web', spec)])
    .advance(1_000)
  node.clockOffsetMs -= HOUR
  node.assign([])
  const stop = node.operations.findLast((operation) => operation.type === 'stop')
  assert.is(stop?.graceMs, 30_000)
  node.advance(2_000)
  assert.is(node.containers.size, 0)
})

tests.run()
