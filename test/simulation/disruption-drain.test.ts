/** Drains and cordons by commit: order, budgets at every tick, what waits and why, and how good the estimate of the end is. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeImage } from '../../src/simulation/image-profile.js'
import { asking, budget, cordonedNode, makeScene, podsOn, priorityClass, waitsOn } from './disruption.js'
import { deployment, drainedNode, hosts, service } from './manifests.js'
import { assertQuiet, runningIds, settle } from './settle.js'

const drain = suite('drains in simulation')

for (const [bounds, least] of [
  [{ maxUnavailable: 0 }, 8],
  [{ maxUnavailable: 1 }, 7],
  [{ minAvailable: 6 }, 6],
  [{ minAvailable: '51%' }, 5],
] as const)
  drain(`under ${JSON.stringify(bounds)} never fewer than ${least} of 8 serve`, async () => {
    const scene = makeScene({ nodes: hosts(4) })
    const { world } = scene
    const app = [deployment('web', { image: 'slow:1', replicas: 8 }), service('web'), budget('web', bounds)]
    world.commit(app)
    await settle(world)
    scene.forgetLowest()
    world.commit([...app, drainedNode('node1')])
    await settle(world)
    assert.ok(scene.lowest('web') >= least, `${scene.lowest('web')} served`)
    assert.equal(podsOn(world, 'node1'), [])
    assert.equal(world.running().get('node1'), [])
    const { departures } = scene
    assert.ok(departures.every(({ node, reason }) => node === 'node1' && reason === 'drain'))
    assert.is(departures.length, 2)
    // What the budget leaves goes at once, the rest when replacements serve: its readiness takes 4 s.
    const atOnce = departures.filter(({ atMs }) => atMs - departures[0]!.atMs < 1_000).length
    assert.is(atOnce, least === 7 ? 1 : 2)
  })

/** Replacements start together: the slowest decides, and its grace period is the most that stopping takes. */
for (const [name, image, graceSeconds, stopMs] of [
  ['stops at once', 'web:1', 30, 60],
  ['is slow to start and to stop', 'slow:1', 30, 2_000],
  ['ignores TERM', 'stubborn:1', 8, 8_000],
] as const)
  drain(`the estimate of the end of a drain is right within its grace: the program ${name}`, async () => {
    const scene = makeScene()
    const { world } = scene
    const template = { terminationGracePeriodSeconds: graceSeconds }
    const app = [deployment('web', { image, replicas: 6, template }), budget('web', { maxUnavailable: 0 })]
    world.commit(app)
    await settle(world)
    world.commit([...app, drainedNode('node2')])
    await world.runUntil('the drain to begin', 5_000, () => waitsOn(world, 'drain').length > 0)
    const beganAt = world.elapsedMs
    const [wait] = waitsOn(world, 'drain')
    assert.is(wait?.key, 'Node.//node2')
    const seconds = /^2 pods are left on node node2: 2 in service, 0 on their way out; expected to take (\d+) s in all$/
    const told = Number(seconds.exec(wait?.detail ?? '')?.[1])
    await settle(world)
    const endedAt = scene.world.elapsedMs
    const tookMs = endedAt - beganAt
    // Told in whole seconds, and 1.5 s for plans, reports and images on the way.
    const most = told * 1_000 + 1_500
    const least = told * 1_000 - 1_000 - (graceSeconds * 1_000 - stopMs)
    assert.ok(tookMs <= most, `${tookMs} ms, told ${told} s`)
    assert.ok(tookMs >= least, `${tookMs} ms, told ${told} s`)
    for (const end of scene.expectedEnds)
      assert.ok(end >= endedAt - 1_500 && end <= endedAt + graceSeconds * 1_000 - stopMs + 1_500, `${end} ${endedAt}`)
  })

drain('what a budget holds for ever is named, nothing goes, and a changed budget lets it go', async () => {
  const scene = makeScene()
  const { world } = scene
  // Two budgets never let go; the replacements are there all the while.
  const app = deployment('web', { replicas: 6 })
  const second = { ...budget('web', { minAvailable: 1 }), metadata: { name: 'second' } }
  const content = [app, budget('web', { maxUnavailable: 1 }), second]
  world.commit(content)
  await settle(world)
  const before = runningIds(world)
  scene.forgetLowest()
  world.commit([...content, drainedNode('node1')])
  await world.advance(30 * 60_000)
  assert.equal(scene.departures, [])
  assert.ok(before.every((id) => runningIds(world).includes(id)))
  assert.is(scene.lowest('web'), 6)
  const detail =
    'node node1 is drained; budgets second, web all select it, and a pod with more than one is not evicted: let one select it'
  const held = waitsOn(world, 'disruption-budget')
  assert.equal(
    held.map((wait) => wait.detail),
    [detail, detail],
  )
  assert.equal(
    held.map(({ key }) => key),
    podsOn(world, 'node1')
      .map(({ name }) => `Pod./default/${name}`)
      .sort(),
  )
  assertQuiet(world)
  world.commit([app, budget('web', { maxUnavailable: 1 }), drainedNode('node1')])
  await settle(world)
  assert.equal(podsOn(world, 'node1'), [])
  assert.is(scene.departures.length, 2)
  assert.ok(scene.lowest('web') >= 5)
})

