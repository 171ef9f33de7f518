/** Rebalancing over hours: load comes back to a host at the configured rate, within budgets, and then nothing moves any more. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { asking, budget, makeScene, podsOn, rebalancing, type Scene } from './disruption.js'
import { deployment, hosts, service } from './manifests.js'
import { assertQuiet, runningIds, settle } from './settle.js'

const HOUR_MS = 3_600_000

const rebalance = suite('rebalancing in simulation')

/** When pods were moved, in milliseconds since the beginning. */
function movesOf({ actions }: Scene): readonly number[] {
  return actions.flatMap(({ action, atMs }) => (action.type === 'rebalance' ? [atMs] : []))
}

function counts(scene: Scene): readonly number[] {
  return [...scene.world.nodes.keys()].map((name) => podsOn(scene.world, name).length)
}

const web = deployment('web', { replicas: 12, container: asking('500m') })

rebalance('off, a host that returns stays empty', async () => {
  const scene = makeScene()
  const { world } = scene
  world.commit([web])
  await settle(world)
  world.killNode('node3')
  await world.runUntil(
    'replacements',
    30_000,
    () => podsOn(world, 'node1').length + podsOn(world, 'node2').length === 12,
  )
  world.bootNode('node3')
  await settle(world)
  const ids = runningIds(world)
  await world.advance(HOUR_MS)
  assert.equal(movesOf(scene), [])
  assert.equal(counts(scene), [6, 6, 0])
  assert.equal(runningIds(world), ids)
})

for (const movesPerMinute of [1, 4])
  rebalance(
    `a host that returns gets its load back at ${movesPerMinute} a minute, and then nothing moves`,
    async () => {
      const scene = makeScene()
      const { world } = scene
      const content = [web, service('web'), budget('web', { maxUnavailable: 0 }), rebalancing(movesPerMinute, 5)]
      world.commit(content)
      await settle(world)
      assert.equal(counts(scene), [4, 4, 4])
      world.killNode('node3')
      await world.runUntil('the loss to be made up for', 60_000, () => counts(scene)[2] === 0 && world.isConverged())
      world.bootNode('node3')
      scene.forgetLowest()
      await world.runUntil(
        'the host to have its load',
        10 * 60_000,
        () => counts(scene)[2] === 4 && world.isConverged(),
      )
      assertQuiet(world)
      assert.equal(counts(scene), [4, 4, 4])
      const moves = movesOf(scene)
      assert.is(moves.length, 4)
      for (const [i, atMs] of moves.entries()) {
        const gapMs = atMs - (moves[i - 1] ?? Number.NEGATIVE_INFINITY)
        assert.ok(gapMs >= 60_000 / movesPerMinute, `${gapMs} ms after the one before`)
        assert.ok(i === 0 || gapMs <= 60_000 / movesPerMinute + 1_000, `${gapMs} ms after the one before`)
      }
      assert.is(scene.lowest('web'), 12)
      assert.is(scene.highest('web'), 12)
      const starts = world.starts()
      await world.advance(2 * HOUR_MS)
      assert.is(movesOf(scene).length, 4)
      assert.is(world.starts(), starts)
    },
  )

rebalance('a host that joins gets its share, and nothing goes back and forth over hours of scaling', async () => {
  const scene = makeScene({ nodes: hosts(2), apps: ['web', 'api'] })
  const { world } = scene
  const content = (replicas: number) => [
    deployment('web', { replicas, container: asking('400m') }),
    deployment('api', { replicas: 4, container: asking('700m') }),
    rebalancing(6),
  ]
  world.commit(content(6))
  await settle(world)
  world.addNode({ name: 'node3' })
  await world.advance(HOUR_MS)
  const [first, second, third] = counts(scene)
  assert.ok(Math.max(first!, second!, third!) - Math.min(first!, second!, third!) <= 1, counts(scene).join())
  for (const replicas of [9, 3, 6]) {
    world.commit(content(replicas))
    await settle(world)
    const before = movesOf(scene).length
    await world.advance(HOUR_MS)
    const moved = movesOf(scene).length - before
    assert.ok(moved <= 2, `${moved} moves after scaling to ${replicas}`)
    await world.advance(2 * HOUR_MS)
    assert.is(movesOf(scene).length, before + moved, 'it had come to an end')
    assertQuiet(world)
  }
})

rebalance('a pod that would only carry its load to a smaller host stays where it is', async () => {
  const scene = makeScene({
    nodes: [
      { name: 'node1', cpu: '8' },
      { name: 'node2', cpu: '5' },
    ],
  })
  const { world } = scene
  world.commit([deployment('web', { replicas: 1, container: asking('3') }), rebalancing(6)])
  await settle(world)
  assert.is(podsOn(world, 'node1').length, 1)
  await world.advance(HOUR_MS)
  assert.equal(scene.departures, [])
})

rebalance('what a budget holds is not moved, and what is under way is finished when it is switched off', async () => {
  const scene = makeScene({ nodes: hosts(2) })
  const { world } = scene
  const slow = deployment('web', { image: 'slow:1', replicas: 8, container: asking('500m') })
  const twice = { ...budget('web', { minAvailable: 1 }), metadata: { name: 'second' } }
  world.commit([slow, budget('web', { minAvailable: 1 }), twice, rebalancing(6)])
  await settle(world)
  world.addNode({ name: 'node3' })
  scene.forgetLowest()
  await world.advance(10 * 60_000)
  assert.equal(scene.departures, [], 'two budgets select it')
  world.commit([slow, budget('web', { maxUnavailable: 0 }), rebalancing(6)])
  await world.runUntil('a move', 60_000, () => movesOf(scene).length > 0)
  world.commit([slow, budget('web', { maxUnavailable: 0 })])
  await settle(world)
  const moves = movesOf(scene).length
  await world.advance(HOUR_MS)
  assert.is(movesOf(scene).length, moves)
  assert.ok(scene.lowest('web') >= 8)
})

rebalance.run()
