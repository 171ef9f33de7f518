/** What starts on hosts tell: how long how many were under way, from the first that begins until none is. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { StartBursts, tellStarts } from '../../../src/manager/history/start-bursts.js'

const WEB = 'Deployment.apps/default/web'
const API = 'Deployment.apps/default/api'
const bursts = suite('start bursts')

const web = (from: number, to: number) => ({ workload: WEB, from, to })
const rows = [
  { name: 'one', starts: [web(0, 300)], told: [{ workload: WEB, count: 1, underWayMs: [300] }] },
  {
    name: 'two, the second later',
    starts: [web(0, 300), web(100, 600)],
    told: [{ workload: WEB, count: 2, underWayMs: [400, 200] }],
  },
  {
    name: 'six: only four are started at once',
    starts: [...Array(6)].map((_, i) => web(0, i < 4 ? 400 : 700)),
    told: [{ workload: WEB, count: 6, underWayMs: [0, 300, 0, 400] }],
  },
  {
    name: 'two workloads share the time that they had together',
    starts: [web(0, 200), web(0, 200), { workload: API, from: 0, to: 500 }],
    told: [
      { workload: API, count: 1, underWayMs: [300, 0, 67] },
      { workload: WEB, count: 2, underWayMs: [0, 0, 133] },
    ],
  },
  { name: 'none', starts: [], told: [] },
]
for (const { name, starts, told } of rows) bursts(`told: ${name}`, () => assert.equal(tellStarts(starts), told))

bursts('a burst is told of when its last start has ended, each host by itself', () => {
  const starts = new StartBursts()
  starts.begin('n1', 'a', { workload: WEB, from: 0 })
  starts.begin('n1', 'b', { workload: WEB, from: 0 })
  starts.begin('n2', 'c', { workload: WEB, from: 0 })
  assert.equal(starts.end('n1', 'a', 200), [])
  assert.equal(starts.end('n2', 'c', 250), [{ workload: WEB, count: 1, underWayMs: [250] }])
  assert.equal(starts.end('n1', 'b', 300), [{ workload: WEB, count: 2, underWayMs: [100, 200] }])
  assert.equal(starts.end('n1', 'b', 300), [], 'once')
})

bursts('what never starts ends its burst too, and is not counted', () => {
  const starts = new StartBursts()
  starts.begin('n1', 'a', { workload: WEB, from: 0 })
  starts.begin('n1', 'b', { workload: WEB, from: 0 })
  assert.equal(starts.end('n1', 'a', 200), [])
  assert.equal(starts.forget('n1', 'b', 900), [{ workload: WEB, count: 1, underWayMs: [200] }])
  assert.equal(starts.forget('n1', 'b', 900), [])
})

for (const { afterMs, isCounted } of [
  { afterMs: 60_000, isCounted: true },
  { afterMs: 60_001, isCounted: false },
]) {
  bursts(`a start of ${afterMs} ms ${isCounted ? 'counts' : 'waits for something else, and holds nobody up'}`, () => {
    const starts = new StartBursts()
    starts.begin('n1', 'stuck', { workload: API, from: 0 })
    starts.begin('n1', 'a', { workload: WEB, from: afterMs - 100 })
    const told = starts.end('n1', 'a', afterMs)
    assert.is(told.length, isCounted ? 0 : 1)
    assert.is(starts.end('n1', 'stuck', afterMs).length, isCounted ? 2 : 0)
  })
}

bursts('a burst without an end is told of in parts', () => {
  const starts = new StartBursts()
  let told = 0
  for (let i = 0; i < 200; i++) {
    starts.begin('n1', `pod${i}`, { workload: WEB, from: i * 100 })
    if (i > 0) for (const { count } of starts.end('n1', `pod${i - 1}`, i * 100 + 50)) told += count
  }
  assert.is(told, 192)
})

bursts.run()
