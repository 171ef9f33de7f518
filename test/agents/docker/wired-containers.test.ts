/** Pods that the agent puts on their network itself, beside pods that the engine does: what only this adapter can get wrong. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openDockerRuntime } from '../../../src/agents/docker/docker-runtime.js'
import { LABEL_WIRING, waitForProgram } from '../../../src/agents/docker/pod-wiring.js'
import type { ContainerSpec, NetworkSpec, Runtime } from '../../../src/agents/runtime.js'
import { containerSpec } from '../../conformance/container-spec.js'
import { errorOf, readAll } from '../../conformance/runtime-test.js'
import { waitFor } from '../../support/wait-for.js'
import { BUSYBOX_IMAGE, ensureBusyboxImage } from './busybox-image.js'

const LIMIT_MS = 20_000
const unique = `wired-${process.pid}`
const labels = { 'dev.headway.test': unique }
const third = process.pid % 250
const network: NetworkSpec = {
  name: unique,
  subnet: `198.18.${third}.0/24`,
  gateway: `198.18.${third}.1`,
  bridge: `hwt${process.pid}`,
  labels,
}
const gateDirectory = mkdtempSync(path.join(os.tmpdir(), 'headway-gate-'))
const lines: string[] = []
/** As the engine has it: no wiring. */
const plain = openDockerRuntime({ log: () => undefined })

/** An agent's runtime, as after its start. */
async function openWired(): Promise<Runtime> {
  const runtime = openDockerRuntime({ gateDirectory, log: (line) => lines.push(line) })
  await runtime.ensureNetwork(network)
  return runtime
}

function pod(host: number, changes: Partial<ContainerSpec> = {}, ports: readonly number[] = []): ContainerSpec {
  return containerSpec({
    name: `${unique}-${host}`,
    image: BUSYBOX_IMAGE,
    labels,
    hostname: `pod-${host}`,
    command: [
      '/bin/sh',
      '-c',
      'trap "exit 0" TERM; while :; do echo hello | nc -l -p 8080; done & while :; do sleep 1000 & wait $!; done',
    ],
    network: {
      type: 'pod-network',
      name: network.name,
      address: address(host),
      dns: [],
      dnsSearch: [],
      dnsOptions: [],
      extraHosts: [],
      ports: ports.map((port) => ({ containerPort: 8080, hostPort: port, hostAddress: '127.0.0.1', protocol: 'tcp' })),
    },
    ...changes,
  })
}

function address(host: number): string {
  return `198.18.${third}.${host}`
}

async function ask(host: number): Promise<string> {
  return waitFor(`an answer of ${address(host)}`, LIMIT_MS, () =>
    readAll(connect(8080, address(host))).catch(() => false as const),
  )
}

function docker(...args: string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8' }).trim()
}

const tests = suite('wired containers')

tests.before(async () => {
  await ensureBusyboxImage(plain)
})

tests.after.each(async () => {
  for (const container of await plain.list(labels)) await plain.remove(container.id)
})

tests.after(async () => {
  await plain.removeNetwork(network.name)
  rmSync(gateDirectory, { recursive: true })
})

tests('a pod is on no network of the engine, and its gate leaves no trace', async () => {
  const runtime = await openWired()
  const id = await runtime.create(pod(20))
  await runtime.start(id)
  assert.is(docker('inspect', '--format', '{{.HostConfig.NetworkMode}}', id), 'none')
  assert.is(docker('diff', id), '')
  const { pid } = (await runtime.inspect(id)) ?? {}
  assert.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /^\/bin\/sh\0-c\0trap/)
  assert.is(await ask(20), 'hello\n')
})

/** What the kernel calls the program that a container's first process runs now. */
async function programOf(runtime: Runtime, id: string): Promise<string> {
  const { pid } = (await runtime.inspect(id)) ?? {}
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()
}

tests('a start is over when the image’s program is there: the first probe would find the gate else', async () => {
  const runtime = await openWired()
  const ids = await Promise.all([31, 32, 33, 34].map((host) => runtime.create(pod(host))))
  const programs = await Promise.all(
    ids.map(async (id) => {
      await runtime.start(id)
      return programOf(runtime, id)
    }),
  )
  assert.equal(programs, ['sh', 'sh', 'sh', 'sh'])
})

tests('no gate is waited for without end, nor one that is gone', async () => {
  const id = await (await openWired()).create(pod(35))
  await plain.start(id)
  const pid = (await plain.inspect(id))?.pid ?? 0
  await waitForProgram(pid)
  assert.is(await programOf(plain, id), 'headway-gate')
  await plain.stop(id, 'SIGKILL', 0)
  await waitForProgram(pid)
})

tests(
  'an agent that died between start and wiring: the next one sees a container to be started, and finishes it',
  async () => {
    const first = await openWired()
    const id = await first.create(pod(21))
    await plain.start(id)
    const next = await openWired()
    assert.is((await plain.inspect(id))?.state, 'running')
    const seen = (await next.list(labels)).find((container) => container.id === id)
    assert.equal([seen?.state, seen?.startedAt, seen?.pid], ['created', null, null])
    assert.is(await next.create(pod(21)), id)
    await next.start(id)
    assert.is((await next.inspect(id))?.state, 'running')
    assert.is(await ask(21), 'hello\n')
    const third = await openWired()
    assert.is((await third.inspect(id))?.state, 'running')
  },
)

