/** Which endpoint the next connection goes to. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ServiceEndpoint } from '../../src/model/assignment.js'
import { type BalancedEndpoint, EndpointBalancer } from '../../src/network/userspace/endpoint-balancer.js'

const tests = suite('endpoint balancer')

function endpoints(...names: string[]): ServiceEndpoint[] {
  return names.map((uid, i) => ({ uid, node: 'n', address: `10.0.0.${i + 1}`, port: 80 }))
}

function nameOf(endpoint: BalancedEndpoint | null): string | null {
  return endpoint?.key.split(' ')[0] ?? null
}

const NONE: ReadonlySet<BalancedEndpoint> = new Set()

/** Chooses and counts the connection, as the proxy does. */
function open(balancer: EndpointBalancer, client = 'c', now = 0): string | null {
  const endpoint = balancer.choose(client, NONE, now)
  if (endpoint !== null) endpoint.connections++
  return nameOf(endpoint)
}

tests('idle endpoints take turns', () => {
  const balancer = new EndpointBalancer()
  balancer.update(endpoints('a', 'b', 'c'), null)
  const chosen = new Set(Array.from({ length: 3 }, () => nameOf(balancer.choose('c', NONE, 0))))
  assert.is(chosen.size, 3)
})

tests('the one with the fewest connections is next', () => {
  const balancer = new EndpointBalancer()
  balancer.update(endpoints('a', 'b'), null)
  const [a, b] = balancer.endpoints
  a!.connections = 5
  b!.connections = 4
  assert.is(nameOf(balancer.choose('c', NONE, 0)), 'b')
  assert.is(nameOf(balancer.choose('c', new Set([b!]), 0)), 'a')
  assert.is(balancer.choose('c', new Set([a!, b!]), 0), null)
})

tests('one that could not be reached comes last for two seconds', () => {
  const balancer = new EndpointBalancer()
  balancer.update(endpoints('a', 'b'), null)
  const [a, b] = balancer.endpoints
  b!.connections = 9
  balancer.avoid(a!, 1_000)
  assert.is(nameOf(balancer.choose('c', NONE, 2_999)), 'b')
  assert.is(nameOf(balancer.choose('c', NONE, 3_000)), 'a')
  balancer.avoid(a!, 5_000)
  balancer.avoid(b!, 5_000)
  assert.is(nameOf(balancer.choose('c', NONE, 5_001)), 'a', 'better one of these than none')
})

tests('a client keeps its endpoint for the affinity time, while it is in the table', () => {
  const balancer = new EndpointBalancer()
  balancer.update(endpoints('a', 'b'), 10)
  const first = open(balancer, 'x', 0)
  assert.is(open(balancer, 'x', 9_999), first)
  assert.is(open(balancer, 'x', 19_998), first)
  assert.is.not(open(balancer, 'x', 29_998), first, 'forgotten 10 s after the last connection')
  const kept = open(balancer, 'y', 0)
  balancer.update(
    endpoints('a', 'b').filter((endpoint) => endpoint.uid !== kept),
    10,
  )
  assert.is.not(open(balancer, 'y', 1), kept)
})

tests('clients remembered are bounded', () => {
  const balancer = new EndpointBalancer()
  balancer.update(endpoints('a', 'b'), 100_000)
  const first = open(balancer, 'first', 0)
  for (let i = 0; i < 10_000; i++) open(balancer, `client ${i}`, 0)
  const all = balancer.endpoints
  const wasFirst = all.find((endpoint) => nameOf(endpoint) === first)
  wasFirst!.connections = 100_000
  assert.is.not(open(balancer, 'first', 1), first)
})

tests('what stays in the table keeps its count; what leaves is told', () => {
  const balancer = new EndpointBalancer()
  balancer.update(endpoints('a', 'b'), null)
  balancer.endpoints[0]!.connections = 7
  const gone = balancer.update(endpoints('a'), null)
  assert.equal([gone.map(nameOf), gone[0]?.isGone, balancer.endpoints[0]?.connections], [['b'], true, 7])
})

tests('only endpoints of the newest table are chosen, and loads differ by at most one', () => {
  const table: fc.Arbitrary<string[]> = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 })
  fc.assert(
    fc.property(table, table, fc.integer({ min: 1, max: 50 }), (before, after, count) => {
      const balancer = new EndpointBalancer()
      balancer.update(endpoints(...before), null)
      open(balancer)
      balancer.update(endpoints(...after), null)
      for (const endpoint of balancer.endpoints) endpoint.connections = 0
      for (let i = 0; i < count; i++) assert.ok(after.includes(open(balancer) ?? ''))
      const loads = balancer.endpoints.map((endpoint) => endpoint.connections)
      assert.ok(Math.max(...loads) - Math.min(...loads) <= 1)
    }),
  )
})

tests.run()
