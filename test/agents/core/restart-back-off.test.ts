/** Restart back-off by table (Kubernetes: semantics §4.4). */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type BackOff, nextBackOff, restartAt } from '../../../src/agents/core/restart-back-off.js'

const tests = suite('restart back-off')

tests('doubles from 10 s to 300 s', () => {
  let backOff: BackOff | null = null
  const delays: number[] = []
  for (let run = 0, now = 0; run < 8; run++) {
    delays.push(restartAt(backOff, now) - now)
    now = restartAt(backOff, now)
    backOff = nextBackOff(backOff, now, now)
  }
  assert.equal(delays, [0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000])
})

const rows = [
  { name: 'an exit just inside ten minutes still waits', exitAfterMs: 600_000, waits: 40_000, next: 80_000 },
  { name: 'an exit just outside is forgotten', exitAfterMs: 600_001, waits: 0, next: 10_000 },
]
for (const row of rows) {
  tests(row.name, () => {
    const backOff = { delayMs: 40_000, updatedAt: 1_000 }
    const exitedAt = 1_000 + row.exitAfterMs
    assert.is(restartAt(backOff, exitedAt) - exitedAt, row.waits)
    assert.equal(nextBackOff(backOff, exitedAt, exitedAt + 5), { delayMs: row.next, updatedAt: exitedAt + 5 })
  })
}

tests.run()
