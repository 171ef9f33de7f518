/** Ranges and addresses as numbers. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  chooseAddress,
  contains,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
  subnetAt,
  subnetCount,
  subnetIndexOf,
} from '../../src/planner/cidr.js'

const cidr = suite('cidr')
const range = parseCidr('10.244.0.0/16')!

cidr('reads and writes', () => {
  assert.is(formatCidr(parseCidr('10.244.3.9/24')!), '10.244.3.0/24')
  assert.is(formatAddress(parseAddress('255.255.255.255')!), '255.255.255.255')
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '10.0.0.256/8', 'fd00::/64', ''])
    assert.is(parseCidr(text), null)
  for (const text of ['1.2.3', '1.2.3.4.5', '1.2.3.x', '1.2.3.']) assert.is(parseAddress(text), null)
})

cidr('cuts into subnets and finds them again', () => {
  assert.is(subnetCount(range, 24), 256)
  assert.is(subnetCount(range, 15), 0)
  assert.is(formatCidr(subnetAt(range, 24, 255)), '10.244.255.0/24')
  assert.is(subnetIndexOf(range, 24, parseAddress('10.244.7.8')!), 7)
  assert.is(subnetIndexOf(range, 24, parseAddress('10.245.0.1')!), -1)
  assert.ok(contains(range, parseAddress('10.244.255.255')!))
  assert.not.ok(contains(range, parseAddress('10.243.255.255')!))
})

cidr('gives every host address once, never network, gateway or broadcast', () => {
  const subnet = parseCidr('10.0.0.0/29')!
  const used = new Set<number>()
  for (;;) {
    const address = chooseAddress(subnet, 4, (candidate) => used.has(candidate))
    if (address === null) break
    used.add(address)
  }
  assert.equal([...used].sort().map(formatAddress), ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6'])
  assert.is(
    chooseAddress(parseCidr('10.0.0.0/31')!, 0, () => false),
    null,
  )
})

cidr.run()
