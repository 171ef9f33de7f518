/** Evictions by command ask the budget, happen at once or not at all, and the owner makes another. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkPlan } from '../../../src/planner/check-plan.js'
import { judgeEviction } from '../../../src/planner/judge-eviction.js'
import { makePlan } from '../../../src/planner/make-plan.js'
import { deployment, image, podManifest, World } from '../world.js'
import { budget } from './objects.js'

function start(minAvailable: number): World {
  const world = new World()
  for (const name of ['n1', 'n2']) world.addNode(name, { images: [image('demo:1')] })
  world.apply(deployment('web', { replicas: 3 }), budget('web', { minAvailable }), podManifest('alone'))
  world.run(4_000)
  return world
}

/** The pods of web and alone that one plan stops when all of them are asked for. */
function evictAll(world: World): readonly string[] {
  const input = { ...world.input(), evictions: world.pods().map((pod) => pod.uid) }
  const plan = makePlan(input)
  assert.equal(checkPlan(input, plan, 'all'), [])
  return plan.actions.flatMap((action) =>
    action.type === 'stop-pod' && action.reason === 'eviction' ? action.name : [],
  )
}

const evict = suite('evict')

evict('as many as the budget allows go in one plan; a pod without a budget goes', () => {
  for (const [minAvailable, stopped] of [
    [3, 0],
    [2, 1],
    [1, 2],
    [0, 3],
  ] as const) {
    const names = evictAll(start(minAvailable))
    assert.is(names.filter((name) => name.startsWith('web')).length, stopped)
    assert.ok(names.includes('alone'))
  }
})

evict('says at once what the plan will do', () => {
  const world = start(3)
  const web = world.pods().find((pod) => pod.name.startsWith('web'))!
  const alone = world.pods().find((pod) => pod.name === 'alone')!
  assert.is(judgeEviction(world.input(), web.uid), 'budget web allows 0 more: 3 of 3 healthy, 3 needed')
  assert.is(judgeEviction(world.input(), alone.uid), '')
  assert.is(judgeEviction(world.input(), 'nobody'), 'there is no such pod any more')
  assert.equal(makePlan({ ...world.input(), evictions: ['nobody'] }).actions, [])
})

evict.run()
