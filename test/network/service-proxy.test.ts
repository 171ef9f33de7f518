/** The userspace proxy on loopback: 127.96.0.0/16 stands for the Services' addresses, servers on 127.0.0.1 for pods. */
import net from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ServiceProxy } from '../../src/network/userspace/service-proxy.js'
import { waitFor } from '../support/wait-for.js'
import { connect, type Echo, freePort, listen, networkTable, openEcho, serviceTable } from './network-tables.js'

const tests = suite('service proxy')
const LIMIT_MS = 10_000
const VIP = '127.96.0.10'

function addTest(
  name: string,
  run: (proxy: ServiceProxy, open: (name: string, on?: (socket: net.Socket) => void) => Promise<Echo>) => Promise<void>,
  connectionsMax = 4_096,
): void {
  tests(name, async () => {
    const proxy = new ServiceProxy({ connectionsMax, nodePortAddress: '0.0.0.0', log: () => undefined })
    const echoes: Echo[] = []
    try {
      await run(proxy, async (echoName, on) => {
        const echo = await openEcho(echoName, on)
        echoes.push(echo)
        return echo
      })
    } finally {
      await proxy.close()
      for (const echo of echoes) await echo.close()
    }
  })
}

async function refusedCode(host: string, port: number): Promise<string> {
  try {
    const client = await connect(host, port)
    client.socket.destroy()
    return 'connected'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? ''
  }
}

/** Connects, reads the greeting, ends. */
async function greeting(host: string, port: number, from?: string): Promise<string> {
  const client = await connect(host, port, from)
  await waitFor('a greeting', LIMIT_MS, () => client.received().includes('\n'))
  client.socket.end()
  await client.ended
  client.socket.destroy()
  return client.received().trim()
}

addTest('a virtual address and a node port answer, over all endpoints', async (proxy, open) => {
  const [a, b] = [await open('a'), await open('b')]
  const [port, nodePort] = [await freePort(), await freePort()]
  const service = serviceTable('web', VIP, [{ port, nodePort, endpoints: [a.endpoint, b.endpoint] }])
  assert.equal(await proxy.apply(networkTable([service])), [])
  const names = new Set<string>()
  for (let i = 0; i < 4; i++) names.add(await greeting(VIP, port))
  assert.equal([...names].sort(), ['a', 'b'])
  assert.ok(['a', 'b'].includes(await greeting('127.0.0.1', nodePort)))
})

addTest('without endpoints, and without the Service, connections are refused', async (proxy, open) => {
  const a = await open('a')
  const port = await freePort()
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [a.endpoint] }])]))
  assert.is(await greeting(VIP, port), 'a')
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [] }])]))
  assert.is(await refusedCode(VIP, port), 'ECONNREFUSED')
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [a.endpoint] }])]))
  assert.is(await greeting(VIP, port), 'a')
  await proxy.apply(networkTable([]))
  assert.is(await refusedCode(VIP, port), 'ECONNREFUSED')
})

addTest('an endpoint that leaves keeps its connections and gets no new one', async (proxy, open) => {
  const [old, fresh] = [await open('old'), await open('fresh')]
  const port = await freePort()
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [old.endpoint] }])]))
  const client = await connect(VIP, port)
  await waitFor('the greeting', LIMIT_MS, () => client.received() === 'old\n')
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [fresh.endpoint] }])]))
  for (let i = 0; i < 5; i++) assert.is(await greeting(VIP, port), 'fresh')
  assert.is(old.taken(), 1)
  client.socket.write('still there')
  await waitFor('the answer', LIMIT_MS, () => client.received() === 'old\nstill there')
  client.socket.end()
  assert.is(await client.ended, 'end')
})

addTest('no connection goes to an endpoint after the table without it was applied, under load', async (proxy, open) => {
  const echoes = [await open('e0'), await open('e1'), await open('e2')]
  const port = await freePort()
  const table = (left: readonly Echo[]) =>
    networkTable([serviceTable('web', VIP, [{ port, endpoints: left.map((echo) => echo.endpoint) }])])
  await proxy.apply(table(echoes))
  let isRunning = true
  let failures = 0
  const load = Array.from({ length: 20 }, async () => {
    while (isRunning) await greeting(VIP, port).catch(() => failures++)
  })
  for (let round = 0; round < 9; round++) {
    const left = echoes.filter((_, i) => i !== round % 3)
    const gone = echoes[round % 3]!
    await proxy.apply(table(left))
    // What the proxy had connected before may still be in the echo's queue; nothing new may follow.
    await new Promise((resolve) => setImmediate(resolve))
    const taken = gone.taken()
    const others = left.reduce((sum, echo) => sum + echo.taken(), 0)
    await waitFor(
      '50 more connections',
      LIMIT_MS,
      () => left.reduce((sum, echo) => sum + echo.taken(), 0) > others + 50,
    )
    assert.ok(gone.taken() <= taken + 1, `${gone.taken() - taken} connections after it left`)
    await proxy.apply(table(echoes))
  }
  isRunning = false
  await Promise.all(load)
  assert.is(failures, 0)
})

addTest('an endpoint that refuses is passed over', async (proxy, open) => {
  const a = await open('a')
  const dead = `127.0.0.1:${await freePort()}`
  const port = await freePort()
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [dead, a.endpoint] }])]))
  for (let i = 0; i < 6; i++) assert.is(await greeting(VIP, port), 'a')
})

addTest('when no endpoint can be reached the connection is reset', async (proxy) => {
  const port = await freePort()
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [`127.0.0.1:${await freePort()}`] }])]))
  const client = await connect(VIP, port)
  client.socket.write('x')
  assert.ok(['ECONNRESET', 'EPIPE'].includes(await client.ended))
})

