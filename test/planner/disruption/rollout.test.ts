/** Rollouts ask no budget, as in Kubernetes, unless the workload says that they do. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import { deployment, image, World } from '../world.js'
import { annotated, budget } from './objects.js'

const RESPECTS = { 'headway.dev/rollout-respects-budgets': 'true' }

function web(tag: string): DesiredObject {
  return deployment('web', { replicas: 4, image: `demo:${tag}`, maxSurge: 0, maxUnavailable: 4 })
}

function start(): World {
  const world = new World()
  for (const name of ['n1', 'n2']) world.addNode(name, { images: [image('demo:1'), image('demo:2')] })
  world.apply(web('1'), budget('web', { minAvailable: 3 }))
  world.run(4_000)
  return world
}

/** The fewest pods that served while the change was rolled out. */
function rollOut(world: World, object: DesiredObject): number {
  world.apply(object)
  let fewest = 4
  for (let i = 0; i < 120; i++) {
    world.run(250, 250)
    fewest = Math.min(fewest, world.ready().length)
  }
  return fewest
}

const rollout = suite('rollouts and budgets')

rollout('without the annotation the rollout goes by its own limits', () => {
  const world = start()
  assert.is(rollOut(world, web('2')), 0)
  assert.equal(world.last?.waiting, [])
})

rollout('with it never fewer than the budget needs serve, and it ends', () => {
  const world = start()
  assert.is(rollOut(world, annotated(web('2'), RESPECTS)), 3)
  assert.equal(world.last?.waiting, [])
  const images = world.ready().map((pod) => world.planned.replicaSets.get(pod.replicaSet)?.template.spec?.containers[0])
  assert.equal(
    images.map((container) => container?.image),
    ['demo:2', 'demo:2', 'demo:2', 'demo:2'],
  )
})

rollout('what waits says on which budget', () => {
  const world = start()
  for (const agent of world.agents.values()) agent.broken.add('demo:2')
  world.apply(annotated(web('2'), RESPECTS))
  world.run(5_000)
  const waiting = world.last?.waiting.filter((item) => item.on === 'disruption-budget') ?? []
  assert.is(waiting.length, 1)
  assert.is(waiting[0]?.detail, 'the rollout waits; budget web allows 0 more: 3 of 4 healthy, 3 needed')
  assert.is(world.ready().length, 3)
})

for (const replicas of [2, 0])
  rollout(
    `a commit that wants ${replicas} in the middle of a rollout is no disruption, whatever the budget needs`,
    () => {
      const world = start()
      for (const agent of world.agents.values()) agent.broken.add('demo:2')
      world.apply(annotated(web('2'), RESPECTS))
      world.run(1_000)
      const smaller = deployment('web', { replicas, image: 'demo:1', maxSurge: 1, maxUnavailable: 0 })
      world.apply(annotated(smaller, RESPECTS))
      world.run(8_000)
      assert.is(world.ready().length, replicas)
      assert.is(world.pods().length, replicas)
    },
  )

rollout.run()
