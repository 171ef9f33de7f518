/** Manager and agent end by SIGKILL, the store is deleted: the same containers run afterwards, none restarted. */
import { rmSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { waitFor } from '../support/wait-for.js'
import { must } from './headway.js'
import { startPoller, stopPollers } from './request-poller.js'
import { makeTestCluster, type TestCluster } from './test-cluster.js'

const deaths = suite('process deaths')
let cluster: TestCluster
const WEB = 'apps/web/deployment.yaml'
const url = (): string => `http://127.0.0.1:${cluster.nodePort}/`

deaths.before(async () => {
  cluster = await makeTestCluster()
  await cluster.up()
})
deaths.after(async () => {
  await stopPollers()
  await cluster.close()
})

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

async function killAndWait(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL')
  await waitFor(`process ${pid} to be gone`, 5_000, () => isGone(pid))
}

/** The start time of every container: a restart in place would keep the id but not this. */
async function startTimes(ids: readonly string[]): Promise<string> {
  return must('docker', ['inspect', '--format', '{{.Id}} {{.State.StartedAt}}', ...ids])
}

deaths('SIGKILL of the manager: pods go on serving, and a restart adopts them all', async () => {
  const ids = await cluster.containers()
  const times = await startTimes(ids)
  const poller = startPoller(url())
  await killAndWait((await cluster.status()).manager.pid)
  assert.is((await cluster.headway(['status'])).code, 3)
  await cluster.up()
  await cluster.wait()
  assert.equal(await cluster.containers(), ids)
  assert.is(await startTimes(ids), times)
  assert.equal((await poller.stop()).failures, [])
})

deaths('SIGKILL of the manager in the middle of a rollout: the rollout goes on', async () => {
  const poller = startPoller(url())
  await cluster.push('web: v2', (files) => files.replace(WEB, 'web:v1', 'web:v2'))
  await waitFor('the first new pod', 20_000, async () =>
    (await cluster.pods('web')).some((pod) => pod.images.includes('headway-demo/web:v2')),
  )
  await killAndWait((await cluster.status()).manager.pid)
  await cluster.up()
  await cluster.wait()
  assert.equal((await poller.stop()).failures, [])
  const pods = await cluster.pods('web')
  assert.is(pods.length, 3)
  assert.ok(pods.every((pod) => pod.images.includes('headway-demo/web:v2')))
})

deaths('the store is deleted: git and the agents rebuild it, nothing restarts', async () => {
  const ids = await cluster.containers()
  const times = await startTimes(ids)
  const before = await cluster.status()
  await killAndWait(before.manager.pid)
  rmSync(path.join(cluster.directory, 'store'), { recursive: true })
  await cluster.up()
  await cluster.wait()
  const after = await cluster.status()
  assert.equal(await cluster.containers(), ids)
  assert.is(await startTimes(ids), times)
  assert.ok(after.manager.epoch > before.manager.epoch, 'a new epoch fences the old assignments')
  assert.equal(
    after.pods.map((pod) => [pod.key, pod.address]),
    before.pods.map((pod) => [pod.key, pod.address]),
  )
})

deaths('SIGKILL of the agent: the same containers run, and a new agent adopts them', async () => {
  const ids = await cluster.containers()
  const times = await startTimes(ids)
  const pid = (await cluster.status()).nodes[0]?.pid
  assert.ok(pid)
  await killAndWait(pid as number)
  assert.equal(await cluster.containers(), ids)
  await cluster.up()
  await cluster.wait()
  assert.equal(await cluster.containers(), ids)
  assert.is(await startTimes(ids), times)
  assert.is.not((await cluster.status()).nodes[0]?.pid, pid)
})

deaths('a container that dies is started again under the same pod and address', async () => {
  const [pod] = await cluster.pods('greeter')
  await must('docker', ['kill', pod?.containerIds[0] ?? ''])
  const again = await waitFor('the restart', 30_000, async () => {
    const [now] = await cluster.pods('greeter')
    return now?.ready && now.restarts === 1 && now.containerIds[0] !== pod?.containerIds[0] ? now : undefined
  })
  assert.is(again.key, pod?.key)
  assert.is(again.address, pod?.address)
})

deaths('backup, everything lost but the containers, restore: the same cluster goes on', async () => {
  const ids = await cluster.containers()
  const file = `${cluster.directory}.backup.tar`
  assert.is((await cluster.headway(['backup', file])).code, 0)
  assert.is((await cluster.headway(['down'])).code, 0)
  for (const lost of ['pki', 'store', 'sync', 'cluster.json'])
    rmSync(path.join(cluster.directory, lost), { recursive: true, force: true })
  const restored = await cluster.headway(['restore', file])
  assert.is(restored.code, 0, restored.stderr)
  await cluster.up()
  await cluster.wait()
  assert.equal(await cluster.containers(), ids)
})

deaths.run()
