/** The same seed gives the same run to the letter, another seed another; what goes wrong is said with its seed. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runOrdinaryDay } from '../../src/simulation/ordinary-day.js'
import { SimulationError } from '../../src/simulation/world.js'
import { deployment, makeWorld } from './manifests.js'

const determinism = suite('determinism')

determinism('a day runs the same twice, and differently from another seed', async () => {
  const day = (seed: number) => runOrdinaryDay({ seed, nodes: 4, minutes: 5 })
  const [first, second, other] = [await day(11), await day(11), await day(12)]
  assert.equal(first.trace(), second.trace())
  assert.is(first.traceHash(), second.traceHash())
  assert.is(first.ticks, second.ticks)
  assert.is.not(first.traceHash(), other.traceHash())
  assert.ok(first.trace().length > 100)
})

for (const seed of [21, 22, 23]) {
  determinism(`an ordinary day ends well (seed ${seed})`, async () => {
    const world = await runOrdinaryDay({ seed, nodes: 5, minutes: 10 })
    assert.ok(world.isConverged())
  })
}

determinism('a wait in vain says what for, the seed, and the last of the trace', async () => {
  const world = makeWorld({ seed: 42 })
  world.commit([deployment('web', { image: 'web:never-ready' })])
  const error = await world.converge(20_000).catch((reason: unknown) => reason)
  assert.instance(error, SimulationError)
  const { message } = error as SimulationError
  assert.match(message, /waited 20000 ms in vain for convergence/)
  assert.match(message, /seed 42/)
  assert.match(message, /started web-/)
})

determinism('a manifest that breaks a rule is refused by name', () => {
  const world = makeWorld()
  assert.throws(() => world.commit([deployment('web', { replicas: -1 })]), /Deployment\/web: spec\.replicas/)
  assert.throws(() => world.commit([deployment('web'), deployment('web')]), /defined twice/)
  assert.throws(() => world.revert(), /nothing to revert/)
})

determinism.run()
