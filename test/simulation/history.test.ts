/** What is measured in a simulated cluster is what its hosts and images take. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type HistoryKeeper, openHistoryKeeper } from '../../src/manager/history/history-keeper.js'
import { medianMs } from '../../src/model/recorded-durations.js'
import type { World } from '../../src/simulation/world.js'
import { openMemoryStore } from '../../src/store/memory-store.js'
import { deployment, makeWorld, WEB } from './manifests.js'

const history = suite('history in simulation')

/** A keeper that looks on at the world's manager. */
async function watched(world: World): Promise<HistoryKeeper> {
  await world.advance(500)
  const core = world.core()
  const log = (line: string): void => assert.unreachable(line)
  const keeper = await openHistoryKeeper({ core, store: openMemoryStore(), clusterId: 'c', plannerVersion: '1', log })
  const handle = core.handle.bind(core)
  core.handle = (event, now) => {
    const effects = handle(event, now)
    keeper.handled(event, now, effects)
    return effects
  }
  return keeper
}

history('durations of image and template, with the pull apart', async () => {
  const world = makeWorld()
  const keeper = await watched(world)
  world.commit([deployment('web', { replicas: 6 })])
  await world.converge()
  world.commit([deployment('web', { replicas: 6, image: 'web:3' })])
  await world.converge()
  await world.advance(5_000)
  const { images, templates } = keeper.durations()
  // web:3 is pulled in 1.5 s, give or take the link and the engine's own work.
  const pullMs = medianMs(images.get('web:3'), 'pull')
  assert.ok(pullMs !== null && pullMs > 1_000 && pullMs < 3_500, `${pullMs} ms`)
  assert.is(medianMs(images.get('web:1'), 'pull'), null)
  for (const step of ['start', 'ready', 'stop'] as const) {
    const ms = medianMs(images.get('web:1'), step)
    assert.ok(ms !== null && ms >= 0 && ms < 10_000, `${step} ${ms} ms`)
  }
  assert.is(templates.size, 2)
  assert.ok([...templates.keys()].every((key) => key.startsWith(`${WEB}@v1-`)))
  await keeper.close()
})

history('a rolling update has its pods in order, each with its steps', async () => {
  const world = makeWorld()
  const keeper = await watched(world)
  world.commit([deployment('web')])
  await world.converge()
  const revision = world.commit([deployment('web', { image: 'web:2' })])
  const took = await world.converge()
  const detail = await keeper.detail(revision)
  assert.is(detail?.replaced, 3)
  assert.is(detail?.actual?.replaced, 3)
  const { pods = [], convergedMs = null } = detail?.actual ?? {}
  assert.is(pods.length, 6)
  assert.ok(convergedMs !== null && convergedMs <= took && convergedMs > took - 500, `${convergedMs} of ${took}`)
  for (const { createdMs, boundMs, startedMs, readyMs, stopOrderedMs, goneMs } of pods) {
    const isNew = createdMs !== null
    const steps = isNew ? [createdMs, boundMs, startedMs, readyMs] : [stopOrderedMs, goneMs]
    assert.ok(
      steps.every((ms, i) => ms !== null && (i === 0 || ms >= (steps[i - 1] ?? 0))),
      JSON.stringify(steps),
    )
    assert.is(isNew ? stopOrderedMs : startedMs, null)
  }
  await keeper.close()
})

history('what happens after convergence is not the commit’s doing', async () => {
  const world = makeWorld()
  const keeper = await watched(world)
  const revision = world.commit([deployment('web')])
  await world.converge()
  const before = (await keeper.detail(revision))?.actual
  world.killNode('node1')
  await world.advance(30_000)
  await world.converge()
  assert.equal((await keeper.detail(revision))?.actual, before)
  await keeper.close()
})

history.run()
