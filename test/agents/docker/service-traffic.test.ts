/** Services on a real engine: from pods, from the host, and through a rollout without a failed request. Needs root. */
import http from 'node:http'
import net from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DEMO_REPOSITORY, ensureDemoImage, ensureDemoImages } from '../../../src/agents/docker/demo-image.js'
import { openDockerRuntime } from '../../../src/agents/docker/docker-runtime.js'
import type { NetworkTable } from '../../../src/model/assignment.js'
import { openUserspaceDataPlane } from '../../../src/network/userspace/open-userspace-data-plane.js'
import { containerSpec } from '../../conformance/container-spec.js'
import { busyboxBehaviour } from '../../conformance/runtime.js'
import { waitFor } from '../../support/wait-for.js'
import { ensureBusyboxImage } from './busybox-image.js'

const tests = suite('service traffic')
const runtime = openDockerRuntime({ log: () => undefined })
const LIMIT_MS = 20_000
const third = process.pid % 250
const bridge = `hws${process.pid}`
const networkName = `service-traffic-${process.pid}`
const subnet = `198.18.${third}.0/24`
const virtualAddress = `198.19.255.${third + 1}`
const plane = openUserspaceDataPlane({ clusterId: `t${process.pid}`, bridge, log: () => undefined })
const made: string[] = []
let nodePort = 0
let version = 0

function addressOf(host: number): string {
  return `198.18.${third}.${host}`
}

function tableOf(hosts: readonly number[]): NetworkTable {
  const endpoints = hosts.map((host) => ({ uid: `pod-${host}`, node: 'n', address: addressOf(host), port: 8080 }))
  const key = 'Service./default/web'
  const ports = [{ name: 'http', protocol: 'TCP', port: 80, nodePort, endpoints }] as const
  return {
    version: ++version,
    podCidr: subnet,
    serviceCidr: '198.19.0.0/16',
    services: new Map([[key, { key, address: virtualAddress, ports, sessionAffinitySeconds: null }]]),
    routes: new Map(),
  }
}

async function startPod(host: number, image: string, command: readonly string[] | null): Promise<string> {
  const network = {
    type: 'pod-network',
    name: networkName,
    address: addressOf(host),
    dns: [],
    dnsSearch: [],
    dnsOptions: [],
    extraHosts: [],
    ports: [],
  } as const
  const name = `service-traffic-${process.pid}-${host}`
  const id = await runtime.create(containerSpec({ name, image, command, network, hostname: `web-${host}` }))
  made.push(id)
  await runtime.start(id)
  return id
}

function get(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host, port, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve(text))
      answer.on('error', reject)
    })
    request.on('error', reject)
  })
}

function ready(host: number): Promise<string | undefined> {
  return waitFor(`pod ${host}`, LIMIT_MS, () => get(addressOf(host), 8080))
}

tests.before(async () => {
  await ensureDemoImages(runtime)
  await runtime.ensureNetwork({ name: networkName, subnet, gateway: addressOf(1), bridge, labels: {} })
  const probe = net.createServer()
  nodePort = await new Promise((resolve) => probe.listen(0, () => resolve((probe.address() as net.AddressInfo).port)))
  await new Promise((resolve) => probe.close(resolve))
})

tests.after(async () => {
  await plane.close(true)
  for (const id of made) await runtime.remove(id)
  await runtime.removeNetwork(networkName)
})

tests('a Service answers pods at its virtual address and all at its node port', async () => {
  await startPod(10, 'headway-demo/web:v1', null)
  const client = await startPod(11, await ensureBusyboxImage(runtime), busyboxBehaviour.serve)
  await ready(10)
  assert.equal((await plane.apply(tableOf([10]), subnet)).problems, [])
  const fromPod = await runtime.execute(client, ['wget', '-q', '-O', '-', `http://${virtualAddress}/`], {
    timeoutMs: 10_000,
    outputMaxBytes: 1_000,
  })
  assert.equal([fromPod.exitCode, fromPod.output], [0, 'headway demo v1 on web-10\n'])
  assert.is(await get('127.0.0.1', nodePort), 'headway demo v1 on web-10\n')
})

tests('a rollout loses no request', async () => {
  const seen = new Map<string, number>()
  const failures: string[] = []
  let isRunning = true
  const clients = Array.from({ length: 4 }, async () => {
    while (isRunning) {
      await get('127.0.0.1', nodePort).then(
        (text) => seen.set(text.split(' ')[2] ?? '', (seen.get(text.split(' ')[2] ?? '') ?? 0) + 1),
        (error: Error) => failures.push(error.message),
      )
    }
  })
  let current = made[0]!
  for (const host of [20, 21, 22]) {
    const next = await startPod(host, 'headway-demo/web:v2', null)
    await ready(host)
    // The order of a rollout: the new one in, the old one out, and only then its TERM.
    await plane.apply(tableOf([host]), subnet)
    await runtime.stop(current, 'SIGTERM', 10_000)
    assert.is((await runtime.inspect(current))?.exitCode, 0)
    current = next
    const before = seen.get('v2') ?? 0
    await waitFor('20 more answers', LIMIT_MS, () => (seen.get('v2') ?? 0) > before + 20)
  }
  isRunning = false
  await Promise.all(clients)
  assert.equal(failures, [])
  assert.ok((seen.get('v1') ?? 0) > 0)
})

tests('TERM ends the demo though clients hold connections open, idle or in the middle of a request', async () => {
  const version = `t${process.pid}`
  // Of a version of its own: the images of the usual ones may be there already, from an older program.
  const image = await ensureDemoImage(runtime, version)
  const id = await startPod(30, `${DEMO_REPOSITORY}:${version}`, null)
  await ready(30)
  const clients = [await open(30), await open(30)]
  const slow = clients[1]!
  // A client that sends bit by bit begins its time limit anew with each one.
  slow.write('GET /')
  const more = setInterval(() => slow.write('x'), 300)
  try {
    const begun = Date.now()
    await runtime.stop(id, 'SIGTERM', 20_000)
    // The server's own second, and what a busy engine takes to say so: far from the 5 s of an idle client.
    assert.ok(Date.now() - begun < 4_500, `${Date.now() - begun} ms`)
    assert.is((await runtime.inspect(id))?.exitCode, 0)
  } finally {
    clearInterval(more)
    for (const client of clients) client.destroy()
    await runtime.remove(id)
    await runtime.removeImage(image.id)
  }
})

function open(host: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: addressOf(host), port: 8080 })
    socket.once('connect', () => resolve(socket))
    // It is cut off in the end; before it is open, the promise hears of it.
    socket.on('error', reject)
  })
}

if (process.getuid?.() === 0) tests.run()
else {
  process.stdout.write('skipped: virtual addresses and firewall rules need root\n')
  const skipped = suite('service traffic')
  skipped.skip('needs root')
  skipped.run()
}