drain('a budget that asks for more than there are is a drain without end, until it asks for less', async () => {
  const scene = makeScene({ nodes: hosts(2) })
  const { world } = scene
  const app = deployment('web', { replicas: 2, container: asking('3') })
  const content = [app, budget('web', { minAvailable: 2 })]
  world.commit(content)
  await settle(world)
  world.commit([...content, drainedNode('node1')])
  await world.advance(10 * 60_000)
  assert.equal(scene.departures, [])
  const [held] = waitsOn(world, 'disruption-budget')
  assert.is(held?.detail, 'node node1 is drained; budget web allows 0 more: 2 of 3 healthy, 2 needed')
  assert.match(waitsOn(world, 'drain')[0]?.detail ?? '', /its end cannot be told while a replacement finds no node$/)
  assert.match(waitsOn(world, 'scheduling')[0]?.detail ?? '', /^0\/2 nodes are available/)
  world.commit([app, budget('web', { minAvailable: 1 }), drainedNode('node1')])
  await world.runUntil('the pod to go', 60_000, () => podsOn(world, 'node1').length === 0)
  assert.is(scene.departures.length, 1)
  world.commit([app, budget('web', { minAvailable: 1 })])
  await settle(world)
})

drain('two hosts at once share one budget, and go in the order of their names', async () => {
  const scene = makeScene({ nodes: hosts(5), apps: ['web', 'late'] })
  const { world } = scene
  const front = {
    metadata: { name: 'front' },
    spec: { minAvailable: 13, selector: { matchLabels: { tier: 'front' } } },
  }
  const tiered = (name: string, options: Parameters<typeof deployment>[1]) => {
    const made = deployment(name, options) as unknown as {
      readonly spec: { readonly template: { readonly spec: object } }
    }
    const template = { metadata: { labels: { app: name, tier: 'front' } }, spec: made.spec.template.spec }
    return { ...deployment(name, options), spec: { ...made.spec, template } }
  }
  const content = [
    tiered('web', { image: 'slow:1', replicas: 10 }),
    tiered('late', { image: 'slow:1', replicas: 5 }),
    { ...budget('front', {}), ...front },
  ]
  world.commit(content)
  await settle(world)
  scene.forgetLowest()
  world.commit([...content, drainedNode('node2'), drainedNode('node1')])
  await settle(world)
  assert.ok(scene.lowest('web') + scene.lowest('late') >= 12, `${scene.lowest('web')} and ${scene.lowest('late')}`)
  assert.is(scene.departures.length, 6)
  // The two that the budget leaves before any replacement serves are of the first host.
  assert.equal(
    scene.departures.slice(0, 2).map(({ node }) => node),
    ['node1', 'node1'],
  )
  assert.ok(scene.departures[2]!.atMs > scene.departures[1]!.atMs)
  assert.equal(podsOn(world, 'node1'), [])
  assert.equal(podsOn(world, 'node2'), [])
})

drain('on one host pods of the lowest priority go first', async () => {
  const scene = makeScene({ nodes: hosts(2), apps: ['low', 'mid', 'high'] })
  const { world } = scene
  const all = { matchLabels: { tier: 'one' } }
  const app = (name: string) => {
    const made = deployment(name, { image: 'slow:1', replicas: 2, template: { priorityClassName: name } })
    const { template, ...spec } = made['spec'] as { readonly template: { readonly spec: object } }
    return { ...made, spec: { ...spec, template: { ...template, metadata: { labels: { app: name, tier: 'one' } } } } }
  }
  const content = [
    priorityClass('low', 1),
    priorityClass('mid', 50),
    priorityClass('high', 100),
    ...['high', 'low', 'mid'].map(app),
    { ...budget('all', {}), spec: { minAvailable: 5, selector: all } },
  ]
  world.commit(content)
  await settle(world)
  world.commit([...content, drainedNode('node1')])
  await settle(world)
  const order = scene.departures.map(({ pod }) => pod.workload)
  assert.equal(order[0], 'Deployment.apps/default/low')
  assert.equal([...order].sort(), [
    'Deployment.apps/default/high',
    'Deployment.apps/default/low',
    'Deployment.apps/default/mid',
  ])
})

