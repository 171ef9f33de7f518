/** Services: addresses, ports by name and number, readiness, affinity, and what a held deletion leaves standing. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ServiceTable } from '../../../src/model/assignment.js'
import { deployment, image, service, World } from '../world.js'

function start(options = {}): World {
  const world = new World()
  for (const name of ['n1', 'n2']) world.addNode(name, { images: [image('demo:1')], ...options })
  return world
}

function tableOf(world: World, name: string): ServiceTable | undefined {
  return world.table().services.get(`Service./default/${name}`)
}

const services = suite('services')

interface PortRow {
  readonly name: string
  readonly port: object
  readonly target: number | null
}

const portRows: readonly PortRow[] = [
  { name: 'a number', port: { port: 80, targetPort: 9_000 }, target: 9_000 },
  { name: 'a name', port: { port: 80, targetPort: 'http' }, target: 8_080 },
  { name: 'a number as text', port: { port: 80, targetPort: '81' }, target: 81 },
  { name: 'none: the port itself', port: { port: 80 }, target: 80 },
  { name: 'a name that no container has', port: { port: 80, targetPort: 'grpc' }, target: null },
  { name: 'a name under another protocol', port: { port: 80, targetPort: 'http', protocol: 'UDP' }, target: null },
]
for (const row of portRows)
  services(`target port: ${row.name}`, () => {
    const world = start()
    world.apply(deployment('web', { replicas: 1 }), service('web', { ports: [row.port] }))
    world.run(3_000)
    assert.is(tableOf(world, 'web')?.ports[0]?.endpoints[0]?.port ?? null, row.target)
  })

services('an address is inside the range and stays while the Service does', () => {
  const world = start()
  world.apply(service('web'), service('more'))
  world.settle()
  const address = tableOf(world, 'web')?.address ?? ''
  assert.match(address, /^10\.96\./)
  assert.is.not(address, tableOf(world, 'more')?.address)
  world.apply(service('web', { type: 'NodePort' }))
  world.settle()
  assert.is(tableOf(world, 'web')?.address, address)
  const nodePort = tableOf(world, 'web')?.ports[0]?.nodePort ?? 0
  assert.ok(nodePort >= 30_000 && nodePort <= 32_767)
})

services('an address that a manifest names is taken before others are given', () => {
  const world = start()
  const names = Array.from({ length: 40 }, (_, i) => `s${i}`)
  const configuration = { ...world.configuration, serviceCidr: '10.96.0.0/26' }
  world.configuration = configuration
  world.apply(...names.map((name) => service(name)), service('zz', { clusterIP: '10.96.0.17' }))
  world.settle()
  assert.is(tableOf(world, 'zz')?.address, '10.96.0.17')
  assert.is(new Set([...names, 'zz'].map((name) => tableOf(world, name)?.address)).size, 41)
})

services('headless Services have endpoints and no address, ExternalName has no table', () => {
  const world = start()
  world.apply(deployment('web'), service('web', { clusterIP: 'None' }), {
    ...service('out', { type: 'ExternalName', externalName: 'example.org' }),
  })
  world.run(3_000)
  assert.is(tableOf(world, 'web')?.address, null)
  assert.is(world.endpoints('web'), 2)
  assert.is(tableOf(world, 'out'), undefined)
})

services('pods that are not ready are endpoints only where that is published', () => {
  const world = start({ readyAfterMs: Number.POSITIVE_INFINITY })
  world.apply(
    deployment('web'),
    service('web'),
    service('early', { selector: { app: 'web' }, publishNotReadyAddresses: true }),
  )
  world.run(3_000)
  assert.equal([world.endpoints('web'), world.endpoints('early')], [0, 2])
})

services('a selector that changes takes other pods', () => {
  const world = start()
  world.apply(deployment('blue'), deployment('green', { replicas: 1 }), service('web', { selector: { app: 'blue' } }))
  world.run(3_000)
  assert.is(world.endpoints('web'), 2)
  world.apply(service('web', { selector: { app: 'green' } }))
  world.settle()
  assert.is(world.endpoints('web'), 1)
  world.apply(service('web', { selector: {} }))
  world.settle()
  assert.is(world.endpoints('web'), 0)
})

services('ClientIP affinity has Kubernetes’ three hours', () => {
  const world = start()
  world.apply(service('web', { sessionAffinity: 'ClientIP' }), service('more'))
  world.settle()
  assert.equal(
    [tableOf(world, 'web'), tableOf(world, 'more')].map((table) => table?.sessionAffinitySeconds),
    [10_800, null],
  )
})

services('a Service whose deletion waits goes on with new pods', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 1 }), service('web'))
  world.run(3_000)
  world.hasUnreadable = true
  world.remove('Service./default/web')
  world.apply(deployment('web', { replicas: 3 }))
  world.run(3_000)
  assert.is(world.endpoints('web'), 3)
  world.hasUnreadable = false
  world.commit()
  world.run(1_000)
  assert.is(tableOf(world, 'web'), undefined)
  assert.is(world.planned.services.size, 0)
})

services('under hostNetwork an endpoint has the address of its node', () => {
  const world = start()
  world.apply(deployment('web', { replicas: 1, pod: { hostNetwork: true } }), service('web'))
  world.run(3_000)
  const endpoint = tableOf(world, 'web')?.ports[0]?.endpoints[0]
  assert.is(endpoint?.address, world.agents.get(endpoint?.node ?? '')?.address)
  assert.is(world.pods()[0]?.address, null)
})

services('a version goes out only when something changed', () => {
  const world = start()
  world.apply(deployment('web'), service('web'))
  world.run(3_000)
  const { version } = world.table()
  world.run(5_000)
  assert.is(world.table().version, version)
})

services.run()
