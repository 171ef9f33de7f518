/** Evictions by command ask the budget, happen at once or not at all, and the owner makes another. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkPlan } from '../../../src/planner/check-plan.js'
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

evict('the plan says what became of each that was asked for', () => {
  const world = start(3)
  const web = world.pods().find((pod) => pod.name.startsWith('web'))!
  const alone = world.pods().find((pod) => pod.name === 'alone')!
  const detail = 'budget web allows 0 more: 3 of 3 healthy, 3 needed'
  const plan = makePlan({ ...world.input(), evictions: [web.uid, alone.uid, 'nobody'] })
  assert.equal(plan.evictions?.get(web.uid), { type: 'refused', detail, isLasting: false })
  assert.equal(plan.evictions?.get(alone.uid), { type: 'ordered' })
  assert.equal(plan.evictions?.get('nobody'), { type: 'unknown' })
  assert.equal(makePlan({ ...world.input(), evictions: ['nobody'] }).actions, [])
})

/** Three healthy pods and two that never are, under one budget. */
for (const [policy, minAvailable, healthy, unready] of [
  ['IfHealthyBudget', 4, 0, 0],
  ['IfHealthyBudget', 3, 0, 2],
  ['IfHealthyBudget', 2, 1, 2],
  ['AlwaysAllow', 4, 0, 2],
  ['AlwaysAllow', 3, 0, 2],
  ['AlwaysAllow', 2, 1, 2],
] as const)
  evict(
    `under ${policy} with ${minAvailable} needed ${healthy} of 3 healthy and ${unready} of 2 unready pods go`,
    () => {
      const world = new World()
      const images = [image('demo:1'), image('sick:1')]
      world.addNode('n1', { images })
      world.agents.get('n1')?.broken.add('sick:1')
      const labels = { tier: 'front' }
      world.apply(
        deployment('well', { replicas: 3, labels }),
        deployment('sick', { replicas: 2, image: 'sick:1', labels }),
        budget('front', { minAvailable, unhealthyPodEvictionPolicy: policy, selector: { matchLabels: labels } }),
      )
      world.run(4_000)
      const names = evictAll(world)
      assert.is(names.filter((name) => name.startsWith('well')).length, healthy, names.join())
      assert.is(names.filter((name) => name.startsWith('sick')).length, unready, names.join())
    },
  )

evict.run()
