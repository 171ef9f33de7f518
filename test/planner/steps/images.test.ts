/** Pins: what nodes have, what one node resolves, and what holds a pod back. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PinnedImage } from '../../../src/model/assignment.js'
import { deployment, image, type NodeOptions, World } from '../world.js'

function start(...nodes: readonly NodeOptions[]): World {
  const world = new World()
  for (const [i, options] of nodes.entries()) world.addNode(`n${i + 1}`, options)
  return world
}

/** Every pin that some pod was assigned. */
function pins(world: World): PinnedImage[] {
  const all = [...world.assignments.values()].flatMap(({ pods }) => pods.flatMap((pod) => Object.values(pod.images)))
  const distinct = new Map(all.map((pin) => [`${pin.id} ${pin.digest}`, pin]))
  return [...distinct.values()]
}

function waitingFor(world: World): string[] {
  return [
    ...new Set((world.last?.waiting ?? []).filter((item) => item.on === 'image-resolve').map((item) => item.detail)),
  ]
}

const images = suite('images')

images('the id that most nodes have, ties by id', () => {
  const a = { images: [image('demo:1', 'sha256:a')] }
  const b = { images: [image('demo:1', 'sha256:b')] }
  const most = start(b, a, b)
  most.apply(deployment('web', { replicas: 3 }))
  most.settle()
  assert.equal(pins(most), [{ id: 'sha256:b', digest: '' }])
  const tie = start(b, a)
  tie.apply(deployment('web'))
  tie.settle()
  assert.equal(pins(tie), [{ id: 'sha256:a', digest: '' }])
})

images('the digest of the same repository goes with it', () => {
  const names = ['demo:1', 'other@sha256:2', 'demo@sha256:1']
  const world = start({ images: [{ id: 'sha256:a', names, sizeBytes: 1 }] })
  world.apply(deployment('web'))
  world.settle()
  assert.equal(pins(world), [{ id: 'sha256:a', digest: 'demo@sha256:1' }])
})

images('nodes of two architectures share a digest and no id', () => {
  const world = start({ architecture: 'amd64' }, { architecture: 'arm64' })
  world.apply(deployment('web', { image: 'app:1' }))
  world.run(2_000)
  assert.equal(pins(world), [{ id: '', digest: 'app@sha256:1' }])
})

images('Always asks a node though one has the image', () => {
  const world = start({ images: [image('demo:1', 'sha256:old')] })
  world.apply(deployment('web', { replicas: 1, container: { imagePullPolicy: 'Always' } }))
  const actions = world.run(2_000)
  assert.ok(actions.some((action) => action.type === 'resolve-image' && action.reference === 'demo:1'))
  assert.is.not(pins(world)[0]?.id, 'sha256:old')
})

images('Never waits until a node has it', () => {
  const world = start({})
  world.apply(deployment('web', { replicas: 1, container: { imagePullPolicy: 'Never' } }))
  world.run(2_000)
  assert.equal(waitingFor(world), [
    'no node has image demo:1, and its pull policy is Never: bring it to a node or change the policy',
  ])
  world.agents.get('n1')!.options = { images: [image('demo:1')] }
  world.run(3_000)
  assert.is(world.ready().length, 1)
})

images('what cannot be resolved is told, and goes on when it can', () => {
  const world = start({ unresolvable: ['app:1'] })
  world.apply(deployment('web', { replicas: 1, image: 'app:1' }))
  world.run(2_000)
  assert.equal(waitingFor(world), ['node n1 cannot resolve image app:1: manifest unknown'])
  world.agents.get('n1')!.options = {}
  world.run(3_000)
  assert.is(world.ready().length, 1)
})

images('another node is asked when the first falls silent', () => {
  const world = start({ unresolvable: ['app:1'] }, { unresolvable: ['app:1'] })
  world.apply(deployment('web', { replicas: 2, image: 'app:1', maxSurge: 1 }))
  world.run(1_000)
  const asked = [...world.planned.nodes.values()].find((node) => node.resolve.length > 0)!
  for (const agent of world.agents.values())
    agent.options = { unresolvable: agent.name === asked.name ? ['app:1'] : [] }
  world.agents.get(asked.name)!.resolved = new Map()
  world.agents.get(asked.name)!.silentSince = world.now
  world.run(20_000)
  assert.is(world.ready().length, 2)
})

images('with pull secrets the pod takes the tag', () => {
  const world = start({})
  world.apply(deployment('web', { replicas: 1, image: 'private/app:1', pod: { imagePullSecrets: [{ name: 'key' }] } }))
  world.run(3_000)
  assert.equal(pins(world), [{ id: '', digest: '' }])
})

images('a digest needs nobody’s answer', () => {
  const world = start({})
  world.apply(deployment('web', { replicas: 1, image: 'app@sha256:00' }))
  world.settle()
  assert.equal(pins(world), [{ id: '', digest: 'app@sha256:00' }])
})

images.run()
