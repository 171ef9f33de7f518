/** The agent of a member waits for an engine that is away, says so once, and takes it when it answers. */
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { awaitEngine } from '../../src/cli/processes/engine.js'
import { waitFor } from '../support/wait-for.js'

const tests = suite('engine wait')
let folder = ''
let servers: http.Server[] = []
tests.before.each(() => {
  folder = mkdtempSync('/tmp/hwengine-')
  servers = []
})
tests.after.each(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  rmSync(folder, { recursive: true, force: true })
})

const FACTS = {
  ID: 'engine',
  NCPU: 2,
  MemTotal: 2 ** 30,
  Architecture: 'x86_64',
  KernelVersion: '6.1',
  OperatingSystem: 'Debian GNU/Linux 12',
  OSType: 'linux',
  CgroupDriver: 'systemd',
  CgroupVersion: '2',
  LiveRestoreEnabled: true,
  DockerRootDir: '/var/lib/docker',
  ServerVersion: '20.10.24',
  SecurityOptions: [],
}

/** An engine that says what it is, or 503, as one that starts does. */
async function startEngine(socket: string, status: () => number, facts: object = FACTS): Promise<void> {
  const server = http.createServer((request, response) => {
    const isInfo = request.url?.endsWith('/info') === true
    response.writeHead(status(), { 'content-type': 'application/json' })
    if (status() !== 200) response.end('{"message":"the daemon starts"}')
    else
      response.end(JSON.stringify(isInfo ? facts : { Version: '20.10.24', ApiVersion: '1.41', Platform: { Name: '' } }))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(socket, resolve))
}

function begin(socket: string) {
  const said: string[] = []
  const controller = new AbortController()
  const context = { env: { DOCKER_HOST: `unix://${socket}` }, now: () => Date.now() }
  const waiting = awaitEngine(context, {
    say: (line) => void said.push(line),
    interrupt: controller.signal,
    longestMs: 20,
  })
  return { said, controller, waiting }
}

tests('a socket that is not there, then one that refuses, then an engine', async () => {
  const socket = path.join(folder, 'docker.sock')
  const { said, waiting } = begin(socket)
  await waitFor('the first line', 5_000, () => said.length === 1)
  assert.match(said[0] ?? '', /there is no Docker Engine at .*docker\.sock.*waiting for it/)
  let status = 503
  let asked = 0
  await startEngine(socket, () => {
    asked++
    return status
  })
  await waitFor('several refusals', 5_000, () => asked >= 12)
  status = 200
  const engine = await waiting
  assert.equal([engine?.socketPath, engine?.version], [socket, '20.10.24'])
  assert.is(said.length, 3, said.join('\n'))
  assert.match(said[1] ?? '', /does not answer: ask the engine for its .*; waiting for it/)
  assert.match(said[2] ?? '', /the Docker Engine answers, after \d+ s/)
})

tests('an engine that answers at once is taken without a word', async () => {
  const socket = path.join(folder, 'docker.sock')
  await startEngine(socket, () => 200)
  const { said, waiting } = begin(socket)
  assert.is((await waiting)?.version, '20.10.24')
  assert.equal(said, [])
})

tests('waiting ends when it is interrupted', async () => {
  const { said, controller, waiting } = begin(path.join(folder, 'docker.sock'))
  await waitFor('the first line', 5_000, () => said.length === 1)
  controller.abort()
  assert.is(await waiting, null)
})

tests('what no waiting mends is an error: an unfit engine, a remote one', async () => {
  const socket = path.join(folder, 'docker.sock')
  await startEngine(socket, () => 200, { ...FACTS, SecurityOptions: ['name=rootless'] })
  const failureOf = (waiting: Promise<unknown>): Promise<string> =>
    waiting.then(
      () => 'no failure',
      (error: Error) => error.message,
    )
  assert.match(await failureOf(begin(socket).waiting), /cannot be used: .*rootless/)
  const context = { env: { DOCKER_HOST: 'tcp://10.0.0.9:2375' }, now: () => 0 }
  const { signal } = new AbortController()
  assert.match(await failureOf(awaitEngine(context, { say: () => undefined, interrupt: signal })), /a remote engine/)
})

tests.run()
