/** Rollouts on a simulated cluster: how many are ready on the way, what a revert brings back, what holds and what supersedes. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { imageId } from '../../src/simulation/image-profile.js'
import { deployment, makeWorld, service, WEB } from './manifests.js'
import { assertQuiet, runningIds, runningImages, runningPods, settle, spread } from './settle.js'

const rollout = suite('rollout in simulation')

rollout('a first commit places one pod a host and serves', async () => {
  const world = makeWorld()
  world.commit([deployment('web'), service('web')])
  await settle(world, 20_000)
  assert.equal(spread(world), [1, 1, 1])
  assert.is(world.starts(), 3)
})

rollout('a new image rolls one by one and never goes below what the manifest allows', async () => {
  const world = makeWorld()
  world.commit([deployment('web', { replicas: 4 }), service('web')])
  await settle(world)
  world.watchLowest(WEB)
  world.commit([deployment('web', { replicas: 4, image: 'web:2' }), service('web')])
  await settle(world, 60_000)
  assert.ok(world.lowestReady(WEB) >= 4, `${world.lowestReady(WEB)} were ready`)
  assert.equal(runningImages(world), [imageId('web:2')])
  assert.is(world.starts(), 8)
})

rollout('two at a time with maxUnavailable', async () => {
  const world = makeWorld()
  const options = { replicas: 10, maxSurge: 0, maxUnavailable: 2 }
  world.commit([deployment('web', options)])
  await settle(world)
  world.watchLowest(WEB)
  world.commit([deployment('web', { ...options, image: 'web:2' })])
  await settle(world, 60_000)
  assert.is(world.lowestReady(WEB), 8)
  assert.is(world.starts(), 20)
})

rollout('Recreate stops all before it starts any', async () => {
  const world = makeWorld()
  world.commit([deployment('web', { strategy: 'Recreate' })])
  await settle(world)
  const before = new Set(runningPods(world))
  world.commit([deployment('web', { strategy: 'Recreate', image: 'web:2' })])
  let isMixed = false
  await world.runUntil('the new ones', 30_000, () => {
    const now = runningPods(world)
    if (now.some((name) => before.has(name)) && now.some((name) => !before.has(name))) isMixed = true
    return now.length === 3 && now.every((name) => !before.has(name))
  })
  assert.not(isMixed)
  await settle(world)
})

rollout('an image that must be pulled', async () => {
  const world = makeWorld()
  world.commit([deployment('web')])
  await settle(world)
  world.commit([deployment('web', { image: 'web:3' })])
  await settle(world, 60_000)
  assert.equal(runningImages(world), [imageId('web:3')])
})

rollout('scaling touches only what is added or taken', async () => {
  const world = makeWorld()
  world.commit([deployment('web')])
  await settle(world)
  const three = runningIds(world)
  world.commit([deployment('web', { replicas: 9 })])
  const ms = await settle(world)
  assert.ok(ms < 10_000, `${ms} ms`)
  assert.equal(spread(world), [3, 3, 3])
  for (const id of three) assert.ok(runningIds(world).includes(id))
  world.commit([deployment('web', { replicas: 3 })])
  await settle(world)
  assert.is(runningIds(world).length, 3)
  assert.equal(spread(world), [1, 1, 1])
  assert.is(world.starts(), 9)
})

rollout('a revert brings the old replica set back, and nothing else moves', async () => {
  const world = makeWorld()
  const worker = deployment('worker', { image: 'worker:1', replicas: 2 })
  world.commit([deployment('web'), worker])
  await settle(world)
  const sets = [...world.core().planned.replicaSets.keys()]
  const first = runningPods(world)
  world.commit([deployment('web', { image: 'web:2' }), worker])
  await settle(world)
  assert.is(world.core().planned.replicaSets.size, sets.length + 1)
  const starts = world.starts()
  world.revert()
  await settle(world)
  assert.is(world.core().planned.replicaSets.size, sets.length + 1)
  assert.is(world.starts(), starts + 3)
  const prefixes = (names: readonly string[]) => [...new Set(names.map((name) => name.slice(0, -6)))]
  assert.equal(prefixes(runningPods(world)), prefixes(first))
  for (const name of first.filter((pod) => pod.startsWith('worker'))) assert.ok(runningPods(world).includes(name))
})

for (const image of ['web:missing', 'web:never-ready', 'web:crash-loop', 'web:exits-0']) {
  rollout(`${image} holds the rollout, the old pods serve, and the next commit supersedes at once`, async () => {
    const world = makeWorld()
    world.commit([deployment('web'), service('web')])
    await settle(world)
    const old = runningIds(world)
    world.watchLowest(WEB)
    world.commit([deployment('web', { image }), service('web')])
    await world.advance(45_000)
    assert.not(world.isConverged())
    assert.ok(world.core().waiting.length > 0)
    assert.is(world.lowestReady(WEB), 3)
    for (const id of old) assert.ok(runningIds(world).includes(id))
    world.commit([deployment('web', { image: 'web:2' }), service('web')])
    await settle(world, 30_000)
    assert.is(world.lowestReady(WEB), 3)
    assert.equal(runningImages(world), [imageId('web:2')])
  })
}

rollout('a container that crashes once is started again in place', async () => {
  const world = makeWorld()
  world.commit([deployment('web', { image: 'web:crash-once', replicas: 1 })])
  await settle(world)
  assert.is(world.starts(), 2)
})

rollout('a pod that ignores TERM is gone after its grace period', async () => {
  const world = makeWorld()
  const stubborn = deployment('web', { image: 'web:ignores-term', template: { terminationGracePeriodSeconds: 5 } })
  world.commit([stubborn])
  await settle(world)
  world.commit([deployment('web', { image: 'web:2', template: { terminationGracePeriodSeconds: 5 } })])
  const ms = await settle(world, 60_000)
  assert.ok(ms > 5_000, `${ms} ms`)
  assert.equal(runningImages(world), [imageId('web:2')])
})

rollout('a commit in the middle of a rollout wins', async () => {
  const world = makeWorld()
  world.commit([deployment('web', { replicas: 6 })])
  await settle(world)
  world.commit([deployment('web', { replicas: 6, image: 'web:3' })])
  await world.runUntil('the first new pod', 20_000, () => runningImages(world).includes(imageId('web:3')))
  world.commit([deployment('web', { replicas: 6, image: 'web:2' })])
  await settle(world, 60_000)
  assert.equal(runningImages(world), [imageId('web:2')])
})

rollout('comments, order and defaults written out restart nothing', async () => {
  const world = makeWorld()
  world.commit([deployment('web'), service('web')])
  await settle(world)
  const ids = runningIds(world)
  const explicit = deployment('web', {
    template: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' },
    spec: { revisionHistoryLimit: 10 },
  })
  world.commit([service('web'), explicit])
  await settle(world)
  assert.equal(runningIds(world), ids)
  assert.is(world.starts(), 3)
})

rollout('what does not fit waits and says so; the next commit that fits goes on', async () => {
  const world = makeWorld()
  const container = { resources: { requests: { cpu: '3' } } }
  world.commit([deployment('web', { replicas: 5, container })])
  await world.advance(20_000)
  assert.is(runningIds(world).length, 3)
  assert.ok(world.core().waiting.some((waiting) => waiting.on === 'scheduling'))
  assertQuiet(world)
  world.commit([deployment('web', { replicas: 3, container })])
  await settle(world)
  assert.is(world.starts(), 3)
})

rollout.run()