addTest('a half-closed connection still brings the answer', async (proxy, open) => {
  const counter = await open('counter', (socket) => {
    let bytes = 0
    socket.on('data', (chunk) => {
      bytes += chunk.length
    })
    socket.on('end', () => socket.end(`got ${bytes}`))
  })
  const port = await freePort()
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [counter.endpoint] }])]))
  const client = await connect(VIP, port)
  client.socket.end(Buffer.alloc(3_000_000))
  assert.is(await client.ended, 'end')
  assert.is(client.received(), 'got 3000000')
})

addTest('a slow reader slows its writer down instead of filling memory', async (proxy, open) => {
  let written = 0
  const chunk = Buffer.alloc(64 * 1024)
  const flood = await open('flood', (socket) => {
    const write = (): void => {
      while (!socket.destroyed && socket.write(chunk)) written += chunk.length
      written += chunk.length
    }
    socket.on('drain', write)
    write()
  })
  const port = await freePort()
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [flood.endpoint] }])]))
  const socket = net.connect(port, VIP)
  socket.pause()
  let before = -1
  await waitFor('the writer to stand still', LIMIT_MS, async () => {
    const isStill = written > 0 && written === before
    before = written
    await new Promise((resolve) => setTimeout(resolve, 100))
    return isStill
  })
  assert.ok(written < 64 * 1024 * 1024, `${written} bytes are under way`)
  socket.destroy()
})

addTest('a reset on one side is a reset on the other', async (proxy, open) => {
  const sockets: net.Socket[] = []
  const echo = await open('r', (socket) => {
    sockets.push(socket)
    socket.write('hi\n')
  })
  const port = await freePort()
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [echo.endpoint] }])]))
  const client = await connect(VIP, port)
  await waitFor('the greeting', LIMIT_MS, () => client.received() !== '')
  sockets[0]!.resetAndDestroy()
  assert.is(await client.ended, 'ECONNRESET')
  const other = await connect(VIP, port)
  await waitFor('the greeting', LIMIT_MS, () => other.received() !== '')
  const closed = new Promise((resolve) => sockets[1]!.once('close', resolve))
  other.socket.resetAndDestroy()
  await closed
  await waitFor('all closed', LIMIT_MS, () => proxy.openConnections === 0)
})

addTest('ClientIP affinity keeps a client on its endpoint', async (proxy, open) => {
  const endpoints = [(await open('a')).endpoint, (await open('b')).endpoint, (await open('c')).endpoint]
  const port = await freePort()
  await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints }], 60)]))
  const first = await greeting(VIP, port, '127.0.0.21')
  for (let i = 0; i < 5; i++) {
    await greeting(VIP, port, '127.0.0.22')
    assert.is(await greeting(VIP, port, '127.0.0.21'), first)
  }
})

addTest('a port that another program holds is told, and taken when it is free', async (proxy, open) => {
  const a = await open('a')
  const squatter = net.createServer()
  const port = await listen(squatter, VIP)
  const problems = await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [a.endpoint] }])]))
  assert.is(problems.length, 1)
  assert.match(problems[0] ?? '', /service\/web in shop port p\d+: 127\.96\.0\.10:\d+ is in use by another program/)
  await new Promise((resolve) => squatter.close(resolve))
  await waitFor('the port', LIMIT_MS, async () => (await greeting(VIP, port)) === 'a')
})

addTest('a node port of the same number as another Service’s port serves both', async (proxy, open) => {
  const [a, b] = [await open('a'), await open('b')]
  const [port, other] = [await freePort(), await freePort()]
  const services = [
    serviceTable('one', VIP, [{ port, endpoints: [a.endpoint] }]),
    serviceTable('two', '127.96.0.11', [{ port: other, nodePort: port, endpoints: [b.endpoint] }]),
  ]
  assert.equal(await proxy.apply(networkTable(services)), [])
  assert.equal(
    [await greeting(VIP, port), await greeting('127.0.0.1', port), await greeting('127.96.0.11', other)],
    ['a', 'b', 'b'],
  )
})

addTest('UDP is told as not carried out', async (proxy) => {
  const service = serviceTable('dns', VIP, [{ port: 53, protocol: 'UDP', endpoints: ['127.0.0.1:53'] }])
  assert.equal(await proxy.apply(networkTable([service])), [
    'service/dns in shop port p53: UDP is not carried out yet; only TCP is',
  ])
})

addTest('a headless Service opens nothing', async (proxy) => {
  assert.equal(
    await proxy.apply(networkTable([serviceTable('db', null, [{ port: 5432, endpoints: ['127.0.0.1:1'] }])])),
    [],
  )
})

addTest(
  'more connections than the limit are turned away, and the rest goes on',
  async (proxy, open) => {
    const a = await open('a')
    const port = await freePort()
    await proxy.apply(networkTable([serviceTable('web', VIP, [{ port, endpoints: [a.endpoint] }])]))
    const clients = await Promise.all(Array.from({ length: 1_000 }, () => connect(VIP, port)))
    await waitFor('all greeted', LIMIT_MS, () => clients.every((client) => client.received() === 'a\n'))
    assert.is(proxy.openConnections, 1_000)
    const late = await connect(VIP, port).then(
      (client) => client.ended,
      (error: NodeJS.ErrnoException) => error.code,
    )
    assert.is(late, 'ECONNRESET')
    for (const client of clients) client.socket.destroy()
    await waitFor('all closed', LIMIT_MS, () => proxy.openConnections === 0)
    assert.is(await greeting(VIP, port), 'a')
  },
  1_000,
)

tests.run()
