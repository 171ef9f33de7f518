/** Preemption from the commit to the running pod: who has to go, how gracefully, whose room it is meanwhile, and what waits. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defined } from '../../src/base/assert.js'
import type { Action } from '../../src/model/plan.js'
import type { WrittenManifest } from '../../src/simulation/simulated-git.js'
import type { World } from '../../src/simulation/world.js'
import { asking, budget, makeScene, podsOfApp, podsOn, priorityClass, type Scene, waitsOn } from './disruption.js'
import { type DeploymentOptions, deployment, hosts, service } from './manifests.js'
import { assertQuiet, runningIds, settle } from './settle.js'

const preemption = suite('preemption in simulation')

/** Of a class of the same name; `high` is above `low`. */
function app(name: string, className: 'low' | 'high', options: DeploymentOptions): WrittenManifest {
  return deployment(name, { ...options, template: { ...options.template, priorityClassName: className } })
}

const classes = [priorityClass('low', 10), priorityClass('high', 1_000)]

function preemptions({ actions }: Scene): readonly Extract<Action, { type: 'preempt' }>[] {
  return actions.flatMap(({ action }) => (action.type === 'preempt' ? [action] : []))
}

function nominated(world: World): readonly string[] {
  return world.core().planned.pending.flatMap(({ nominatedNode }) => nominatedNode ?? [])
}

preemption(
  'the victim leaves the endpoints, stops in its own time, and then the pod runs where it is nominated',
  async () => {
    const scene = makeScene({ nodes: hosts(2), apps: ['back', 'front'] })
    const { world } = scene
    const grace = { terminationGracePeriodSeconds: 20 }
    const back = app('back', 'low', { image: 'lazy:1', replicas: 4, container: asking('2'), template: grace })
    const content = [...classes, back, service('back')]
    world.commit(content)
    await settle(world)
    const before = runningIds(world)
    world.commit([...content, app('front', 'high', { replicas: 1, container: asking('2') })])
    await world.runUntil('the nomination', 5_000, () => nominated(world).length > 0)
    const [node] = nominated(world)
    assert.is(preemptions(scene).length, 1)
    const action = defined(preemptions(scene)[0], 'a preemption')
    assert.is(action.node, node)
    assert.equal(
      action.victims.map(({ owner }) => owner),
      ['Deployment.apps/default/back'],
    )
    const { name, pod } = defined(action.victims[0], 'a victim')
    assert.match(action.reason, new RegExp(`^evicts ${name} \\(deployment/back\\)$`))
    const detail = waitsOn(world, 'scheduling').find(({ key }) => key?.includes('/front-'))?.detail ?? ''
    assert.match(detail, new RegExp(`^0/2 nodes are available: 2 Insufficient cpu.*Nominated to node ${node}: `))
    await world.runUntil('the pod to run', 20_000, () => podsOfApp(world, 'front').every((item) => item.node !== null))
    const tookMs = world.elapsedMs - scene.departures[0]!.atMs
    assert.ok(tookMs >= 3_000 && tookMs <= 5_000, `${tookMs} ms for a program that stops in 3 s`)
    assert.is(podsOfApp(world, 'front')[0]?.node, node)
    await world.runUntil('it to be ready', 10_000, () => scene.lowest('front') >= 0 && isReady(world, 'front', 1))
    // It serves nobody any more before it is told to stop, and is not cut short.
    const ordered = scene.actions.filter(({ action: done }) => 'pod' in done && done.pod === pod)
    assert.equal(
      ordered.map(({ action: { type } }) => type).filter((type) => type === 'leave-endpoints' || type === 'stop-pod'),
      ['leave-endpoints', 'stop-pod'],
    )
    // One victim, as it was enough; its replacement finds no room and says so.
    assert.is(scene.departures.length, 1)
    assert.is(before.filter((id) => runningIds(world).includes(id)).length, 3)
    const waits = waitsOn(world, 'scheduling')
    assert.is(waits.length, 1)
    assert.match(waits[0]?.detail ?? '', /^0\/2 nodes are available: 2 Insufficient cpu/)
    await world.advance(10 * 60_000)
    assert.is(preemptions(scene).length, 1)
    assertQuiet(world)
    // With the important one gone the victim's replacement comes back.
    world.commit(content)
    await settle(world)
    assert.is(podsOfApp(world, 'back').length, 4)
  },
)

function isReady(world: World, name: string, count: number): boolean {
  return world.core().planned.workloads.get(`Deployment.apps/default/${name}`)?.counts.ready === count
}

