/** Connections of agents: who comes in, what is passed on, what ends them. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { waitFor } from '../../support/wait-for.js'
import { type LinkFixture, makeHello, startFixture } from './link-fixture.js'

const link = suite('link server')

async function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'came in',
    (error: Error) => error.message,
  )
}

link('messages both ways, in order', async () => {
  const fixture = await startFixture()
  const agent = await fixture.dial(await fixture.join('node1'))
  await fixture.told('connect node1#1')
  const hello = makeHello('node1')
  agent.say(hello)
  agent.say({ type: 'heartbeat' })
  agent.say('{ "type": "heartbeat" }')
  agent.say({ type: 'fetch-config', digests: ['a'] })
  await fixture.told('fetch-config node1#1')
  assert.equal(fixture.events, [
    'connect node1#1',
    'hello node1#1',
    'heartbeat node1#1',
    'heartbeat node1#1',
    'fetch-config node1#1',
  ])
  assert.equal(fixture.messages[0], hello)
  const [connection] = fixture.connections
  connection?.send({ type: 'welcome', protocol: 1, clusterId: 'c', epoch: 1, heartbeatMs: 1_000 })
  connection?.send({ type: 'config', contents: [] })
  await waitFor('both messages', 5_000, () => agent.received.length === 2)
  assert.equal(
    agent.received.map((message) => message.type),
    ['welcome', 'config'],
  )
  agent.socket.close()
  await fixture.told('close node1#1')
  connection?.send({ type: 'config', contents: [] })
  connection?.close('late')
  await fixture.close()
  assert.is(fixture.events.filter((event) => event.startsWith('close')).length, 1)
})

link('who does not come in, and why', async () => {
  const fixture = await startFixture()
  const other = await startFixture()
  assert.match(await refusal(fixture.dial(null)), /^401: .*join first/)
  assert.match(await refusal(fixture.dial(await other.join('node1'))), /^401: .*refused/)
  assert.match(await refusal(fixture.dial(await fixture.pki.issueAdmin('anna'))), /^403: .*only agents/)
  const identity = await fixture.join('node1')
  await fixture.pki.revoke('node1')
  assert.match(await refusal(fixture.dial(identity)), /^403: .*revoked/)
  const replaced = await fixture.join('node2')
  await fixture.join('node2')
  assert.match(await refusal(fixture.dial(replaced)), /^403: .*replaced/)
  const good = await fixture.join('node3')
  assert.match(await refusal(fixture.dial(good, '/other')), /^404/)
  assert.match(await refusal(fixture.dial(good, `/stream/${'0'.repeat(32)}`)), /^404/)
  assert.match(await refusal(fixture.dial(null, `/stream/${'0'.repeat(32)}`)), /^401/)
  assert.equal(fixture.events, [])
  await fixture.close()
  await other.close()
})

link('a certificate that has run out does not come in', async () => {
  const fixture = await startFixture()
  const { makeLeaf } = await import('../../../src/manager/pki/certificates.js')
  const { readFileSync } = await import('node:fs')
  const folder = (fixture.pki as unknown as { directory: string }).directory
  const authority = { certificate: fixture.pki.caCertificate, key: readFileSync(`${folder}/ca.key`, 'utf8') }
  const subject = { commonName: 'node:node1', organization: 'headway:nodes' }
  const longAgo = Date.now() - 400 * 86_400_000
  const expired = await makeLeaf(authority, { subject, use: 'client', addresses: [], now: longAgo })
  assert.match(await refusal(fixture.dial(expired)), /^401: .*EXPIRED/)
  const asServer = await makeLeaf(authority, { subject, use: 'server', addresses: [], now: Date.now() })
  assert.match(await refusal(fixture.dial(asServer)), /^401/)
  await fixture.close()
})

link('a newer connection of a node replaces the older one', async () => {
  const fixture = await startFixture()
  const identity = await fixture.join('node1')
  const first = await fixture.dial(identity)
  const second = await fixture.dial(identity)
  assert.is(await first.closed, '4000 a newer connection of this node replaces this one')
  assert.equal(first.received, [{ type: 'goodbye', reason: 'a newer connection of this node replaces this one' }])
  second.say(makeHello('node1'))
  await fixture.told('hello node1#2')
  assert.equal(fixture.events, ['connect node1#1', 'close node1#1', 'connect node1#2', 'hello node1#2'])
  await fixture.close()
})

link('a member that is revoked while connected is sent away', async () => {
  const fixture = await startFixture()
  const identity = await fixture.join('node1')
  const agent = await fixture.dial(identity)
  await fixture.told('connect node1#1')
  await fixture.pki.revoke('node1')
  assert.ok(fixture.link.disconnect('node1', 'revoked'))
  assert.is(await agent.closed, '4000 revoked')
  assert.match(await refusal(fixture.dial(identity)), /^403/)
  assert.not(fixture.link.disconnect('node1', 'again'))
  await fixture.close()
})

link('malformed messages end their own connection and nothing else', async () => {
  const fixture = await startFixture()
  const neighbour = await fixture.dial(await fixture.join('neighbour'))
  neighbour.say(makeHello('neighbour'))
  const identity = await fixture.join('node1')
  const hello = makeHello('node1')
  const rows: readonly (readonly [string, readonly unknown[], RegExp])[] = [
    ['no JSON', ['nonsense'], /not JSON/],
    ['no object', ['17'], /no type/],
    ['null', ['null'], /no type/],
    ['unknown type', [{ type: 'attack' }], /no message has type attack/],
    ['a type of Object', [{ type: 'constructor' }], /no message has type constructor/],
    ['member missing', [{ ...hello, generation: undefined }], /generation must be an object/],
    [
      'deep member',
      [{ ...hello, facts: { ...hello.facts, capacity: { cpuMilli: '2' } } }],
      /facts.capacity.cpuMilli must be a number/,
    ],
    ['negative', [{ ...hello, networkVersion: -1 }], /networkVersion must be a whole number/],
    ['pod', [{ ...hello, pods: [{}] }], /pods\[0\].uid must be a text/],
    ['before hello', [{ type: 'heartbeat' }], /first message must be hello, not heartbeat/],
    ['for another node', [makeHello('neighbour')], /certificate is for node1, but it says it is neighbour/],
    [
      'later for another',
      [
        hello,
        {
          type: 'report',
          generation: hello.generation,
          networkVersion: 0,
          pods: [],
          gone: [],
          resolved: [],
          facts: makeHello('x').facts,
        },
      ],
      /says it is x/,
    ],
    ['binary', [Buffer.from([1, 2, 3])], /not binary/],
  ]
  for (const [name, messages, reason] of rows) {
    const agent = await fixture.dial(identity)
    for (const message of messages) {
      if (Buffer.isBuffer(message)) agent.socket.send(message)
      else agent.say(message)
    }
    const closed = await agent.closed
    assert.match(closed, /^4000 malformed message/, name)
    assert.match(closed, reason, name)
    assert.match(fixture.log.at(-1) ?? '', reason, name)
  }
  assert.not(fixture.events.includes('close neighbour#1'))
  neighbour.say({ type: 'heartbeat' })
  await fixture.told('heartbeat neighbour#1')
  await fixture.close()
})

link('a frame beyond the limit ends its connection', async () => {
  const fixture = await startFixture()
  const agent = await fixture.dial(await fixture.join('node1'))
  agent.socket.on('error', () => {})
  agent.say(`"${'x'.repeat(33 * 2 ** 20)}"`)
  await fixture.told('close node1#1')
  await fixture.close()
})

link('an error in the manager over a message is logged and ends that connection only', async () => {
  const fixture = await startFixture((message) => {
    if (message.type === 'fetch-config') throw new Error('bug')
  })
  const agent = await fixture.dial(await fixture.join('node1'))
  const other = await fixture.dial(await fixture.join('node2'))
  other.say(makeHello('node2'))
  agent.say(makeHello('node1'))
  agent.say({ type: 'fetch-config', digests: [] })
  assert.match(await agent.closed, /^4000 the manager failed over fetch-config/)
  assert.match(fixture.log.at(-1) ?? '', /bug/)
  other.say({ type: 'heartbeat' })
  await fixture.told('heartbeat node2#2')
  await fixture.close()
})

link('an agent that does not take what it is sent is hung up on', async () => {
  const fixture = await startFixture()
  const agent = await fixture.dial(await fixture.join('node1'))
  await fixture.told('connect node1#1')
  agent.socket.pause()
  const contents = [{ digest: 'd', kind: 'ConfigMap', secretType: '', data: { a: 'x'.repeat(4 * 2 ** 20) } }] as const
  for (let i = 0; i < 40; i++) fixture.connections[0]?.send({ type: 'config', contents: [...contents] })
  await fixture.told('close node1#1')
  assert.match(fixture.log.at(-1) ?? '', 'does not take what it is sent')
  agent.socket.terminate()
  await fixture.close()
})

link('streams: dialled back by the node that was asked, frames both ways', async () => {
  const fixture = await startFixture()
  const identity = await fixture.join('node1')
  const stranger = await fixture.join('node2')
  const agent = await fixture.dial(identity)
  await fixture.told('connect node1#1')
  const opening = openLogs(fixture)
  await waitFor('the request', 5_000, () => agent.received.length === 1)
  const [message] = agent.received
  assert.is(message?.type, 'open-stream')
  const id = message?.type === 'open-stream' ? message.id : ''
  assert.match(id, /^[0-9a-f]{32}$/)
  assert.match(await refusal(fixture.dial(stranger, `/stream/${id}`)), /^404/)
  const stream = await fixture.dial(identity, `/stream/${id}`)
  const socket = await opening
  const frames: Buffer[] = []
  socket.on('message', (data) => frames.push(data as Buffer))
  stream.socket.send(Buffer.from([1, 65, 66]))
  socket.send(Buffer.from([0, 67]))
  await waitFor('frames on both sides', 5_000, () => frames.length === 1 && stream.frames.length === 1)
  assert.equal([...frames[0]!], [1, 65, 66])
  assert.equal([...stream.frames[0]!], [0, 67])
  assert.match(await refusal(fixture.dial(identity, `/stream/${id}`)), /^404/)
  socket.close()
  await stream.closed
  await fixture.close()
})

link('a stream that is never dialled fails when the agent hangs up, or the server stops', async () => {
  const fixture = await startFixture()
  const identity = await fixture.join('node1')
  const agent = await fixture.dial(identity)
  await fixture.told('connect node1#1')
  const first = refusal(openLogs(fixture))
  await waitFor('the request', 5_000, () => agent.received.length === 1)
  agent.socket.terminate()
  assert.match(await first, 'the agent of node1 hung up')
  const again = await fixture.dial(identity)
  await fixture.told('connect node1#2')
  const second = refusal(openLogs(fixture))
  await waitFor('the request', 5_000, () => again.received.length === 1)
  await fixture.close()
  assert.match(await second, /hung up|stops/)
})

link('closing says goodbye to everyone', async () => {
  const fixture = await startFixture()
  const agents = [await fixture.dial(await fixture.join('node1')), await fixture.dial(await fixture.join('node2'))]
  await fixture.told('connect node2#2')
  await fixture.close()
  for (const agent of agents) assert.is(await agent.closed, '4000 the manager stops')
  assert.is(fixture.events.filter((event) => event.startsWith('close')).length, 2)
})

function openLogs({ link: server, connections }: LinkFixture) {
  return server.openStream(connections.at(-1)!, {
    type: 'logs',
    pod: 'uid',
    container: 'main',
    previous: false,
    follow: true,
    tailLines: null,
    sinceMs: null,
    timestamps: false,
  })
}

link.run()
