/** Questions of room: how many more fit, what losing or adding hosts does. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import { countCapacity } from '../../../src/planner/capacity.js'
import { answerWhatIf, type WhatIfQuestion } from '../../../src/planner/what-if.js'
import { priorityClass } from '../disruption/objects.js'
import { deployment, image, nodeManifest, podManifest, World } from '../world.js'

const GIB = 1024 ** 3

function start(): World {
  const world = new World()
  for (const name of ['n1', 'n2', 'n3']) world.addNode(name, { images: [image('demo:1')], cpuMilli: 2_000 })
  return world
}

function ask(world: World, spec: Partial<PodSpec>, cpu = '500m', max = 1_000) {
  const container = { name: 'main', image: 'demo:1', resources: { requests: { cpu } } }
  const template = { metadata: { labels: { app: 'new' } }, spec: { containers: [container], ...spec } }
  return countCapacity(world.input(), { namespace: 'default', template, max })
}

const NOTHING: WhatIfQuestion = { lose: [], add: [], desired: null }

function added(name: string, cpuMilli = 2_000) {
  const amounts = { cpuMilli, memoryBytes: 8 * GIB, ephemeralStorageBytes: 100 * GIB, pods: 110, extended: {} }
  return { name, amounts, labels: {} }
}

const capacity = suite('capacity')

capacity('counts what fits beside what runs, where, and what limits', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 3, cpu: '1' }), nodeManifest('n3', { unschedulable: true }))
  world.run(4_000)
  const found = ask(world, {})
  // Six cpu in all; two nodes take pods, and three pods of 1 cpu are on them.
  assert.is(found.fits, 2)
  assert.is(found.isMore, false)
  assert.equal(
    found.nodes.map(({ fits }) => fits).reduce((sum, fits) => sum + fits, 0),
    2,
  )
  assert.equal(found.nodes.find(({ node }) => node === 'n3')?.fits, 0)
  assert.match(found.limits, /^0\/3 nodes are available: /)
  assert.match(found.limits, /2 Insufficient cpu/)
  assert.match(found.limits, /1 node\(s\) were unschedulable/)
})

capacity('counts no further than it is asked to', () => {
  const world = start()
  world.settle()
  assert.equal(ask(world, {}, '1', 5), { ...ask(world, {}, '1', 5), fits: 5, isMore: true, limits: '' })
  assert.equal(ask(world, {}, '1', 6), { ...ask(world, {}, '1', 6), fits: 6, isMore: false })
})

capacity('anti-affinity, ports and selectors limit it like anything else', () => {
  const world = start()
  world.settle()
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'new' } } }
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
  assert.is(ask(world, { affinity }).fits, 3)
  assert.is(ask(world, { nodeSelector: { 'kubernetes.io/hostname': 'n1' } }).fits, 4)
  const ports = [{ containerPort: 80, hostPort: 80 }]
  assert.is(ask(world, { containers: [{ name: 'main', image: 'demo:1', ports }] }).fits, 3)
})

capacity('addresses limit it too', () => {
  const world = start()
  world.configuration = { ...world.configuration, podCidr: '10.244.0.0/24', nodePrefixLength: 29 }
  world.settle()
  const found = ask(world, {}, '10m')
  assert.is(found.fits, 15)
  assert.match(found.limits, /^0\/\d nodes are available: .*\d node\(s\) had no free pod address/)
})

capacity('the profile is the one that the schedulerName names', () => {
  const world = start()
  const spread = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' as const }
  const schedulerProfiles = [{ schedulerName: 'even', defaultConstraints: [spread] }]
  world.configuration = { ...world.configuration, schedulerProfiles }
  // n1 has room for 2, n2 and n3 for 4 each; the even profile lets n2 and n3 have one more than n1.
  world.apply(
    podManifest('big', {
      nodeName: 'n1',
      containers: [{ name: 'main', image: 'demo:1', resources: { requests: { cpu: '1' } } }],
    }),
  )
  world.run(4_000)
  assert.is(ask(world, {}).fits, 10)
  const even = ask(world, { schedulerName: 'even' })
  assert.is(even.fits, 8)
  assert.match(even.limits, /topology spread constraints/)
})

capacity('a schedulerName that no profile has: none fits, and why', () => {
  const world = start()
  world.settle()
  const found = ask(world, { schedulerName: 'nobody' })
  assert.is(found.fits, 0)
  assert.is(found.isMore, false)
  assert.equal(
    found.nodes.map(({ fits }) => fits),
    [0, 0, 0],
  )
  assert.match(found.limits, /no scheduler profile is named nobody: add it to schedulerProfiles/)
})

capacity('pods that wait already come first', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 7, cpu: '1' }))
  world.run(4_000)
  const found = ask(world, {}, '500m')
  assert.is(found.fits, 0)
  assert.is(found.pending, 1)
})

capacity('a lost host: what moves and what is stranded', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 5, cpu: '1' }), podManifest('alone', { nodeName: 'n1' }))
  world.run(4_000)
  const before = world.planned
  const onFirst = world.planned.nodes.get('n1')!.pods
  const found = answerWhatIf(world.input(), { ...NOTHING, lose: ['n1'] })
  assert.is(found.isSettled, true)
  assert.equal(found.gone.map(({ pod }) => pod).sort(), onFirst.map((pod) => pod.name).sort())
  assert.is(found.placed.length + found.stranded.length, onFirst.length)
  assert.ok(found.stranded.some(({ pod }) => pod === 'alone'))
  assert.ok(found.stranded.every(({ why }) => why.startsWith('0/2 nodes are available')))
  assert.equal(
    found.nodes.map(({ node, after }) => [node, after]),
    [
      ['n1', -1],
      ['n2', 2],
      ['n3', 2],
    ],
  )
  assert.is(world.planned, before)
})

capacity('a lost host under priorities: who is evicted for whom', () => {
  const world = start()
  world.apply(
    priorityClass('gold', 1_000),
    deployment('low', { replicas: 4, cpu: '1', pod: { nodeSelector: { 'kubernetes.io/os': 'x' } } }),
  )
  world.apply(deployment('low', { replicas: 4, cpu: '1' }))
  world.run(4_000)
  world.apply(deployment('high', { replicas: 2, cpu: '1', pod: { priorityClassName: 'gold' } }))
  world.run(4_000)
  const node = [...world.planned.nodes.values()].find(({ pods }) => pods.some((pod) => pod.name.startsWith('high')))!
  const found = answerWhatIf(world.input(), { ...NOTHING, lose: [node.name] })
  assert.ok(found.stranded.every(({ pod }) => pod.startsWith('low')))
  assert.is(found.stranded.length, 2)
  for (const { by } of found.preempted) assert.match(by, /^high/)
})

capacity('added hosts take what waits', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 8, cpu: '1' }))
  world.run(4_000)
  assert.is(answerWhatIf(world.input(), NOTHING).stranded.length, 2)
  assert.is(answerWhatIf(world.input(), { ...NOTHING, add: [added('new-1')] }).stranded.length, 0)
  assert.is(answerWhatIf(world.input(), { ...NOTHING, add: [added('new-1', 1_000)] }).stranded.length, 1)
})

capacity('another revision: the rollout is followed to its end', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 2, cpu: '1' }))
  world.run(4_000)
  const input = world.input()
  world.apply(deployment('web', { replicas: 4, cpu: '1', image: 'demo:2' }))
  const found = answerWhatIf(input, { ...NOTHING, desired: world.desired() })
  assert.is(found.isSettled, true)
  assert.equal([found.placed.length, found.gone.length, found.stranded.length], [4, 2, 0])
  world.apply(deployment('web', { replicas: 7, cpu: '1' }))
  assert.is(answerWhatIf(input, { ...NOTHING, desired: world.desired() }).stranded.length, 1)
})

capacity('a host that is none is said so', () => {
  const world = start()
  world.settle()
  assert.throws(() => answerWhatIf(world.input(), { ...NOTHING, lose: ['n9'] }), /there is no node n9/)
  assert.throws(() => answerWhatIf(world.input(), { ...NOTHING, add: [added('n1')] }), /there is a node n1 already/)
})

capacity.run()