preemption('of two hosts the one goes whose pods no budget keeps', async () => {
  const scene = makeScene({ nodes: hosts(2), apps: ['kept', 'free', 'front'] })
  const { world } = scene
  const low = (name: string) => app(name, 'low', { replicas: 2, container: asking('2') })
  const content = [...classes, low('kept'), budget('kept', { minAvailable: 2 }), low('free')]
  world.commit(content)
  await settle(world)
  scene.forgetLowest()
  world.commit([...content, app('front', 'high', { replicas: 2, container: asking('2') })])
  await world.runUntil('both to run', 60_000, () => isReady(world, 'front', 2))
  assert.ok(scene.departures.every(({ pod }) => pod.workload === 'Deployment.apps/default/free'))
  assert.is(scene.departures.length, 2)
  assert.is(scene.lowest('kept'), 2)
})

preemption('a budget does not hold it back where nothing else makes room', async () => {
  const scene = makeScene({ nodes: hosts(1), apps: ['kept', 'front'] })
  const { world } = scene
  const content = [
    ...classes,
    app('kept', 'low', { replicas: 2, container: asking('2') }),
    budget('kept', { minAvailable: 2 }),
  ]
  world.commit(content)
  await settle(world)
  world.commit([...content, app('front', 'high', { replicas: 1, container: asking('2') })])
  await world.runUntil('it to run', 60_000, () => isReady(world, 'front', 1))
  assert.is(scene.departures.length, 1)
})

preemption('nobody takes the room that is being made, and what makes it is not asked twice', async () => {
  const scene = makeScene({ nodes: hosts(1), apps: ['back', 'front', 'other'] })
  const { world } = scene
  const grace = { terminationGracePeriodSeconds: 30 }
  const content = [
    ...classes,
    app('back', 'low', { image: 'stubborn:1', replicas: 1, container: asking('3'), template: grace }),
  ]
  world.commit(content)
  await settle(world)
  const front = app('front', 'high', { replicas: 1, container: asking('3') })
  world.commit([...content, front])
  await world.runUntil('the nomination', 5_000, () => nominated(world).length > 0)
  // Small enough to fit when the victim is gone, if the room were not kept.
  const other = app('other', 'low', { replicas: 1, container: asking('2') })
  world.commit([...content, front, other])
  await world.runUntil('it to run', 60_000, () => isReady(world, 'front', 1))
  assert.is(preemptions(scene).length, 1)
  assert.is(podsOfApp(world, 'other')[0]?.node, null)
  assert.equal(
    podsOn(world, 'node1').map(({ workload }) => workload),
    ['Deployment.apps/default/front'],
  )
})

preemption('preemptionPolicy Never waits, and says so; equal priority evicts nobody', async () => {
  const scene = makeScene({ nodes: hosts(1), apps: ['back'] })
  const { world } = scene
  const polite = { ...priorityClass('polite', 5_000), preemptionPolicy: 'Never' }
  const content = [...classes, polite, app('back', 'low', { replicas: 1, container: asking('3') })]
  world.commit(content)
  await settle(world)
  const waiting = deployment('front', {
    replicas: 1,
    container: asking('3'),
    template: { priorityClassName: 'polite' },
  })
  world.commit([...content, waiting, app('equal', 'low', { replicas: 1, container: asking('2') })])
  await world.advance(5 * 60_000)
  assert.equal(scene.departures, [])
  assert.equal(preemptions(scene), [])
  const details = waitsOn(world, 'scheduling').map(({ detail }) => detail)
  assert.ok(details.some((detail) => /not eligible due to preemptionPolicy=Never/.test(detail)))
  assert.is(details.length, 2)
})

preemption(
  'a commit that takes the important pod back while its victim stops leaves no nomination behind',
  async () => {
    const scene = makeScene({ nodes: hosts(1), apps: ['back'] })
    const { world } = scene
    const grace = { terminationGracePeriodSeconds: 10 }
    const content = [
      ...classes,
      app('back', 'low', { image: 'stubborn:1', replicas: 1, container: asking('3'), template: grace }),
    ]
    world.commit(content)
    await settle(world)
    world.commit([...content, app('front', 'high', { replicas: 1, container: asking('3') })])
    await world.runUntil('the nomination', 5_000, () => nominated(world).length > 0)
    world.revert()
    await settle(world)
    assert.is(podsOfApp(world, 'back').length, 1)
    assert.is(scene.departures.length, 1)
  },
)

preemption('a host that dies with the nomination is made up for on another', async () => {
  const scene = makeScene({ nodes: hosts(2), apps: ['back', 'front'] })
  const { world } = scene
  const grace = { terminationGracePeriodSeconds: 30 }
  const content = [
    ...classes,
    app('back', 'low', { image: 'stubborn:1', replicas: 2, container: asking('3'), template: grace }),
  ]
  world.commit(content)
  await settle(world)
  world.commit([...content, app('front', 'high', { replicas: 1, container: asking('3') })])
  await world.runUntil('the nomination', 5_000, () => nominated(world).length > 0)
  const first = nominated(world)[0]!
  world.killNode(first)
  await world.runUntil('it to run elsewhere', 90_000, () => isReady(world, 'front', 1))
  assert.is.not(podsOfApp(world, 'front')[0]?.node, first)
  assert.is(preemptions(scene).length, 2)
})

preemption.run()
