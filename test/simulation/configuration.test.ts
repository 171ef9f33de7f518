/** Configuration follows the commit; deletions wait for their confirmation; what is unreadable is not absent. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { configMap, deployment, makeWorld, service } from './manifests.js'
import { assertQuiet, runningIds, runningPods, settle } from './settle.js'

const configuration = suite('configuration in simulation')

const fromEnvironment = { envFrom: [{ configMapRef: { name: 'settings' } }] }
const fromMount = {
  container: { volumeMounts: [{ name: 'settings', mountPath: '/etc/settings' }] },
  template: { volumes: [{ name: 'settings', configMap: { name: 'settings' } }] },
}

configuration(
  'a changed ConfigMap rolls what reads it through its environment; a revert brings the old set back',
  async () => {
    const world = makeWorld()
    const web = deployment('web', { container: fromEnvironment })
    world.commit([configMap('settings', { colour: 'blue' }), web])
    await settle(world)
    const sets = world.core().planned.replicaSets.size
    world.commit([configMap('settings', { colour: 'green' }), web])
    await settle(world)
    assert.is(world.starts(), 6)
    assert.is(world.core().planned.replicaSets.size, sets + 1)
    world.revert()
    await settle(world)
    assert.is(world.starts(), 9)
    assert.is(world.core().planned.replicaSets.size, sets + 1)
  },
)

configuration('a mounted one is changed in place', async () => {
  const world = makeWorld()
  const web = deployment('web', fromMount)
  world.commit([configMap('settings', { colour: 'blue' }), web])
  await settle(world)
  const ids = runningIds(world)
  world.commit([configMap('settings', { colour: 'green' }), web])
  await settle(world)
  assert.equal(runningIds(world), ids)
  assert.is(world.starts(), 3)
})

configuration('opting out of the roll', async () => {
  const world = makeWorld()
  const web = deployment('web', { container: fromEnvironment })
  const metadata = { ...web.metadata, annotations: { 'headway.dev/roll-on-config-change': 'false' } }
  world.commit([configMap('settings', { colour: 'blue' }), { ...web, metadata }])
  await settle(world)
  world.commit([configMap('settings', { colour: 'green' }), { ...web, metadata }])
  await settle(world)
  assert.is(world.starts(), 3)
})

configuration('a pod waits for a ConfigMap that is missing, and goes on when it comes', async () => {
  const world = makeWorld()
  const web = deployment('web', { container: fromEnvironment })
  world.commit([web])
  await world.advance(20_000)
  assert.is(runningIds(world).length, 0)
  assert.ok(world.core().waiting.some((waiting) => waiting.on === 'configuration'))
  world.commit([web, configMap('settings', { colour: 'blue' })])
  await settle(world, 180_000)
  assert.is(runningIds(world).length, 3)
})

configuration(
  'an old replica set gets its old values on another host after the manager lost sight of them',
  async () => {
    const world = makeWorld()
    const web = deployment('web', { container: fromEnvironment, replicas: 2 })
    world.commit([configMap('settings', { colour: 'blue' }), web])
    await settle(world)
    // The rollout to the new values is held by an image that does not exist; the old set must still be replaceable.
    world.commit([
      configMap('settings', { colour: 'green' }),
      deployment('web', { container: fromEnvironment, replicas: 2, image: 'web:missing' }),
    ])
    await world.advance(10_000)
    world.crashManager({})
    await world.advance(5_000)
    const [busy] = [...world.running()].filter(([, containers]) => containers.length > 0)
    world.killNode(busy?.[0] ?? '')
    await world.runUntil('two of the old values', 40_000, () => {
      const heard = [...world.core().observed.nodes.values()].filter((node) => node.silentSince === null)
      return heard.flatMap((node) => [...node.pods.values()]).filter((pod) => pod.ready).length === 2
    })
  },
)

configuration('the delete brake holds deletions only, until they are confirmed', async () => {
  const world = makeWorld()
  const names = ['a', 'b', 'c', 'd', 'e']
  world.commit(names.map((name) => deployment(name, { replicas: 1 })))
  await settle(world)
  world.commit([deployment('a', { replicas: 2 }), deployment('b', { replicas: 1 })])
  await world.runUntil('the rest of the commit', 20_000, () => runningIds(world).length === 6)
  await world.advance(10_000)
  const { brake } = world.core()
  assert.is(brake?.keys.length, 3)
  assert.ok(world.core().waiting.some((waiting) => waiting.on === 'delete-brake'))
  assert.is(runningIds(world).length, 6)
  assertQuiet(world)
  world.confirm(brake?.hash ?? '')
  await settle(world)
  assert.is(runningIds(world).length, 3)
  // The word was for those deletions: when the same objects are there again, it is over.
  world.commit([deployment('a', { replicas: 2 }), ...names.slice(1).map((name) => deployment(name, { replicas: 1 }))])
  await settle(world)
  world.commit([deployment('a', { replicas: 2 }), deployment('b', { replicas: 1 })])
  await world.runUntil('the brake again', 20_000, () => world.core().brake !== null)
  await world.advance(10_000)
  assert.is(world.core().brake?.hash, brake?.hash)
  assert.is(runningIds(world).length, 6)
})

configuration('a trailer in a later commit lets the deletions go', async () => {
  const world = makeWorld()
  world.commit(['a', 'b', 'c', 'd', 'e'].map((name) => deployment(name, { replicas: 1 })))
  await settle(world)
  world.commit([deployment('a', { replicas: 1 })])
  await world.runUntil('the brake', 20_000, () => world.core().brake !== null)
  const hash = world.core().brake?.hash ?? ''
  world.commit([deployment('a', { replicas: 1 })], { confirmations: [hash] })
  await settle(world)
  assert.is(runningIds(world).length, 1)
})

configuration('one deletion of few passes, and a revert of what was added passes', async () => {
  const world = makeWorld()
  world.commit([deployment('a', { replicas: 1 }), deployment('b', { replicas: 1 })])
  await settle(world)
  world.commit(['a', 'b', 'c', 'd', 'e'].map((name) => deployment(name, { replicas: 1 })))
  await settle(world)
  world.revert()
  await settle(world)
  assert.is(runningIds(world).length, 2)
  world.commit([deployment('a', { replicas: 1 })])
  await settle(world)
  assert.is(runningIds(world).length, 1)
})

configuration('an unreadable app stays as it is while another advances, and nothing is pruned meanwhile', async () => {
  const world = makeWorld()
  const shop = [deployment('shop', { replicas: 1 })]
  world.commit({ web: [deployment('web')], shop, old: [service('old')] })
  await settle(world)
  const pods = runningPods(world).filter((name) => name.startsWith('shop'))
  world.commit({ web: [deployment('web', { image: 'web:2' })], shop: 'unreadable' })
  await world.advance(30_000)
  assert.equal(
    runningPods(world).filter((name) => name.startsWith('shop')),
    pods,
  )
  assert.is(world.starts(), 7)
  assert.not(world.isConverged())
  assert.ok(world.core().planned.inventory.has('Service./default/old'))
  assert.ok(world.core().waiting.some((waiting) => waiting.on === 'unreadable-file'))
  assertQuiet(world)
  world.commit({ web: [deployment('web', { image: 'web:2' })], shop })
  await settle(world)
  assert.not(world.core().planned.inventory.has('Service./default/old'))
})

configuration.run()
