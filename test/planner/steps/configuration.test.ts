/** What pods get of ConfigMaps: the mounted contents follow, the environment stays as the set was made with. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AssignedConfig, AssignedPod } from '../../../src/model/assignment.js'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import { configMap, deployment, image, World } from '../world.js'

const environment = { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] }
const mount: Partial<PodSpec> = { volumes: [{ name: 'v', configMap: { name: 'settings' } }] }
const optionalMount: Partial<PodSpec> = { volumes: [{ name: 'v', configMap: { name: 'settings', optional: true } }] }

function start(): World {
  const world = new World()
  world.addNode('n1', { images: [image('demo:1')] })
  return world
}

function assigned(world: World): readonly AssignedPod[] {
  return world.assignments.get('n1')?.pods ?? []
}

function configsOf(world: World): readonly AssignedConfig[] {
  return assigned(world).find((pod) => pod.workload.endsWith('/web'))?.configs ?? []
}

const digest = (data: Readonly<Record<string, string>>): string => configMap('x', data).config?.digest ?? ''

const configuration = suite('configuration')

configuration('a pod waits for what it mounts, and is not assigned before', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 1, pod: mount }))
  world.run(1_000)
  assert.equal(assigned(world), [])
  assert.ok(world.last?.waiting.some((item) => item.on === 'configuration' && item.detail.includes('settings')))
  world.apply(configMap('settings', { a: '1' }))
  world.run(1_000)
  assert.equal(configsOf(world), [{ kind: 'ConfigMap', name: 'settings', digest: digest({ a: '1' }) }])
})

configuration('what is optional and absent is null; when it goes away again too', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 1, pod: optionalMount }), deployment('other'))
  world.run(1_000)
  assert.is(configsOf(world)[0]?.digest, null)
  world.apply(configMap('settings', { a: '1' }))
  world.run(1_000)
  assert.is(configsOf(world)[0]?.digest, digest({ a: '1' }))
  world.remove('ConfigMap./default/settings')
  world.run(1_000)
  assert.is(configsOf(world)[0]?.digest, null)
})

configuration('what is required and goes away stays as it was last', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 1, pod: mount }), configMap('settings', { a: '1' }), deployment('other'))
  world.run(3_000)
  world.remove('ConfigMap./default/settings')
  world.run(3_000)
  assert.is(configsOf(world)[0]?.digest, digest({ a: '1' }))
  assert.is(world.ready().length, 3)
})

configuration('mounted and read: two digests once another key changed while opted out of rolling', () => {
  const world = start()
  const web = deployment('web', { replicas: 1, container: environment, pod: mount })
  const { manifest } = web
  const annotations = { 'headway.dev/roll-on-config-change': 'false' }
  const optedOut = { ...web, manifest: { ...manifest, metadata: { ...manifest.metadata, annotations } } }
  world.apply(optedOut, configMap('settings', { a: '1', b: '1' }))
  world.run(3_000)
  const before = world.ready().map((pod) => pod.uid)
  world.apply(configMap('settings', { a: '1', b: '2' }))
  world.run(3_000)
  world.apply(configMap('settings', { a: '2', b: '2' }))
  world.run(3_000)
  assert.equal(configsOf(world), [
    { kind: 'ConfigMap', name: 'settings', digest: digest({ a: '2', b: '2' }), use: 'mount' },
    { kind: 'ConfigMap', name: 'settings', digest: digest({ a: '1', b: '1' }), use: 'environment' },
  ])
  assert.equal(
    world.ready().map((pod) => pod.uid),
    before,
  )
})

configuration('a revert brings the old set and its values back', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 1, container: environment }), configMap('settings', { a: '1' }))
  world.run(3_000)
  const [first] = world.ready()
  world.apply(configMap('settings', { a: '2' }))
  world.run(5_000)
  assert.is.not(world.ready()[0]?.replicaSet, first?.replicaSet)
  world.apply(configMap('settings', { a: '1' }))
  world.run(5_000)
  assert.is(world.ready()[0]?.replicaSet, first?.replicaSet)
  assert.is(configsOf(world)[0]?.digest, digest({ a: '1' }))
})

configuration.run()
