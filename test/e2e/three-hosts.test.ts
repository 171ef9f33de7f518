/** Three Docker hosts: a power cut, a cut cable that heals, a drain by commit, and an engine that restarts. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { NodeView } from '../../src/model/status-view.js'
import { waitFor } from '../support/wait-for.js'
import { mainFile, type RunResult } from './headway.js'
import { type Lab, startLab } from './lab.js'
import { startPoller, stopPollers } from './request-poller.js'
import { listContainers, makeTestCluster, type TestCluster } from './test-cluster.js'

const hosts = suite('three hosts')
const WEB = 'apps/web/deployment.yaml'
let lab: Lab
let cluster: TestCluster

hosts.before(async () => {
  lab = await startLab(3)
  cluster = await makeTestCluster({
    on: (command, args, options) => lab.run(1, command, args, options),
    docker: lab.docker(1),
    upArgs: ['--listen', lab.address(1), '--node-name', 'node1', '--node-address', lab.address(1)],
  })
})
hosts.after(async () => {
  await stopPollers()
  await cluster.close()
  await lab.close()
})

/** Starts an agent on a host and leaves it running there. */
async function startAgent(node: number, join: string | null): Promise<void> {
  const args = [
    'agent',
    '--dir',
    `${cluster.directory}-${node}`,
    '--node-name',
    `node${node}`,
    '--node-address',
    lab.address(node),
  ]
  const words = [process.execPath, mainFile, ...args, ...(join === null ? [] : ['--join', join])]
  const command = `setsid ${words.map((word) => `'${word}'`).join(' ')} </dev/null >>'${cluster.directory}-${node}.log' 2>&1 &`
  const result = await lab.run(node, 'bash', ['-c', command])
  assert.is(result.code, 0, result.stderr)
}

async function nodeView(name: string): Promise<NodeView | undefined> {
  return (await cluster.status()).nodes.find((node) => node.name === name)
}

async function isSpread(count: number, ...names: readonly string[]): Promise<boolean> {
  const pods = (await cluster.pods('web')).filter((pod) => pod.ready)
  return pods.length === count && pods.every((pod) => names.includes(pod.node ?? ''))
}

hosts('two more hosts join, and pods spread over all', async () => {
  await cluster.up()
  for (const node of [2, 3]) {
    const token = await cluster.headway(['token', '-o', 'json'])
    await startAgent(node, JSON.parse(token.stdout).join)
  }
  await waitFor(
    'three ready nodes',
    30_000,
    async () => (await cluster.status()).nodes.filter((node) => node.ready).length === 3,
  )
  await cluster.push('web: six', (files) => files.replace(WEB, 'replicas: 3', 'replicas: 6'))
  await cluster.wait()
  const nodes = (await cluster.pods('web')).map((pod) => pod.node)
  for (const name of ['node1', 'node2', 'node3'])
    assert.ok(nodes.includes(name), `${name} has none: ${nodes.join(' ')}`)
})

hosts('every host answers on the node port for all', async () => {
  const poller = startPoller(`http://${lab.address(3)}:${cluster.nodePort}/`)
  await waitFor('answers of all six pods', 15_000, () => poller.counts().bodies.size === 6)
  assert.equal((await poller.stop()).failures, [])
})

hosts('drain by commit: the host is empty, no request is lost, and a revert fills it again', async () => {
  const poller = startPoller(`http://${lab.address(1)}:${cluster.nodePort}/`)
  await cluster.push('drain node2', (files) =>
    files.write(
      'nodes.yaml',
      'apiVersion: v1\nkind: Node\nmetadata:\n  name: node2\n  annotations:\n    headway.dev/drain: "true"\nspec:\n  unschedulable: true\n',
    ),
  )
  await cluster.wait()
  assert.ok(await isSpread(6, 'node1', 'node3'))
  assert.equal((await poller.stop()).failures, [])
  assert.is((await nodeView('node2'))?.schedulable, false)
  await cluster.push('node2 is back', (files) => files.remove('nodes.yaml'))
  await cluster.wait()
  assert.is((await nodeView('node2'))?.schedulable, true)
})

hosts('the engine of a host restarts: its pods run again in place', async () => {
  await cluster.push('web: seven, so that every host has some', (files) =>
    files.replace(WEB, 'replicas: 6', 'replicas: 7'),
  )
  await cluster.wait()
  const before = (await cluster.pods('web')).filter((pod) => pod.node === 'node3').map((pod) => [pod.key, pod.address])
  await lab.do('stopd', 3, 'KILL')
  await lab.do('startd', 3)
  await waitFor('all seven ready', 60_000, async () => isSpread(7, 'node1', 'node2', 'node3'))
  const after = (await cluster.pods('web')).filter((pod) => pod.node === 'node3').map((pod) => [pod.key, pod.address])
  assert.equal(after, before)
})

hosts('power cut: what ran there runs elsewhere in under 16 s, and the host comes back', async () => {
  const started = Date.now()
  await lab.do('kill', 3)
  await waitFor('seven ready on the others', 30_000, () => isSpread(7, 'node1', 'node2'))
  const seconds = (Date.now() - started) / 1_000
  assert.ok(seconds < 16, `replaced after ${seconds} s`)
  assert.is((await nodeView('node3'))?.ready, false)
  await lab.do('start', 3)
  await startAgent(3, null)
  await waitFor('node3 to be ready', 30_000, async () => (await nodeView('node3'))?.ready)
  await waitFor('nothing twice', 30_000, async () => {
    const counts = await Promise.all([1, 2, 3].map(async (node) => (await labContainers(node)).length))
    return counts.reduce((sum, count) => sum + count, 0) === 8
  })
})

hosts('cut cable: replaced elsewhere, and after healing nothing runs twice', async () => {
  await cluster.push('web: eight', (files) => files.replace(WEB, 'replicas: 7', 'replicas: 8'))
  await cluster.wait()
  const poller = startPoller(`http://${lab.address(1)}:${cluster.nodePort}/`)
  const there = (await labContainers(2)).length
  assert.ok(there > 0)
  await lab.do('cut', 2)
  await waitFor('eight ready on the others', 30_000, () => isSpread(8, 'node1', 'node3'))
  assert.is((await labContainers(2)).length, there, 'a host that lost its manager keeps what it has')
  await poller.stop()
  await lab.do('heal', 2)
  await waitFor('node2 to be ready', 30_000, async () => (await nodeView('node2'))?.ready)
  await waitFor('the doubles to be gone', 30_000, async () => (await labContainers(2)).length === 0)
  await cluster.wait()
  assert.ok(await isSpread(8, 'node1', 'node3'))
})

async function labContainers(node: number): Promise<readonly string[]> {
  const { clusterId } = await cluster.status()
  return listContainers(lab.docker(node), clusterId)
}

hosts('a host without a membership, or with that of another host, says so', async () => {
  const agent = (...args: readonly string[]): Promise<RunResult> =>
    lab.run(2, process.execPath, [mainFile, 'agent', ...args], { timeoutMs: 20_000 })
  const none = await agent('--dir', `${cluster.directory}-new`)
  assert.is(none.code, 2)
  assert.match(none.stderr, /has joined no cluster yet: give --join/)
  const token = await cluster.headway(['token', '-o', 'json'])
  const other = await agent('--dir', `${cluster.directory}-3`, '--join', JSON.parse(token.stdout).join)
  assert.is(other.code, 2)
  assert.match(other.stderr, /holds the membership of node node3, and this host is node2/)
})

hosts.run()
