/** Joining, renewal and the connection, against a manager's port in little on loopback. */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Identity,
  readIdentity,
  renewalDue,
  renewIdentity,
  writeIdentity,
} from '../../../src/agents/link/identity.js'
import { joinCluster, parseJoinString } from '../../../src/agents/link/join.js'
import type { DialledStream, ManagerLink } from '../../../src/agents/link/link-port.js'
import { openManagerLink } from '../../../src/agents/link/manager-link.js'
import type { AgentMessage, ManagerMessage } from '../../../src/model/protocol.js'
import { waitFor } from '../../support/wait-for.js'
import { makeAuthority, subjectOf, TinyManager } from './tiny-manager.js'

const tests = suite('agent link')
const TOKEN = '0123456789abcdef0123456789abcdef'
const authority = await makeAuthority()
let manager: TinyManager
let link: ManagerLink | null = null
const joinString = (digest = authority.digest, token = TOKEN): string => `${manager.address}/${token}.${digest}`

tests.before.each(async () => {
  manager = await TinyManager.start(authority, { token: TOKEN })
})
tests.after.each(async () => {
  link?.close()
  link = null
  await manager.close()
})

async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return (error as Error).message
  }
  return 'it went well'
}

function dial(identity: () => Identity) {
  const seen = { opened: 0, closed: [] as string[], messages: [] as ManagerMessage[] }
  link = openManagerLink(identity)
  link.start({
    opened: () => void seen.opened++,
    closed: (reason) => void seen.closed.push(reason),
    message: (message) => void seen.messages.push(message),
  })
  return seen
}

tests('join strings', () => {
  const digest = 'a'.repeat(64)
  assert.equal(parseJoinString(` [::1]:8443/tok.${digest}\n`), { address: '[::1]:8443', token: 'tok', digest })
  for (const text of ['', 'host/tok', `host:1/tok.${'a'.repeat(63)}`, `host/tok.${digest}`])
    assert.throws(() => parseJoinString(text), /headway token/, text)
})

tests('joins, keeps the key to itself, and renews', async () => {
  const identity = await joinCluster(joinString(), 'node7')
  assert.equal([identity.name, identity.clusterId, identity.managers], ['node7', 'cluster1', [manager.address]])
  assert.is(subjectOf(identity.certificate), 'CN=node:node7')
  assert.ok(renewalDue(identity.certificate) <= Date.now())
  const directory = await mkdtemp(path.join(os.tmpdir(), 'headway-identity-'))
  await writeIdentity(directory, identity)
  assert.equal(await readIdentity(directory), identity)
  assert.is((await stat(path.join(directory, 'node.key'))).mode & 0o777, 0o600)
  await rm(directory, { recursive: true })
  assert.is(await readIdentity(directory), null)
  const renewed = await renewIdentity({ ...identity, managers: ['127.0.0.1:1', manager.address] })
  assert.is(renewed.key, identity.key)
  assert.ok(renewalDue(renewed.certificate) > Date.now())
})

tests('errors of joining say what to do', async () => {
  assert.match(
    await failure(joinCluster(joinString('b'.repeat(64)), 'n')),
    /^join: the manager's CA does not match the token: .*headway token/,
  )
  assert.match(
    await failure(joinCluster(joinString(undefined, 'c'.repeat(32)), 'n')),
    /refuses: the token was used: make a new one/,
  )
  const address = manager.address
  await manager.close()
  assert.match(
    await failure(joinCluster(`${address}/${TOKEN}.${authority.digest}`, 'n')),
    /no manager answers at .*ECONNREFUSED.*check the address/,
  )
})

tests('someone who shows the right CA but holds another key is not believed', async () => {
  const other = await makeAuthority()
  const impostor = await TinyManager.start(other, { token: TOKEN, showsCa: authority.pem })
  const message = await failure(joinCluster(`${impostor.address}/${TOKEN}.${authority.digest}`, 'n'))
  await impostor.close()
  assert.match(message, /^join: the manager at .* refuses: /)
})

