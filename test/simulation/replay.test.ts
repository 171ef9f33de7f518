/** Whatever happened to a simulated cluster: its managers' journals replay to the very same plans. */
import { rmSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { replay } from '../../src/manager/journal/replay.js'
import { runOrdinaryDay } from '../../src/simulation/ordinary-day.js'
import { withJournals } from './journalled-world.js'

const replays = suite('replay')

for (const seed of [1, 2, 3]) {
  replays(`an ordinary day replays plan by plan (seed ${seed})`, async () => {
    const journals = await withJournals(
      async () => {
        await runOrdinaryDay({ seed, nodes: 4, minutes: 6 })
      },
      { segmentMs: 60_000 },
    )
    assert.equal(journals.log, [])
    let plans = 0
    let segments = 0
    for (const directory of journals.directories) {
      const result = await replay({ directory, from: null, to: null, onPlan: () => {} })
      assert.is(result.mismatch, null, JSON.stringify(result.mismatch))
      plans += result.plans
      segments += result.segments.length
    }
    assert.ok(plans > 50, `${plans} plans`)
    assert.ok(segments > journals.directories.length, `${segments} segments`)
    rmSync(path.dirname(journals.directories[0] ?? ''), { recursive: true })
  })
}

replays.run()
