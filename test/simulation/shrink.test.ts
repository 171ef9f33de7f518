/** A failing scenario is made small: what does not matter for the failure goes, what matters stays. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeScenario } from '../../src/simulation/scenario/make-scenario.js'
import type { Scenario } from '../../src/simulation/scenario/scenario.js'
import { shrink } from '../../src/simulation/scenario/shrink.js'

const shrinking = suite('shrinking')

const scenario: Scenario = makeScenario({ seed: 12, nodes: 6, minutes: 10 })

shrinking('only the two faults that fail together, one push, one host and one app are left', async () => {
  const [one, two] = [scenario.faults.at(1)!, scenario.faults.at(-2)!]
  const push = scenario.pushes.at(3)!
  const node = scenario.nodes.at(4)!
  let runs = 0
  const probe = async (candidate: Scenario): Promise<string | null> => {
    runs++
    const fails =
      candidate.faults.includes(one) &&
      candidate.faults.includes(two) &&
      candidate.pushes.includes(push) &&
      candidate.nodes.includes(node) &&
      candidate.apps.length > 0
    return fails ? 'invariant x' : null
  }
  const small = await shrink(scenario, 'invariant x', probe)
  assert.equal(small.scenario.faults, [one, two])
  assert.equal(small.scenario.pushes, [push])
  assert.equal(small.scenario.nodes, [node])
  assert.is(small.scenario.apps.length, 1)
  assert.ok(small.scenario.lengthMs <= scenario.lengthMs)
  assert.is(small.runs, runs)
})

shrinking('another failure on the way is not taken for the same', async () => {
  const probe = async (candidate: Scenario): Promise<string | null> =>
    candidate.faults.length === scenario.faults.length ? 'invariant x' : 'invariant y'
  const small = await shrink(scenario, 'invariant x', probe)
  assert.is(small.scenario.faults.length, scenario.faults.length)
})

shrinking.run()