tests('connects with its certificate, heartbeats, and takes messages', async () => {
  const identity = await joinCluster(joinString(), 'node7')
  const seen = dial(() => identity)
  await waitFor('the opening', 5000, () => seen.opened === 1)
  assert.match(manager.peers[0] ?? '', /CN=node:node7/)
  manager.say({ type: 'welcome', protocol: 1, clusterId: 'cluster1', epoch: 1, heartbeatMs: 50 })
  await waitFor('heartbeats', 5000, () => manager.messages.filter((m) => m.type === 'heartbeat').length >= 3)
  assert.is(seen.messages[0]?.type, 'welcome')
  const refuse: AgentMessage = { type: 'refuse', offered: { epoch: 1, counter: 1 }, seen: { epoch: 2, counter: 1 } }
  link?.send(refuse)
  await waitFor('the message', 5000, () => manager.messages.some((m) => m.type === 'refuse'))
})

tests('dials again when the manager comes back, and another when it does not', async () => {
  const first = await joinCluster(joinString(), 'node7')
  const second = await TinyManager.start(authority)
  const managers = [manager.address, second.address]
  const seen = dial(() => ({ ...first, managers }))
  await waitFor('the first', 5000, () => manager.agents.length === 1)
  manager.say({ type: 'goodbye', reason: 'another leads' })
  manager.agents[0]?.close()
  await waitFor('the second', 5000, () => manager.agents.length + second.agents.length === 2)
  assert.is(seen.closed[0], 'another leads')
  await manager.close()
  for (const socket of second.agents) socket.terminate()
  const before = second.agents.length
  await waitFor('the second again', 10_000, () => second.agents.length > before)
  link?.close()
  await second.close()
})

tests('a manager of another cluster, and one that does not admit us, are named', async () => {
  const identity = await joinCluster(joinString(), 'node7')
  const other = await TinyManager.start(await makeAuthority())
  const wrong = dial(() => ({ ...identity, managers: [other.address] }))
  await waitFor('the refusal', 5000, () => wrong.closed.length > 0)
  assert.match(wrong.closed[0] ?? '', /not of this cluster/)
  link?.close()
  await other.close()
  manager.admits = false
  const refused = dial(() => identity)
  await waitFor('the refusal', 5000, () => refused.closed.length > 0)
  assert.match(refused.closed[0] ?? '', /does not admit this node.*join again/)
})

tests('a damaged key is said, not thrown', async () => {
  const identity = await joinCluster(joinString(), 'node7')
  const seen = dial(() => ({ ...identity, key: 'not a key' }))
  await waitFor('the reason', 5000, () => seen.closed.length > 1)
  assert.match(seen.closed[0] ?? '', /join again/)
})

tests('streams are dialled back and carry frames both ways', async () => {
  const identity = await joinCluster(joinString(), 'node7')
  const seen = dial(() => identity)
  await waitFor('the opening', 5000, () => seen.opened === 1)
  const stream = (await link?.openStream('abc')) as DialledStream
  const there = await waitFor('the stream', 5000, () => manager.streams.get('abc'))
  const received: string[] = []
  there.on('message', (data) => received.push(data.toString()))
  there.send(Buffer.from('early'))
  const got: string[] = []
  await stream.send(Buffer.from('one'))
  await stream.send(Buffer.from('two'))
  await waitFor('both frames', 5000, () => received.length === 2)
  stream.onFrame((frame) => void got.push(Buffer.from(frame).toString()))
  await waitFor('the early frame', 5000, () => got[0] === 'early')
  let closed = false
  stream.onClose(() => {
    closed = true
  })
  there.close()
  await waitFor('the end', 5000, () => closed)
  assert.match(await failure(stream.send(Buffer.from('late'))), /hung up/)
})

tests.run()
