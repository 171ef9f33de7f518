/** Evictions by command while other things are under way: the budget holds at every tick, and so does the surge of a rollout. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeRandom } from '../../src/base/random.js'
import type { EvictionOutcome } from '../../src/model/plan.js'
import { ROLLOUT_ANNOTATION } from '../../src/planner/disruption/rollout-limit.js'
import { makePlan } from '../../src/planner/make-plan.js'
import { makeImage } from '../../src/simulation/image-profile.js'
import type { World } from '../../src/simulation/world.js'
import { budget, makeScene, podsOfApp, podsOn, type Scene, waitsOn } from './disruption.js'
import { deployment, drainedNode, hosts, service } from './manifests.js'
import { runningImages, settle } from './settle.js'

const evictions = suite('evictions in simulation')

/** What a plan made now says of a pod's eviction; nothing is evicted. */
function judge(world: World, pod: string): EvictionOutcome | undefined {
  const input = world.core().planInput(world.now)
  return makePlan({ ...input, evictions: [...(input.evictions ?? []), pod] }).evictions?.get(pod)
}

/** As `headway evict` does; true when nothing speaks against it now. */
function evict(world: World, pod: string): boolean {
  const outcome = judge(world, pod)
  world.manager.handle({ type: 'evict', pod })
  return outcome?.type === 'ordered'
}

/** Somebody evicts a pod of the app, whichever, again and again for a while; gives how many were answered with yes. */
function harass(scene: Scene, app: string, everyMs: number, untilMs: number): () => number {
  const random = makeRandom(7)
  let allowed = 0
  const once = (): void => {
    const { world } = scene
    const pods = podsOfApp(world, app)
    if (pods.length > 0) {
      const { uid } = random.pick(pods)
      world.manager.handle({ type: 'evict', pod: uid })
      world.later(100, () => {
        if (world.core().evictionOutcome(uid)?.type === 'ordered') allowed += 1
      })
    }
    if (world.elapsedMs + everyMs <= untilMs) world.later(everyMs, once)
  }
  scene.world.later(everyMs, once)
  return () => allowed
}

function evicted({ departures }: Scene): number {
  return departures.filter(({ reason }) => reason === 'eviction').length
}

for (const [name, rollsBy, bounds, least, most] of [
  ['a rollout by surge', { maxSurge: 2, maxUnavailable: 0 }, { minAvailable: 5 }, 5, 8],
  ['a rollout that takes one away', { maxSurge: 1, maxUnavailable: 1 }, { maxUnavailable: 1 }, 5, 7],
  ['a rollout without surge', { maxSurge: 0, maxUnavailable: 1 }, { maxUnavailable: 1 }, 5, 6],
] as const)
  evictions(`during ${name} at least ${least} serve and at most ${most} are there`, async () => {
    const scene = makeScene({ nodes: hosts(3) })
    const { world } = scene
    const app = (image: string) => [
      deployment('web', { image, replicas: 6, ...rollsBy }),
      service('web'),
      budget('web', bounds),
    ]
    world.commit(app('slow:1'))
    await settle(world)
    scene.forgetLowest()
    world.commit(app('slow:2'))
    const allowed = harass(scene, 'web', 700, world.elapsedMs + 40_000)
    await world.advance(45_000)
    await settle(world)
    assert.ok(scene.lowest('web') >= least, `${scene.lowest('web')} served`)
    assert.ok(scene.highest('web') <= most, `${scene.highest('web')} were there`)
    assert.ok(allowed() > 0)
    assert.is(evicted(scene), allowed(), 'whatever was allowed happened')
    assert.is(runningImages(world).length, 1)
  })

evictions('during a rollout that keeps budgets, though it might take two away, one is gone at most', async () => {
  const scene = makeScene()
  const { world } = scene
  const app = (image: string) => {
    const made = deployment('web', { image, replicas: 6, maxSurge: 0, maxUnavailable: 2 })
    const annotations = { [ROLLOUT_ANNOTATION]: 'true' }
    return [{ ...made, metadata: { ...made.metadata, annotations } }, budget('web', { minAvailable: 5 })]
  }
  world.commit(app('slow:1'))
  await settle(world)
  scene.forgetLowest()
  world.commit(app('slow:2'))
  const allowed = harass(scene, 'web', 500, world.elapsedMs + 40_000)
  await world.advance(42_000)
  await settle(world)
  assert.is(scene.lowest('web'), 5)
  assert.ok(scene.highest('web') <= 6)
  assert.is(evicted(scene), allowed())
  assert.is(runningImages(world).length, 1)
})

