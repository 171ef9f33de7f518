/** What is measured of starts beside each other is what a start takes alone: the recording undoes what the preview adds. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { StartWork } from '../../../src/manager/history/start-work.js'
import { STARTS_AT_ONCE, startSlowness } from '../../../src/model/start-sharing.js'
import { SharedWork } from '../../../src/simulation/preview/shared-work.js'
import { SimulatedTime } from '../../../src/simulation/simulated-time.js'

const sharing = suite('start sharing')
const ALONE_MS = 400

interface Row {
  readonly name: string
  readonly cores: number
  /** When each pod is bound. */
  readonly boundAt: readonly number[]
}

const rows: readonly Row[] = [
  { name: 'one alone', cores: 2, boundAt: [0] },
  { name: 'two at once', cores: 2, boundAt: [0, 0] },
  { name: 'as many as a host begins at once', cores: 2, boundAt: [0, 0, 0, 0] },
  { name: 'more than that: some wait', cores: 2, boundAt: [0, 0, 0, 0, 0, 0, 0] },
  { name: 'one after the other', cores: 2, boundAt: [0, 500, 1_000] },
  { name: 'overlapping', cores: 2, boundAt: [0, 100, 350] },
  { name: 'on one core', cores: 1, boundAt: [0, 0, 200] },
  { name: 'on many cores', cores: 16, boundAt: [0, 0, 0, 50] },
]

/** Milliseconds from bound until started, as the preview has them and as they are recorded. */
async function run({ cores, boundAt }: Row): Promise<{ readonly took: number[]; readonly recorded: number[] }> {
  const time = new SimulatedTime(0)
  const host = new SharedWork(time, cores)
  const work = new StartWork()
  const took: number[] = []
  const recorded: number[] = []
  const waiting: number[] = []
  let underWay = 0
  const next = (): void => {
    const i = underWay < STARTS_AT_ONCE ? waiting.shift() : undefined
    if (i === undefined) return
    underWay++
    host.begin(ALONE_MS, () => {
      underWay--
      took[i] = time.now - (boundAt[i] ?? 0)
      recorded[i] = work.end('node', `${i}`, time.now) ?? -1
      next()
    })
  }
  boundAt.forEach((at, i) => {
    time.schedule(at, () => {
      work.begin('node', cores, `${i}`, at)
      waiting.push(i)
      next()
    })
  })
  while (time.nextAt() !== null) await time.step()
  return { took, recorded }
}

for (const row of rows) {
  sharing(row.name, async () => {
    const { took, recorded } = await run(row)
    assert.is(recorded.length, row.boundAt.length)
    for (const ms of recorded) assert.ok(Math.abs(ms - ALONE_MS) <= 4, `${recorded.join(', ')} of ${took.join(', ')}`)
    const isShared = row.boundAt.some((at, i) => i > 0 && at - (row.boundAt[i - 1] ?? 0) < ALONE_MS)
    assert.is(Math.max(...took) > ALONE_MS + 4, isShared, took.join(', '))
  })
}

sharing('a report that comes late counts until it happened, and one that never starts slows nobody any more', () => {
  const work = new StartWork()
  work.begin('node', 2, 'a', 0)
  work.begin('node', 2, 'b', 1_000)
  // It had started at 600, when it was alone.
  assert.is(work.end('node', 'a', 600), 600)
  work.forget('node', 'b')
  assert.is(work.end('node', 'b', 2_000), null)
  work.begin('node', 2, 'c', 3_000)
  assert.is(work.end('node', 'c', 3_300), 300)
  assert.is(work.end('other', 'c', 3_300), null)
})

const slowness = [
  [0, 2, 1],
  [1, 2, 1],
  [2, 2, 1.5],
  [4, 2, 2.5],
  [4, 1, 4],
  [4, 16, 1.1875],
  [2, 0.5, 2],
] as const
for (const [count, cores, factor] of slowness) {
  sharing(`${count} starts on ${cores} cores take ${factor} times as long`, () => {
    assert.is(startSlowness(count, cores), factor)
  })
}

sharing.run()