drain('a host that dies in the middle of its drain counts against the budget', async () => {
  const scene = makeScene({ nodes: hosts(4) })
  const { world } = scene
  const content = [deployment('web', { image: 'slow:1', replicas: 8 }), budget('web', { maxUnavailable: 1 })]
  world.commit(content)
  await settle(world)
  world.killNode('node4')
  scene.forgetLowest()
  await world.runUntil('the silence to be known', 10_000, () => scene.lowest('web') === 6)
  world.commit([...content, drainedNode('node1')])
  await world.advance(2_000)
  assert.equal(scene.departures, [], 'two of eight are down, and one may be')
  assert.match(
    waitsOn(world, 'disruption-budget')[0]?.detail ?? '',
    /^node node1 is drained; budget web allows 0 more: 6 of 8 healthy, 7 needed$/,
  )
  await world.runUntil('node1 to be empty', 60_000, () => podsOn(world, 'node1').length === 0)
  world.bootNode('node4')
  await settle(world)
  assert.is(scene.departures.filter(({ reason }) => reason === 'drain').length, 2)
})

drain('a manager that is killed in the middle of a drain goes on with it, within the budget', async () => {
  const scene = makeScene({ nodes: hosts(4) })
  const { world } = scene
  const content = [deployment('web', { image: 'slow:1', replicas: 8 }), budget('web', { maxUnavailable: 1 })]
  world.commit(content)
  await settle(world)
  scene.forgetLowest()
  world.commit([...content, drainedNode('node1'), drainedNode('node2')])
  await world.runUntil('the first to go', 10_000, () => scene.departures.length > 0)
  world.crashManager({ downMs: 3_000, store: 'lost' })
  await settle(world)
  assert.equal(podsOn(world, 'node1'), [])
  assert.equal(podsOn(world, 'node2'), [])
  assert.is(world.starts(), 12)
})

drain('a cordon moves nothing and lets nothing new in; lifted, the host takes pods again', async () => {
  const scene = makeScene()
  const { world } = scene
  const web = (replicas: number) => deployment('web', { replicas, container: asking('100m') })
  world.commit([web(3), service('web')])
  await settle(world)
  const before = runningIds(world)
  world.commit([web(3), service('web'), cordonedNode('node1')])
  await settle(world)
  await world.advance(10 * 60_000)
  assert.equal(runningIds(world), before)
  assert.equal(scene.departures, [])
  world.commit([web(9), service('web'), cordonedNode('node1')])
  await settle(world)
  assert.is(podsOn(world, 'node1').length, 1)
  assert.ok(before.every((id) => runningIds(world).includes(id)))
  // What is rolled there goes elsewhere.
  world.commit([deployment('web', { replicas: 9, image: 'web:2' }), service('web'), cordonedNode('node1')])
  await settle(world)
  assert.is(podsOn(world, 'node1').length, 0)
  world.commit([deployment('web', { replicas: 12, image: 'web:2' }), service('web')])
  await settle(world)
  assert.ok(podsOn(world, 'node1').length >= 1)
})

drain('where every host is cordoned new pods wait and say so', async () => {
  const { world } = makeScene({ nodes: hosts(2) })
  world.commit([deployment('web', { replicas: 2 })])
  await settle(world)
  world.commit([deployment('web', { replicas: 3 }), cordonedNode('node1'), cordonedNode('node2')])
  await world.advance(10_000)
  assert.match(
    waitsOn(world, 'scheduling')[0]?.detail ?? '',
    /^0\/2 nodes are available: 2 node\(s\) were unschedulable/,
  )
  assert.is(runningIds(world).length, 2)
  world.commit([deployment('web', { replicas: 3 }), cordonedNode('node1')])
  await settle(world)
})

for (const [policy, goes] of [
  ['IfHealthyBudget', false],
  ['AlwaysAllow', true],
] as const)
  drain(`pods that are not ready under ${policy} ${goes ? 'go' : 'stay'} while the budget is short`, async () => {
    const sick = makeImage('web:sick', { unreadyAfterMs: 20_000 })
    const scene = makeScene({ nodes: hosts(2), images: [sick] })
    const { world } = scene
    const bounds = { minAvailable: 3, unhealthyPodEvictionPolicy: policy }
    const content = [deployment('web', { image: 'web:sick', replicas: 4 }), budget('web', bounds)]
    world.commit(content)
    await settle(world)
    scene.forgetLowest()
    await world.runUntil('all to be sick', 60_000, () => scene.lowest('web') === 0)
    world.commit([...content, drainedNode('node1')])
    await world.advance(10 * 60_000)
    assert.is(scene.departures.length, goes ? 2 : 0)
    assert.is(podsOn(world, 'node1').length, goes ? 0 : 2)
    const [held] = waitsOn(world, 'disruption-budget')
    assert.is(held?.detail.includes('budget web allows 0 more'), goes ? undefined : true)
    const [wait] = waitsOn(world, 'drain')
    const told =
      /^2 pods are left on node node1: 0 in service, 2 not ready, 0 on their way out; it was expected to take \d+ s in all, and takes longer$/
    if (!goes) assert.match(wait?.detail ?? '', told)
    assertQuiet(world)
  })

drain.run()
