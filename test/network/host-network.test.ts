/**
 * Addresses, routes and firewall rules, in a network namespace of its own: as root the file runs itself again inside
 * one (`unshare --net`); elsewhere it says that it is skipped.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { NodeRoute } from '../../src/model/assignment.js'
import { gatewayOf, isWithin } from '../../src/network/pod-network.js'
import { openUserspaceDataPlane } from '../../src/network/userspace/open-userspace-data-plane.js'
import { waitFor } from '../support/wait-for.js'
import { connect, networkTable, openEcho, serviceTable } from './network-tables.js'

const INSIDE = 'HEADWAY_TEST_IN_NAMESPACE'
const tests = suite('host network')

tests('a subnet lies within a range', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['10.250.3.0/24', '10.250.0.0/16', true],
    ['10.250.255.255', '10.250.0.0/16', true],
    ['10.251.0.0/24', '10.250.0.0/16', false],
    ['10.249.255.0/24', '10.250.0.0/16', false],
    ['10.250.0.0/15', '10.250.0.0/16', false],
    ['192.168.1.4/30', '0.0.0.0/0', true],
  ]
  for (const [subnet, range, expected] of rows) assert.is(isWithin(subnet, range), expected, `${subnet} in ${range}`)
})

tests('the gateway is the first address of a subnet', () => {
  const rows = [
    ['10.250.1.0/24', '10.250.1.1'],
    ['10.250.0.255/32', '10.250.1.0'],
    ['192.168.1.128/25', '192.168.1.129'],
  ] as const
  for (const [subnet, gateway] of rows) assert.is(gatewayOf(subnet), gateway)
})

function run(command: string, ...args: readonly string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr || result.error?.message}`)
  return result.stdout
}

function routes(): string[] {
  return run('ip', '-4', 'route', 'show')
    .split('\n')
    .filter((line) => line.startsWith('10.250.'))
    .map((line) => line.trim().replace(/ (dev|proto) \S+/g, ''))
    .sort()
}

function loopback(): string[] {
  const lines = run('ip', '-4', 'address', 'show', 'dev', 'lo')
  return [...lines.matchAll(/inet (\S+) scope \S+ (lo\S*)/g)].map(([, address, label]) => `${address} ${label}`).sort()
}

function rules(): string[] {
  const lines = `${run('iptables', '-S')}${run('iptables', '-t', 'nat', '-S')}`.split('\n')
  return lines.filter((line) => line.includes('HEADWAY'))
}

function peer(node: string, subnet: string, address: string): NodeRoute {
  return { node, address, podSubnet: subnet }
}

function open(clusterId: string) {
  const logged: string[] = []
  const plane = openUserspaceDataPlane({ clusterId, bridge: 'pods0', log: (line) => logged.push(line) })
  return { plane, logged }
}

const OWN = '10.250.1.0/24'
const PEER_2 = peer('n2', '10.250.2.0/24', '192.0.2.2')
const PEER_3 = peer('n3', '10.250.3.0/24', '192.0.2.3')

function addTest(name: string, test: () => Promise<void>): void {
  tests(name, async () => {
    run('ip', 'link', 'add', 'pods0', 'type', 'bridge')
    run('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'pods0')
    run('ip', 'link', 'set', 'pods0', 'up')
    try {
      await test()
      assert.equal([rules(), loopback(), routes()], [[], ['127.0.0.1/8 lo'], []], 'nothing is left behind')
    } finally {
      run('ip', 'link', 'del', 'pods0')
    }
  })
}

function addNamespaceTests(): void {
  addTest('routes to the other nodes follow the table; others’ routes stay', async () => {
    run('ip', 'route', 'add', '10.250.99.0/24', 'via', '192.0.2.99')
    const { plane } = open('aaaa0001')
    const table = networkTable([], [peer('n1', OWN, '192.0.2.1'), PEER_2, PEER_3])
    assert.equal((await plane.apply(table, OWN)).problems, [])
    const both = ['10.250.2.0/24 via 192.0.2.2', '10.250.3.0/24 via 192.0.2.3', '10.250.99.0/24 via 192.0.2.99']
    assert.equal(routes(), both)
    assert.equal((await plane.apply(table, OWN)).problems, [])
    const moved = networkTable([], [peer('n3', '10.250.3.0/24', '192.0.2.33')])
    assert.equal((await plane.apply(moved, OWN)).problems, [])
    assert.equal(routes(), ['10.250.3.0/24 via 192.0.2.33', '10.250.99.0/24 via 192.0.2.99'])
    await plane.close(true)
    assert.equal(routes(), ['10.250.99.0/24 via 192.0.2.99'])
    run('ip', 'route', 'del', '10.250.99.0/24')
  })

  addTest('no route leads to this host itself, though its row names another subnet than its assignment', async () => {
    const { plane } = open('aaaa0001')
    const table = networkTable([], [peer('n1', '10.250.9.0/24', '192.0.2.1'), PEER_2])
    assert.equal((await plane.apply(table, OWN)).problems, [])
    assert.equal(routes(), ['10.250.2.0/24 via 192.0.2.2'])
    assert.not.ok(rules().some((rule) => rule.includes('192.0.2.1/32')))
    await plane.close(true)
  })

  addTest('a route that another made is not taken, and the problem says what to do', async () => {
    run('ip', 'route', 'add', '10.250.2.0/24', 'dev', 'pods0', 'scope', 'link')
    const { plane } = open('aaaa0001')
    const table = networkTable([], [PEER_2, PEER_3])
    const { problems } = await plane.apply(table, OWN)
    assert.is(problems.length, 1)
    assert.match(problems[0] ?? '', /choose another podCIDR/)
    assert.equal(routes(), ['10.250.2.0/24 scope link', '10.250.3.0/24 via 192.0.2.3'])
    run('ip', 'route', 'del', '10.250.2.0/24')
    assert.equal((await plane.apply(table, OWN)).problems, [], 'it is tried again')
    await plane.close(true)
  })

  addTest('rules are made once, whoever made them, and forwarding is on', async () => {
    const first = open('aaaa0001')
    await first.plane.apply(networkTable([]), OWN)
    const made = rules()
    assert.is(readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim(), '1')
    assert.ok(made.includes('-A FORWARD -j HEADWAY-FWD-aaaa0001'))
    assert.ok(made.includes('-A HEADWAY-FWD-aaaa0001 -s 10.250.0.0/16 -d 10.250.0.0/16 -j ACCEPT'))
    assert.ok(made.includes(`-A HEADWAY-MASQ-aaaa0001 -s ${OWN} ! -o pods0 -j MASQUERADE`))
    assert.ok(made.includes('-A INPUT -j HEADWAY-IN-aaaa0001'))
    assert.ok(made.includes('-A HEADWAY-IN-aaaa0001 -d 127.96.0.0/16 -i pods0 -j ACCEPT'))
    const snat =
      '-A HEADWAY-MASQ-aaaa0001 ! -s 10.250.0.0/16 -d 10.250.0.0/16 ! -o pods0 -j SNAT --to-source 10.250.1.1'
    assert.ok(made.includes(snat))
    await first.plane.close(false)
    const second = open('aaaa0001')
    await second.plane.apply(networkTable([]), OWN)
    assert.equal(rules(), made)
    await second.plane.close(true)
  })

  addTest('where Docker has its chain the rule is there', async () => {
    run('iptables', '-N', 'DOCKER-USER')
    const { plane } = open('aaaa0001')
    await plane.apply(networkTable([]), OWN)
    assert.ok(rules().includes('-A DOCKER-USER -j HEADWAY-FWD-aaaa0001'))
    await plane.close(true)
    run('iptables', '-X', 'DOCKER-USER')
  })

  addTest('two clusters on one host leave each other alone', async () => {
    const service = (address: string) => serviceTable('web', address, [{ port: 80, endpoints: [] }])
    const one = open('aaaa0001')
    const two = open('bbbb0002')
    await one.plane.apply(networkTable([service('10.96.0.1')], [PEER_2]), OWN)
    const other = {
      ...networkTable([service('10.97.0.1')], [peer('m2', '10.251.2.0/24', '192.0.2.2')]),
      podCidr: '10.251.0.0/16',
    }
    await two.plane.apply(other, '10.251.1.0/24')
    await one.plane.close(true)
    assert.equal(routes(), [])
    assert.match(run('ip', 'route'), /10\.251\.2\.0\/24 via 192\.0\.2\.2/)
    assert.equal(loopback(), ['10.97.0.1/32 lo:hwbbbb0002', '127.0.0.1/8 lo'])
    assert.ok(rules().every((rule) => rule.includes('bbbb0002')))
    await two.plane.close(true)
    assert.not.match(run('ip', 'route'), /10\.251/)
  })

  addTest('an agent that has just begun clears up what an earlier one made', async () => {
    const first = open('aaaa0001')
    await first.plane.apply(
      networkTable([serviceTable('web', '10.96.0.1', [{ port: 80, endpoints: [] }])], [PEER_2]),
      OWN,
    )
    await first.plane.close(false)
    assert.is(routes().length, 1)
    const second = open('aaaa0001')
    await second.plane.close(true)
    assert.equal(second.logged, [])
  })

  addTest('a node that is no neighbour is told', async () => {
    const { plane } = open('aaaa0001')
    const { problems } = await plane.apply(networkTable([], [peer('far', '10.250.7.0/24', '203.0.113.7')]), OWN)
    assert.is(problems.length, 1)
    assert.match(problems[0] ?? '', /10\.250\.7\.0\/24 via 203\.0\.113\.7 .*must be neighbours/)
    await plane.close(true)
  })

  addTest('virtual addresses come and go with the Services, others’ stay, and they answer', async () => {
    run('ip', 'address', 'add', '10.96.0.77/32', 'dev', 'lo')
    const echo = await openEcho('a')
    const first = open('aaaa0001')
    const web = serviceTable('web', '10.96.0.1', [{ port: 80, nodePort: 30080, endpoints: [echo.endpoint] }])
    const db = serviceTable('db', '10.96.0.2', [{ port: 5432, endpoints: [] }])
    assert.equal((await first.plane.apply(networkTable([web, db]), OWN)).problems, [])
    const ours = ['10.96.0.1/32 lo:hwaaaa0001', '10.96.0.2/32 lo:hwaaaa0001']
    assert.equal(loopback(), [...ours, '10.96.0.77/32 lo', '127.0.0.1/8 lo'])
    for (const [host, port] of [
      ['10.96.0.1', 80],
      ['192.0.2.1', 30080],
    ] as const) {
      const client = await connect(host, port)
      await waitFor('a greeting', 5_000, () => client.received() === 'a\n')
      client.socket.destroy()
    }
    await first.plane.close(false)
    const second = open('aaaa0001')
    assert.equal((await second.plane.apply(networkTable([db]), OWN)).problems, [])
    assert.equal(loopback(), [ours[1], '10.96.0.77/32 lo', '127.0.0.1/8 lo'])
    await second.plane.close(true)
    await echo.close()
    run('ip', 'address', 'del', '10.96.0.77/32', 'dev', 'lo')
  })

  tests('a table without Services and peers needs no routes', async () => {
    const { plane } = open('cccc0003')
    assert.equal((await plane.apply(networkTable([]), '')).problems, [])
    assert.equal(rules(), [])
    await plane.close(true)
  })
}

if (process.env[INSIDE] === '1') {
  run('ip', 'link', 'set', 'lo', 'up')
  addNamespaceTests()
  tests.run()
} else if (process.getuid?.() === 0 && spawnSync('unshare', ['--net', 'true']).status === 0) {
  const args = ['--net', process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)]
  const inside = spawnSync('unshare', args, { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } })
  process.exitCode = inside.status ?? 1
} else {
  process.stdout.write('skipped the tests in a network namespace: they need root\n')
  tests.run()
}
