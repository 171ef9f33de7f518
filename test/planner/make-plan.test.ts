/** The whole pass on small clusters: from a push to ready pods, rollouts, removal, failure, drains, and a lost store. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isEmptyPlan } from '../../src/model/plan.js'
import { deployment, image, service, World } from './world.js'

const demo = [image('demo:1'), image('demo:2')]
const plan = suite('makePlan')

function threeNodes(): World {
  const world = new World()
  for (const name of ['n1', 'n2', 'n3']) world.addNode(name, { images: demo })
  return world
}

plan('creates, places, assigns and serves a Deployment', () => {
  const world = threeNodes()
  world.apply(deployment('web', { replicas: 3 }), service('web'))
  world.settle()
  assert.is(world.pods().length, 3)
  assert.equal(new Set(world.pods().map((pod) => pod.node)), new Set(['n1', 'n2', 'n3']))
  assert.is(world.endpoints('web'), 0)
  world.run(3_000)
  assert.is(world.endpoints('web'), 3)
  assert.equal(world.last?.waiting, [])
  assert.ok(isEmptyPlan(world.pass()))
})

plan.run()
