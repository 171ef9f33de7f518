/** What an agent sees of an engine that goes away: events, errors, and requests without an answer. The engine is reached through a socket that the test can cut. */
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DEFAULT_SOCKET, openDockerRuntime } from '../../../src/agents/docker/docker-runtime.js'
import { RuntimeError, type RuntimeEvent } from '../../../src/agents/runtime.js'
import { containerSpec } from '../../conformance/container-spec.js'
import { waitFor } from '../../support/wait-for.js'
import { ensureBusyboxImage } from './busybox-image.js'

const tests = suite('engine that goes away')
const LIMIT_MS = 20_000

interface Cable {
  readonly socketPath: string
  cut(): Promise<void>
  heal(): Promise<void>
  close(): Promise<void>
}

/** A socket that leads to the real engine until it is cut. */
async function openCable(): Promise<Cable> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-cable-'))
  const socketPath = path.join(folder, 'docker.sock')
  const open = new Set<net.Socket>()
  let server: net.Server | null = null
  const heal = async (): Promise<void> => {
    const opened = net.createServer((socket) => {
      const engine = net.connect(DEFAULT_SOCKET)
      for (const side of [socket, engine]) {
        open.add(side)
        side.on('error', () => undefined)
        side.on('close', () => open.delete(side))
      }
      socket.pipe(engine).pipe(socket)
    })
    await new Promise<void>((resolve) => opened.listen(socketPath, resolve))
    server = opened
  }
  const cut = async (): Promise<void> => {
    const closing = server
    server = null
    if (closing === null) return
    const closed = new Promise((resolve) => closing.close(resolve))
    for (const socket of open) socket.destroy()
    await closed
  }
  await heal()
  const close = async (): Promise<void> => {
    await cut()
    rmSync(folder, { recursive: true })
  }
  return { socketPath, cut, heal, close }
}

async function errorOf(call: Promise<unknown>): Promise<RuntimeError> {
  try {
    await call
  } catch (error) {
    assert.instance(error, RuntimeError)
    return error as RuntimeError
  }
  throw new Error('the call was to fail')
}

tests('a break is told as lost, its end as connected, and events go on', async () => {
  const cable = await openCable()
  const lines: string[] = []
  const runtime = openDockerRuntime({ socketPath: cable.socketPath, log: (line) => lines.push(line) })
  const events: RuntimeEvent[] = []
  const stop = runtime.watch((event) => events.push(event))
  const types = (): string[] =>
    events.map((event) => event.type).filter((type) => type === 'lost' || type === 'connected')
  try {
    await waitFor('connected', LIMIT_MS, () => types().length === 1)
    await cable.cut()
    await waitFor('lost', LIMIT_MS, () => types().length === 2)
    const gone = await errorOf(runtime.list({}))
    assert.equal([gone.code, gone.retryable], ['unavailable', true])
    assert.match(gone.message, /^list containers: .*is dockerd running/)
    await cable.heal()
    await waitFor('connected again', LIMIT_MS, () => types().length === 3)
    assert.equal(types(), ['connected', 'lost', 'connected'])
    assert.is(lines.length, 1)
    const image = await ensureBusyboxImage(runtime)
    const id = await runtime.create(containerSpec({ name: `cable-${process.pid}`, image, command: ['/bin/true'] }))
    await runtime.start(id)
    await waitFor('its death', LIMIT_MS, () =>
      events.some((event) => event.type === 'died' && event.containerId === id),
    )
    await runtime.remove(id)
  } finally {
    stop()
    await cable.close()
  }
})

tests('a listener that throws does not end the stream', async () => {
  const lines: string[] = []
  const runtime = openDockerRuntime({ log: (line) => lines.push(line) })
  const stop = runtime.watch(() => {
    throw new Error('broken listener')
  })
  await waitFor('the line', LIMIT_MS, () => lines.some((line) => line.includes('broken listener')))
  stop()
})

tests('an engine that is not there is unavailable', async () => {
  const runtime = openDockerRuntime({ socketPath: '/no/such/docker.sock', log: () => undefined })
  const error = await errorOf(runtime.info())
  assert.equal([error.code, error.retryable], ['unavailable', true])
})

tests('DOCKER_HOST in the environment does not override the socket', async () => {
  const before = process.env['DOCKER_HOST']
  process.env['DOCKER_HOST'] = 'tcp://192.0.2.1:2375'
  try {
    assert.is((await openDockerRuntime({ log: () => undefined }).info()).refusal, '')
  } finally {
    if (before === undefined) delete process.env['DOCKER_HOST']
    else process.env['DOCKER_HOST'] = before
  }
})

tests('a pull from a registry that is not there is an image-pull error', async () => {
  const runtime = openDockerRuntime({ log: () => undefined })
  const error = await errorOf(runtime.pullImage('127.0.0.1:1/headway-test/none:1', null))
  assert.is(error.code, 'image-pull')
  assert.match(error.message, /^pull image 127\.0\.0\.1:1\/headway-test\/none:1: /)
})

tests.run()
