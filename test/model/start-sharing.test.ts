/** What starts beside each other would take alone, and how much they slow each other down. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { HostStarts } from '../../src/model/recorded-durations.js'
import { aloneMs, learnSlowdown, SLOWDOWN_DEFAULT, slownessOf } from '../../src/model/start-sharing.js'

const WEB = 'Deployment.apps/default/web'
const sharing = suite('start sharing')

const slow = [
  { underWay: 0, slowdown: 0.5, times: 1 },
  { underWay: 1, slowdown: 0.5, times: 1 },
  { underWay: 2, slowdown: 0.5, times: 1.5 },
  { underWay: 4, slowdown: 0.5, times: 2.5 },
  { underWay: 4, slowdown: 0, times: 1 },
] as const
for (const { underWay, slowdown, times } of slow) {
  sharing(`${underWay} under way, each slowed down by ${slowdown}: ${times} times`, () => {
    assert.is(slownessOf(underWay, slowdown), times)
  })
}

const alone: readonly { readonly name: string; readonly starts: HostStarts; readonly ms: number }[] = [
  { name: 'one', starts: { workload: WEB, count: 1, underWayMs: [300] }, ms: 300 },
  { name: 'four at once', starts: { workload: WEB, count: 4, underWayMs: [0, 0, 0, 1_000] }, ms: 400 },
  { name: 'eight, four at a time', starts: { workload: WEB, count: 8, underWayMs: [0, 0, 0, 2_000] }, ms: 400 },
  { name: 'two, of which one is quicker', starts: { workload: WEB, count: 2, underWayMs: [100, 300] }, ms: 250 },
  { name: 'none', starts: { workload: WEB, count: 0, underWayMs: [] }, ms: 0 },
]
for (const { name, starts, ms } of alone) sharing(`alone: ${name}`, () => assert.is(aloneMs(starts, 0.5), ms))

/** A burst of pods that take `ms` alone, on a host of that slowdown. */
function burst(size: number, ms: number, slowdown: number, workload = WEB): HostStarts {
  const underWayMs = [0, 0, 0, 0]
  for (let left = size; left > 0; left -= 4) {
    const together = Math.min(4, left)
    underWayMs[together - 1] = (underWayMs[together - 1] ?? 0) + ms * slownessOf(together, slowdown)
  }
  return { workload, count: size, underWayMs }
}

sharing('without starts of different company the default is taken', () => {
  assert.is(learnSlowdown([]), SLOWDOWN_DEFAULT)
  for (const size of [1, 4]) {
    const starts = Array.from({ length: 24 }, () => burst(size, 300, 1.2))
    assert.is(learnSlowdown(starts), SLOWDOWN_DEFAULT)
  }
})

sharing('workloads that differ by themselves tell nothing of company', () => {
  const starts = [...Array(12)].flatMap(() => [
    burst(1, 300, 0.5),
    burst(4, 3_000, 0.5, 'Deployment.apps/default/slow'),
  ])
  assert.is(learnSlowdown(starts), SLOWDOWN_DEFAULT)
})

sharing('what the host’s slowdown is, is learnt', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 12, maxLength: 24 })
  const mixed = sizes.filter((list) => list.filter((size) => size === 1).length >= 5 && list.some((size) => size > 3))
  fc.assert(
    fc.property(mixed, fc.integer({ min: 0, max: 24 }), fc.integer({ min: 50, max: 5_000 }), (list, step, ms) => {
      const slowdown = step / 20
      const learnt = learnSlowdown(list.map((size) => burst(size, ms, slowdown)))
      const before = Math.abs(SLOWDOWN_DEFAULT - slowdown)
      assert.ok(Math.abs(learnt - slowdown) <= Math.max(0.05, before / 2) + 1e-9, `${slowdown}: learnt ${learnt}`)
    }),
  )
})

sharing.run()
