/** Pods that the agent puts on their network: found as such, finished by the next agent, beside pods of an agent that could not. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { podNetworkName } from '../../src/agents/core/container-spec.js'
import { waitFor } from '../support/wait-for.js'
import { must } from './headway.js'
import { makeTestCluster, type TestCluster } from './test-cluster.js'

const LIMIT_MS = 60_000
const WEB = 'apps/web/deployment.yaml'
const wired = suite('wired pods')
let cluster: TestCluster

wired.before(async () => {
  cluster = await makeTestCluster()
})
wired.after(async () => {
  await cluster.close()
})

const gate = (): string => path.join(cluster.directory, 'agent', 'gate')

/** Network mode and start time of containers, by id. */
async function networkModes(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const text = await must('docker', [
    'inspect',
    '--format',
    '{{.Id}} {{.HostConfig.NetworkMode}} {{.State.StartedAt}}',
    ...ids,
  ])
  return new Map(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, 64), line.slice(65)]),
  )
}

async function killAgent(): Promise<void> {
  const pid = (await cluster.status()).nodes[0]?.pid
  assert.ok(pid)
  process.kill(pid as number, 'SIGKILL')
}

async function answers(address: string): Promise<boolean> {
  return fetch(`http://${address}:8080/`).then(
    (response) => response.ok,
    () => false,
  )
}

wired('an agent that may not wire leaves pods to the engine; one that may restarts none of them', async () => {
  await cluster.up()
  await cluster.headway(['down'])
  rmSync(gate(), { recursive: true })
  writeFileSync(gate(), 'no folder: the gate cannot be put here')
  await cluster.up()
  await cluster.push('web: more', (files) =>
    files.replace(WEB, /replicas: \d+/.exec(files.read(WEB))?.[0] ?? '', 'replicas: 5'),
  )
  await cluster.wait()
  const before = await networkModes(await cluster.containers())
  const modes = [...before.values()].map((text) => text.split(' ')[0])
  assert.ok(modes.includes('none'), 'the first agent has wired pods')
  assert.ok(
    modes.some((mode) => mode?.startsWith('headway-')),
    'the second has not',
  )
  await cluster.headway(['down'])
  rmSync(gate())
  await cluster.up()
  await cluster.wait()
  assert.equal(await networkModes([...before.keys()]), before)
  for (const pod of await cluster.pods('web')) assert.ok(await answers(pod.address ?? ''), `${pod.key} answers`)
})

wired('SIGKILL of the agent in the middle of a mass start: the next one brings every pod up', async () => {
  const ids = new Set(await cluster.containers())
  await cluster.push('web: many', (files) => files.replace(WEB, 'replicas: 5', 'replicas: 14'))
  await waitFor('the first new container', LIMIT_MS, async () =>
    (await cluster.containers()).some((id) => !ids.has(id)),
  )
  await killAgent()
  await cluster.up()
  await cluster.wait()
  const pods = await cluster.pods('web')
  assert.is(pods.length, 14)
  assert.is(
    pods.reduce((sum, pod) => sum + pod.restarts, 0),
    0,
  )
  for (const pod of pods) assert.ok(await answers(pod.address ?? ''), `${pod.key} answers`)
})

wired('somebody removes the pod network: pods are put back on it', async () => {
  await cluster.push('web: few', (files) => files.replace(WEB, 'replicas: 14', 'replicas: 2'))
  await cluster.wait()
  const ids = await cluster.containers()
  const networks = [...(await networkModes(ids)).entries()]
    .filter(([, text]) => !text.startsWith('none'))
    .map(([id]) => id)
  for (const id of networks) await must('docker', ['rm', '-f', id])
  await cluster.wait()
  const { clusterId } = JSON.parse(readFileSync(path.join(cluster.directory, 'pki', 'cluster.json'), 'utf8')) as {
    readonly clusterId: string
  }
  await must('docker', ['network', 'rm', podNetworkName(clusterId)])
  const pods = await cluster.pods('web')
  await waitFor('all pods to answer', LIMIT_MS, async () => {
    const all = await Promise.all(pods.map((pod) => answers(pod.address ?? '')))
    return all.every(Boolean)
  })
})

wired.run()
