/** Hosts, agents, links and the manager fail: what is replaced, how soon, and what is left alone. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { deployment, drainedNode, makeWorld, service, WEB } from './manifests.js'
import { runningIds, runningPods, settle, spread } from './settle.js'

const failure = suite('failure in simulation')

/** A settled cluster of three hosts with one Deployment. */
async function settled(replicas = 6, seed = 1) {
  const world = makeWorld({ seed })
  world.commit([deployment('web', { replicas }), service('web')])
  await settle(world)
  return world
}

for (const seed of [1, 2, 3]) {
  failure(`a dead host's pods run elsewhere in under 16 s (seed ${seed})`, async () => {
    const world = await settled(6, seed)
    const others = [...world.running()]
      .filter(([node]) => node !== 'node2')
      .flatMap(([, list]) => list.map(({ id }) => id))
    world.killNode('node2')
    const ms = await world.runUntil('replacements', 16_000, () => {
      const ready = [...world.core().observed.nodes.values()].filter((node) => node.silentSince === null)
      return ready.flatMap((node) => [...node.pods.values()]).filter((pod) => pod.ready).length === 6
    })
    assert.ok(ms < 16_000, `${ms} ms`)
    for (const id of others) assert.ok(runningIds(world).includes(id))
    await world.advance(5_000)
    world.bootNode('node2')
    await settle(world)
    assert.is(runningPods(world).length, 6)
  })
}

failure('its endpoints leave at once', async () => {
  const world = await settled(3)
  world.killNode('node1')
  const gone = await world.runUntil('the endpoint to leave', 6_000, () => {
    const [table] = [...world.core().planned.network.services.values()]
    return table?.ports[0]?.endpoints.every((endpoint) => endpoint.node !== 'node1') === true
  })
  assert.ok(gone <= 5_500, `${gone} ms`)
})

failure('a host that is cut off for a moment keeps its pods', async () => {
  const world = await settled()
  const ids = runningIds(world)
  world.cutNode('node3')
  await world.advance(6_000)
  world.healNode('node3')
  await settle(world)
  assert.equal(runningIds(world), ids)
  assert.is(world.starts(), 6)
})

failure('a host that is cut off for long: replaced elsewhere, and its old pods stop once it is back', async () => {
  const world = await settled()
  world.cutNode('node3')
  await world.advance(40_000)
  assert.is(runningIds(world).length, 8)
  world.healNode('node3')
  await world.runUntil('the old pods to stop', 15_000, () => runningIds(world).length === 6)
  await settle(world)
  assert.is(runningIds(world).length, 6)
})

failure('drain by commit moves the pods away within what the manifest allows, and back after', async () => {
  const world = await settled()
  world.watchLowest(WEB)
  const manifests = [deployment('web', { replicas: 6 }), service('web')]
  world.commit([...manifests, drainedNode('node1')])
  await settle(world)
  assert.equal(world.running().get('node1'), [])
  assert.equal(spread(world), [3, 3, 0])
  world.revert()
  await settle(world)
})

failure('the manager is killed at any moment: nothing restarts, and it goes on where it was', async () => {
  const world = makeWorld()
  world.commit([deployment('web', { replicas: 6 })])
  for (let i = 0; i < 12; i++) {
    await world.advance(130 + i * 37)
    world.crashManager({ downMs: 200 })
  }
  await settle(world)
  assert.is(world.starts(), 6)
  const ids = runningIds(world)
  world.crashManager({ downMs: 30_000 })
  await world.advance(60_000)
  await settle(world)
  assert.equal(runningIds(world), ids)
})

failure('the store is lost: git and the reports rebuild it, with no restart', async () => {
  const world = await settled()
  world.commit([deployment('web', { replicas: 6, image: 'web:2' }), service('web')])
  await settle(world)
  const ids = runningIds(world)
  const addresses = addressesOf(world)
  const starts = world.starts()
  world.crashManager({ store: 'lost' })
  await world.advance(2_000)
  await settle(world)
  assert.equal(runningIds(world), ids)
  assert.is(world.starts(), starts)
  assert.equal(addressesOf(world), addresses)
})

failure('the store is lost in the middle of a rollout', async () => {
  const world = await settled()
  world.watchLowest(WEB)
  world.commit([deployment('web', { replicas: 6, image: 'web:2' }), service('web')])
  await world.advance(1_700)
  world.crashManager({ store: 'lost' })
  await settle(world)
  assert.is(world.starts(), 12)
})

failure('the store is lost while a host is away: it is waited for, then replaced', async () => {
  const world = await settled()
  world.killNode('node2')
  world.crashManager({ store: 'lost' })
  await world.advance(60_000)
  await settle(world)
  assert.is(runningIds(world).length, 6)
})

failure('an agent is killed: its containers are adopted', async () => {
  const world = await settled()
  const ids = runningIds(world)
  for (const node of ['node1', 'node2', 'node3', 'node1']) {
    world.crashAgent(node, 700)
    await world.advance(1_500)
  }
  await settle(world)
  assert.equal(runningIds(world), ids)
  assert.is(world.starts(), 6)
})

failure('agent and manager are killed in the middle of a rollout', async () => {
  const world = await settled()
  world.commit([deployment('web', { replicas: 6, image: 'web:2' }), service('web')])
  await world.advance(1_200)
  world.crashAgent('node1')
  await world.advance(300)
  world.crashManager({})
  await settle(world)
  assert.is(runningIds(world).length, 6)
  assert.is(world.starts(), 12)
})

failure('all hosts lose power and come back', async () => {
  const world = await settled()
  for (const node of ['node1', 'node2', 'node3']) world.killNode(node)
  await world.advance(20_000)
  for (const node of ['node1', 'node2', 'node3']) world.bootNode(node)
  await settle(world)
  assert.is(runningIds(world).length, 6)
})

function addressesOf(world: Awaited<ReturnType<typeof settled>>): readonly string[] {
  const pods = [...world.core().planned.nodes.values()].flatMap((node) => node.pods)
  return pods.map((pod) => `${pod.name} ${pod.address}`).sort()
}

failure(
  'store and ledger lost at once, on one host: what is the first of its kind is known by its labels',
  async () => {
    const world = makeWorld({ nodes: 1 })
    world.commit([deployment('web', { replicas: 6 }), deployment('api', { replicas: 2 })])
    await settle(world)
    const before = runningIds(world)
    world.crashAgent('node1', 1_000, true)
    world.crashManager({ downMs: 1_500, store: 'lost' })
    await world.advance(30_000)
    await settle(world)
    assert.equal(runningIds(world), before)
  },
)

for (const seed of [1, 2, 3]) {
  failure(
    `store and all ledgers lost at once, on three hosts: what is replaced is replaced once (seed ${seed})`,
    async () => {
      const world = await settled(6, seed)
      for (const node of [...world.running().keys()]) world.crashAgent(node, 1_000, true)
      world.crashManager({ downMs: 1_500, store: 'lost' })
      await world.advance(30_000)
      await settle(world)
      const after = runningIds(world)
      assert.is(after.length, 6)
      await world.advance(60_000)
      assert.equal(runningIds(world), after)
    },
  )
}

failure.run()
