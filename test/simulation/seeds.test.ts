/**
 * The simulator with faults: some short seeds, and every scenario that once found a fault. A failure here names the
 * invariant; `npm run sim -- --file test/simulation/seeds/NAME.json --trace` shows the run.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeScenario } from '../../src/simulation/scenario/make-scenario.js'
import { runScenario } from '../../src/simulation/scenario/run-scenario.js'
import type { Scenario } from '../../src/simulation/scenario/scenario.js'

/** The sources' own folder: scenarios are not compiled. */
const FOLDER = fileURLToPath(new URL('../../../test/simulation/seeds', import.meta.url))
const SHORT_SEEDS = 240

const seeds = suite('seeds')

for (const file of readdirSync(FOLDER).sort()) {
  seeds(`once found a fault: ${file}`, async () => {
    const scenario = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Scenario
    const world = await runScenario(scenario, { isStrict: true })
    assert.ok(world.isConverged())
  })
}

seeds(`${SHORT_SEEDS} short seeds run well`, async () => {
  let faults = 0
  for (let seed = 1; seed <= SHORT_SEEDS; seed++) {
    const scenario = makeScenario({ seed, nodes: 1 + (seed % 4), minutes: 1 })
    faults += scenario.faults.length
    const world = await runScenario(scenario)
    assert.ok(world.isConverged(), `seed ${seed}`)
  }
  assert.ok(faults > SHORT_SEEDS, `only ${faults} faults`)
})

seeds('the same seed gives the same trace, another seed another', async () => {
  const run = (seed: number) => runScenario(makeScenario({ seed, nodes: 3, minutes: 2 }))
  const [first, second, other] = [await run(7), await run(7), await run(8)]
  assert.equal(first.trace(), second.trace())
  assert.is(first.traceHash(), second.traceHash())
  assert.is.not(first.traceHash(), other.traceHash())
})

seeds('strict runs and others are the same to the letter', async () => {
  for (const seed of [11, 12, 13]) {
    const scenario = makeScenario({ seed, nodes: 4, minutes: 2 })
    const hashes = [true, false].map(async (isStrict) => (await runScenario(scenario, { isStrict })).traceHash())
    const [strict, other] = [await hashes[0], await hashes[1]]
    assert.is(strict, other, `seed ${seed}`)
  }
})

seeds('more hosts leave what people push alone', () => {
  const [few, many] = [3, 9].map((nodes) => makeScenario({ seed: 5, nodes, minutes: 3 }))
  assert.equal(
    few?.pushes.filter((push) => !('node' in push)),
    many?.pushes.filter((push) => !('node' in push)),
  )
  assert.equal(few?.apps, many?.apps)
})

seeds.run()