tests('half wired: what an interrupted try has left is replaced', async () => {
  const first = await openWired()
  const id = await first.create(pod(22))
  await plain.start(id)
  const pid = (await plain.inspect(id))?.pid ?? 0
  const name = `hwp${[198, 18, third, 22].map((part) => part.toString(16).padStart(2, '0')).join('')}`
  execFileSync('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)])
  await (await openWired()).start(id)
  assert.is(await ask(22), 'hello\n')
})

tests('a container that waits in its gate ends at its signal', async () => {
  const runtime = await openWired()
  for (const [host, signal, code] of [
    [23, 'SIGTERM', 143],
    [24, 'SIGQUIT', 131],
    [25, 'SIGINT', 130],
  ] as const) {
    const id = await runtime.create(pod(host))
    await plain.start(id)
    await plain.stop(id, signal, LIMIT_MS)
    assert.is((await plain.inspect(id))?.exitCode, code)
  }
})

tests('a pod with a host port is the engine’s, and both forms reach each other', async () => {
  const runtime = await openWired()
  const wired = await runtime.create(pod(26))
  const bound = await runtime.create(pod(27, {}, [0]))
  await runtime.start(wired)
  await runtime.start(bound)
  assert.equal(
    [wired, bound].map((id) => docker('inspect', '--format', '{{.HostConfig.NetworkMode}}', id)),
    ['none', network.name],
  )
  assert.is(LABEL_WIRING in ((await runtime.inspect(bound))?.labels ?? {}), false)
  for (const [id, host] of [
    [wired, 27],
    [bound, 26],
  ] as const)
    await waitFor(`an answer of pod ${host}`, LIMIT_MS, async () => {
      const command = ['/bin/sh', '-c', `nc ${address(host)} 8080 </dev/null`]
      return (await runtime.execute(id, command, { timeoutMs: LIMIT_MS, outputMaxBytes: 100 })).output === 'hello\n'
    })
})

tests('an address belongs to one pod, whichever form has it', async () => {
  const runtime = await openWired()
  const first = await runtime.create(pod(28))
  await runtime.start(first)
  const second = await runtime.create({ ...pod(28, {}, [0]), name: `${unique}-second` })
  assert.is((await errorOf(runtime.start(second))).code, 'conflict')
  await runtime.remove(first)
  await runtime.start(second)
  const waiting = await runtime.create({ ...pod(28), name: `${unique}-third` })
  const error = await errorOf(runtime.start(waiting))
  assert.equal([error.code, error.retryable], ['conflict', true])
  assert.is((await runtime.inspect(waiting))?.state, 'created')
  await runtime.stop(second, 'SIGTERM', 0)
  await runtime.start(waiting)
  assert.is(await ask(28), 'hello\n')
})

tests('pods made by the engine’s way run on under an agent that wires, and the other way round', async () => {
  const id = await plain.create(pod(29))
  await plain.start(id)
  const { startedAt } = (await plain.inspect(id)) ?? {}
  const runtime = await openWired()
  await runtime.start(id)
  assert.equal([(await runtime.inspect(id))?.state, (await runtime.inspect(id))?.startedAt], ['running', startedAt])
  const wired = await runtime.create(pod(30))
  await runtime.start(wired)
  assert.equal([(await plain.inspect(wired))?.state, (await plain.inspect(wired))?.exitCode], ['running', null])
})

tests('pods are put back on a bridge that somebody has removed', async () => {
  const runtime = await openWired()
  const id = await runtime.create(pod(31))
  await runtime.start(id)
  assert.is(await ask(31), 'hello\n')
  await plain.removeNetwork(network.name)
  await runtime.ensureNetwork(network)
  assert.is(await ask(31), 'hello\n')
  assert.ok(lines.some((line) => /put 1 pods back/.test(line)))
})

tests('nothing of a pod’s network is left when it is gone', async () => {
  const runtime = await openWired()
  const id = await runtime.create(pod(32))
  await runtime.start(id)
  const name = `hwp${[198, 18, third, 32].map((part) => part.toString(16).padStart(2, '0')).join('')}`
  const exists = (): boolean => readFileSync('/proc/net/dev', 'utf8').includes(name)
  assert.is(exists(), true)
  await runtime.remove(id)
  await waitFor('the end of the veth pair', LIMIT_MS, () => !exists())
})

tests('a gate that cannot be put anywhere leaves pods to the engine, and says why once', async () => {
  const told: string[] = []
  const runtime = openDockerRuntime({ gateDirectory: '/dev/null/gate', log: (line) => told.push(line) })
  await runtime.ensureNetwork(network)
  await runtime.ensureNetwork(network)
  const id = await runtime.create(pod(33))
  await runtime.start(id)
  assert.is(docker('inspect', '--format', '{{.HostConfig.NetworkMode}}', id), network.name)
  assert.is(told.length, 1)
  assert.match(told[0] ?? '', /by the engine, which takes longer: the gate cannot be run/)
})

tests('a container that waits is ended by an agent that may not wire it, so that the engine’s comes next', async () => {
  const id = await (await openWired()).create(pod(34))
  await plain.start(id)
  const barred = openDockerRuntime({ gateDirectory: '/dev/null/gate', log: () => undefined })
  await barred.ensureNetwork(network)
  const error = await errorOf(barred.start(id))
  assert.equal([error.code, error.retryable], ['internal', false])
  assert.equal([(await plain.inspect(id))?.state, (await barred.inspect(id))?.state], ['exited', 'created'])
  await barred.remove(id)
  const next = await barred.create(pod(34))
  await barred.start(next)
  assert.is(await ask(34), 'hello\n')
})

tests('a network that is gone is an error that passes when it is made again', async () => {
  const runtime = await openWired()
  const id = await runtime.create(pod(35))
  await plain.removeNetwork(network.name)
  const error = await errorOf(runtime.start(id))
  assert.equal([error.code, error.retryable], ['internal', true])
  await runtime.ensureNetwork(network)
  await runtime.start(id)
  assert.is(await ask(35), 'hello\n')
})

tests.run()