evictions('during a drain they share the budget', async () => {
  const scene = makeScene({ nodes: hosts(4) })
  const { world } = scene
  const content = [deployment('web', { image: 'slow:1', replicas: 8 }), budget('web', { maxUnavailable: 1 })]
  world.commit(content)
  await settle(world)
  scene.forgetLowest()
  world.commit([...content, drainedNode('node1'), drainedNode('node2')])
  const allowed = harass(scene, 'web', 300, world.elapsedMs + 30_000)
  await world.advance(31_000)
  await settle(world)
  assert.is(scene.lowest('web'), 7)
  assert.ok(allowed() > 0)
  assert.equal([podsOn(world, 'node1'), podsOn(world, 'node2')], [[], []])
})

evictions('while a host is silent its pods count as down', async () => {
  const scene = makeScene({ nodes: hosts(3) })
  const { world } = scene
  const template = {
    tolerations: [
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
  }
  world.commit([deployment('web', { replicas: 6, template }), budget('web', { minAvailable: 4 })])
  await settle(world)
  world.cutNode('node3')
  scene.forgetLowest()
  await world.runUntil('its silence to be known', 10_000, () => scene.lowest('web') === 4)
  const [here] = podsOn(world, 'node1')
  assert.equal(judge(world, here!.uid), {
    type: 'refused',
    detail: 'budget web allows 0 more: 4 of 6 healthy, 4 needed',
    isLasting: false,
  })
  // One that does not serve goes freely while the others are enough; its host is told when it is heard.
  const [there] = podsOn(world, 'node3')
  assert.ok(evict(world, there!.uid))
  await world.advance(5_000)
  assert.is(evicted(scene), 1)
  assert.is(scene.lowest('web'), 4)
  const [wait] = waitsOn(world, 'node-silence').filter(({ key }) => key?.endsWith(there!.name))
  assert.is(wait?.detail, 'node node3 is silent: it cannot confirm that the pod stopped')
  world.healNode('node3')
  await settle(world)
  assert.is(podsOfApp(world, 'web').length, 6)
  assert.is(
    world
      .running()
      .get('node3')
      ?.some(({ name }) => name.includes(there!.name)),
    false,
  )
})

for (const [policy, goes] of [
  ['IfHealthyBudget', false],
  ['AlwaysAllow', true],
] as const)
  evictions(
    `a pod that is not ready under ${policy} ${goes ? 'goes' : 'stays'} while the budget is short`,
    async () => {
      const scene = makeScene({ images: [makeImage('web:sick', { unreadyAfterMs: 20_000 })] })
      const { world } = scene
      const bounds = { minAvailable: 2, unhealthyPodEvictionPolicy: policy }
      world.commit([deployment('web', { image: 'web:sick' }), budget('web', bounds)])
      await settle(world)
      scene.forgetLowest()
      await world.runUntil('all to be sick', 60_000, () => scene.lowest('web') === 0)
      const allowed = podsOfApp(world, 'web').map(({ uid }) => evict(world, uid))
      assert.equal(allowed, [goes, goes, goes])
      await world.advance(5_000)
      assert.is(evicted(scene), goes ? 3 : 0)
    },
  )

evictions('a pod that waits for room goes freely, and another waits in its place', async () => {
  const scene = makeScene({ nodes: hosts(1) })
  const { world } = scene
  const container = { resources: { requests: { cpu: '3' } } }
  world.commit([deployment('web', { replicas: 2, container }), budget('web', { minAvailable: 2 })])
  await world.advance(5_000)
  const pending = podsOfApp(world, 'web').find(({ node }) => node === null)
  const running = podsOfApp(world, 'web').find(({ node }) => node !== null)
  assert.not.ok(evict(world, running!.uid))
  assert.ok(evict(world, pending!.uid))
  await world.advance(5_000)
  const pods = podsOfApp(world, 'web')
  assert.is(pods.length, 2)
  assert.not.ok(pods.some(({ uid }) => uid === pending!.uid))
  assert.ok(pods.some(({ uid }) => uid === running!.uid))
})

evictions(
  'what is asked of a manager that dies before it has planned is forgotten, and can be asked again',
  async () => {
    const scene = makeScene()
    const { world } = scene
    world.commit([deployment('web'), budget('web', { maxUnavailable: 1 })])
    await settle(world)
    const { uid } = podsOfApp(world, 'web')[0]!
    assert.ok(evict(world, uid))
    world.crashManager({ downMs: 2_000 })
    await settle(world)
    assert.ok(podsOfApp(world, 'web').some((pod) => pod.uid === uid))
    assert.ok(evict(world, uid))
    await world.advance(1_000)
    await settle(world)
    assert.not.ok(podsOfApp(world, 'web').some((pod) => pod.uid === uid))
  },
)

evictions.run()
