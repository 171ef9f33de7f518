/** Probes and hooks against real servers on loopback (Kubernetes: semantics §4.5). */
import http from 'node:http'
import http2 from 'node:http2'
import net, { type AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runHook, runProbe } from '../../src/agents/probes.js'
import { RuntimeError } from '../../src/agents/runtime.js'
import type { Probe } from '../../src/model/generated/kubernetes.js'
import { fakeRuntime } from './fake-runtime.js'

const tests = suite('probes')
const nobody = fakeRuntime({})
const listen = (server: net.Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

const paths: string[] = []
const web = http.createServer((request, response) => {
  paths.push(`${request.headers['x-test'] ?? ''}${request.url}`)
  const status = Number(request.url?.slice(1, 4))
  if (request.url === '/hang') return
  if (request.url === '/302/away') response.writeHead(302, { location: 'http://192.0.2.1/' })
  else if (request.url === '/302/here') response.writeHead(302, { location: '/200' })
  else if (request.url === '/302/bad') response.writeHead(302, { location: '/503' })
  else if (request.url === '/302/loop') response.writeHead(302, { location: '/302/loop' })
  else response.writeHead(status)
  response.end('body')
})
const health = http2.createServer()
health.on('stream', (stream, headers) => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('end', () => {
    const asksDown = Buffer.concat(chunks).includes('down')
    stream.end(
      Buffer.from([0, 0, 0, 0, 2, 8, headers[':path'] === '/grpc.health.v1.Health/Check' && !asksDown ? 1 : 2]),
    )
  })
})
let webPort = 0
let grpcPort = 0
let closedPort = 0

tests.before(async () => {
  webPort = await listen(web)
  grpcPort = await listen(health)
  const gone = net.createServer()
  closedPort = await listen(gone)
  await new Promise((resolve) => gone.close(resolve))
})
tests.after(() => {
  web.closeAllConnections()
  web.close()
  health.close()
})

const probe = (what: Probe, timeoutMs = 2000) =>
  runProbe(nobody, { containerId: 'c', kind: 'readiness', probe: what, address: '127.0.0.1', timeoutMs })

const rows = [
  ['/200', 'success'],
  ['/204', 'success'],
  ['/399', 'success'],
  ['/400', 'failure'],
  ['/500', 'failure'],
  ['/302/here', 'success'],
  ['/302/bad', 'failure'],
  ['/302/away', 'success'],
  ['/302/loop', 'failure'],
] as const
for (const [path, outcome] of rows) {
  tests(`GET ${path}`, async () => {
    const httpGet = { path, port: webPort, httpHeaders: [{ name: 'X-Test', value: 'hello' }] }
    assert.is((await probe({ httpGet })).outcome, outcome)
    assert.ok(paths.includes(`hello${path}`))
  })
}

tests('no answer in time, nobody there', async () => {
  assert.equal(await probe({ httpGet: { path: '/hang', port: webPort } }, 100), {
    outcome: 'failure',
    message: 'no answer in time',
  })
  assert.match((await probe({ httpGet: { port: closedPort } })).message, /ECONNREFUSED/)
})

tests('tcp', async () => {
  assert.is((await probe({ tcpSocket: { port: webPort } })).outcome, 'success')
  assert.is((await probe({ tcpSocket: { port: closedPort } })).outcome, 'failure')
})

tests('grpc', async () => {
  assert.is((await probe({ grpc: { port: grpcPort } })).outcome, 'success')
  assert.is((await probe({ grpc: { port: grpcPort, service: 'up' } })).outcome, 'success')
  assert.is((await probe({ grpc: { port: grpcPort, service: 'down' } })).outcome, 'failure')
  assert.is((await probe({ grpc: { port: closedPort } })).outcome, 'failure')
})

tests('exec: exit codes, a timeout is a failure, an engine’s error is an error', async () => {
  const exec = (answer: () => Promise<{ exitCode: number; output: string }>) =>
    runProbe(fakeRuntime({ execute: answer }), {
      containerId: 'c',
      kind: 'liveness',
      probe: { exec: { command: ['true'] } },
      address: '',
      timeoutMs: 50,
    })
  assert.is((await exec(async () => ({ exitCode: 0, output: '' }))).outcome, 'success')
  assert.equal(await exec(async () => ({ exitCode: 1, output: 'no\n' })), { outcome: 'failure', message: 'no' })
  const fails = (code: 'timeout' | 'unavailable') => exec(async () => Promise.reject(new RuntimeError(code, 'x', true)))
  assert.is((await fails('timeout')).outcome, 'failure')
  assert.is((await fails('unavailable')).outcome, 'error')
  assert.is((await probe({})).outcome, 'error')
})

tests('hooks', async () => {
  await runHook(nobody, { httpGet: { path: '/500', port: webPort } }, 'c', '127.0.0.1', 1000)
  await runHook(nobody, { sleep: { seconds: 0 } }, 'c', '', 1000)
  const failing = fakeRuntime({ execute: async () => ({ exitCode: 2, output: 'why' }) })
  let message = ''
  await runHook(failing, { exec: { command: ['do'] } }, 'c', '', 1000).catch((error: Error) => {
    message = error.message
  })
  assert.is(message, 'do ended with exit code 2: why')
})

tests.run()
