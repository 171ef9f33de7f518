/** The authority: what it makes, whom it admits, and what its folder survives. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { publicKeyDigest } from '../../../src/manager/pki/certificates.js'
import { parseJoinString } from '../../../src/manager/pki/join-string.js'
import { type IssueOutcome, openPki, type Pki } from '../../../src/manager/pki/pki.js'
import { makeRequest } from './make-request.js'

const scratch = mkdtempSync(path.join(os.tmpdir(), 'headway-pki-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
let count = 0
const freshDirectory = (): string => path.join(scratch, `pki-${++count}`)
const START = Date.UTC(2026, 10, 21)
const DAY_MS = 86_400_000
const nobody = (): boolean => false

async function openAt(directory: string): Promise<{ pki: Pki; clock: { now: number } }> {
  const clock = { now: START }
  return { pki: await openPki(directory, { clusterName: 'default', now: () => clock.now }), clock }
}

function certificateOf(outcome: IssueOutcome): X509Certificate {
  assert.ok(outcome.issued, JSON.stringify(outcome))
  return new X509Certificate((outcome as IssueOutcome & { issued: true }).certificate)
}

function refusalIn(outcome: IssueOutcome): { reason: string; message: string } {
  assert.not(outcome.issued)
  return outcome as IssueOutcome & { issued: false }
}

const pkiSuite = suite('pki')

pkiSuite('makes a cluster once, private to its owner', async () => {
  const directory = freshDirectory()
  const { pki } = await openAt(directory)
  assert.match(pki.clusterId, /^[0-9a-f]{16}$/)
  assert.is(pki.digestKey.length, 32)
  assert.is(pki.storeKey.length, 32)
  assert.is.not(Buffer.from(pki.digestKey).toString('hex'), Buffer.from(pki.storeKey).toString('hex'))
  await pki.serverCredentials(['192.0.2.7'])
  await pki.createToken(1_000)
  assert.is(statSync(directory).mode & 0o777, 0o700)
  for (const file of readdirSync(directory)) assert.is(statSync(path.join(directory, file)).mode & 0o777, 0o600, file)
  assert.equal(
    readdirSync(scratch).filter((name) => name.startsWith('.pki-new')),
    [],
  )
  const again = await openPki(directory, { clusterName: 'another name' })
  assert.is(again.clusterId, pki.clusterId)
  assert.is(again.clusterName, 'default')
  assert.is(again.caCertificate, pki.caCertificate)
  assert.equal(again.storeKey, pki.storeKey)
})

pkiSuite('the authority lives ten years and signs no other authority', async () => {
  const { pki } = await openAt(freshDirectory())
  const ca = new X509Certificate(pki.caCertificate)
  assert.ok(ca.ca)
  assert.ok(ca.verify(ca.publicKey))
  assert.is(Math.round((Date.parse(ca.validTo) - START) / DAY_MS), 3_653)
  assert.is(ca.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  assert.is(pki.caDigest, publicKeyDigest(ca))
})

pkiSuite('the server certificate names the manager and is kept until it is due or its addresses change', async () => {
  const { pki, clock } = await openAt(freshDirectory())
  const first = await pki.serverCredentials(['192.0.2.7', 'host.example'])
  const read = new X509Certificate(first.certificate)
  assert.ok(read.checkPrivateKey(createPrivateKey(first.key)))
  assert.ok(read.verify(createPublicKey(pki.caCertificate)))
  for (const name of ['headway-manager', 'localhost', 'host.example']) assert.is(read.checkHost(name), name)
  for (const address of ['127.0.0.1', '::1', '192.0.2.7']) assert.ok(read.checkIP(address), address)
  assert.equal(read.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  clock.now += 240 * DAY_MS
  assert.equal(await pki.serverCredentials(['host.example', '192.0.2.7']), first)
  clock.now += 5 * DAY_MS
  const due = await pki.serverCredentials(['192.0.2.7', 'host.example'])
  assert.is.not(due.certificate, first.certificate)
  const moved = await pki.serverCredentials(['192.0.2.8'])
  assert.ok(new X509Certificate(moved.certificate).checkIP('192.0.2.8'))
})

pkiSuite('serial numbers are random', async () => {
  const { pki } = await openAt(freshDirectory())
  const made = await Promise.all([pki.issueAdmin('anna'), pki.issueAdmin('anna'), pki.issueAdmin('anna')])
  const serials = new Set(made.map(({ certificate }) => new X509Certificate(certificate).serialNumber))
  assert.is(serials.size, 3)
  for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{31}$/)
})

pkiSuite('a token makes a member, once', async () => {
  const { pki } = await openAt(freshDirectory())
  const { token, expiresAt } = await pki.createToken(60_000)
  assert.is(expiresAt, START + 60_000)
  const request = await makeRequest()
  const certificate = certificateOf(await pki.join({ token, name: 'node1', csr: request.csr }, nobody))
  assert.is(certificate.subject, 'CN=node:node1\nO=headway:nodes')
  assert.ok(certificate.verify(createPublicKey(pki.caCertificate)))
  assert.ok(certificate.checkPrivateKey(request.privateKey))
  assert.equal(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2'])
  assert.is(pki.refusal('node1', publicKeyDigest(certificate)), null)
  // The same agent, whose answer was lost, asks again.
  certificateOf(await pki.join({ token, name: 'node1', csr: request.csr }, nobody))
  const rows = [
    { name: 'node2', csr: request.csr },
    { name: 'node1', csr: (await makeRequest()).csr },
  ]
  for (const row of rows) {
    const { reason, message } = refusalIn(await pki.join({ token, ...row }, nobody))
    assert.is(reason, 'bad-token')
    assert.match(message, 'already used')
  }
  assert.equal(
    pki.members().map(({ name, revoked }) => ({ name, revoked })),
    [{ name: 'node1', revoked: false }],
  )
})

pkiSuite('tokens run out, and unknown ones are refused', async () => {
  const { pki, clock } = await openAt(freshDirectory())
  const { token } = await pki.createToken(60_000)
  const { csr } = await makeRequest()
  const unknown = refusalIn(await pki.join({ token: 'f'.repeat(32), name: 'node1', csr }, nobody))
  assert.match(unknown.message, /not known.*headway token/)
  clock.now += 60_000
  assert.match(refusalIn(await pki.join({ token, name: 'node1', csr }, nobody)).message, 'expired')
  clock.now -= 1
  certificateOf(await pki.join({ token, name: 'node1', csr }, nobody))
})

pkiSuite('tokens are kept as hashes only', async () => {
  const directory = freshDirectory()
  const { pki } = await openAt(directory)
  const { token } = await pki.createToken(60_000)
  assert.match(token, /^[0-9a-f]{32}$/)
  assert.not.match(readFileSync(path.join(directory, 'tokens.json'), 'utf8'), token)
  // A later process honours it.
  const { pki: later } = await openAt(directory)
  certificateOf(await later.join({ token, name: 'node1', csr: (await makeRequest()).csr }, nobody))
})

pkiSuite('of two that use one token at the same time, one joins', async () => {
  const { pki } = await openAt(freshDirectory())
  const { token } = await pki.createToken(60_000)
  const requests = [await makeRequest(), await makeRequest()]
  const outcomes = await Promise.all(requests.map(({ csr }, i) => pki.join({ token, name: `node${i}`, csr }, nobody)))
  assert.is(outcomes.filter((outcome) => outcome.issued).length, 1)
})

pkiSuite('refuses bad names and bad requests, and keeps the token', async () => {
  const { pki } = await openAt(freshDirectory())
  const { token } = await pki.createToken(60_000)
  const good = await makeRequest()
  for (const name of ['', 'Node1', 'a_b', '-a', 'a-', 'a..b', 'x'.repeat(64), 'node1/..', 'n\n']) {
    assert.is(refusalIn(await pki.join({ token, name, csr: good.csr }, nobody)).reason, 'bad-request', name)
  }
  const stolen = await makeRequest({ hasBadSignature: true })
  const rsa = await makeRequest({ rsa: true })
  for (const csr of ['', 'nonsense', stolen.csr, rsa.csr, pki.caCertificate]) {
    assert.is(refusalIn(await pki.join({ token, name: 'node1', csr }, nobody)).reason, 'bad-request', csr)
  }
  assert.equal(pki.members(), [])
  for (const name of ['a', 'x'.repeat(63), 'host-1.example.com']) {
    const next = await pki.createToken(60_000)
    certificateOf(await pki.join({ token: next.token, name, csr: good.csr }, nobody))
  }
})

pkiSuite(
  'a connected name is not given away; a silent one is, and its old certificate is worth nothing then',
  async () => {
    const { pki } = await openAt(freshDirectory())
    const join = async (isLive: boolean) => {
      const { token } = await pki.createToken(60_000)
      return pki.join({ token, name: 'node1', csr: (await makeRequest()).csr }, () => isLive)
    }
    const first = certificateOf(await join(false))
    const refusal = refusalIn(await join(true))
    assert.is(refusal.reason, 'name-taken')
    assert.match(refusal.message, /stop the agent.*--name/)
    assert.is(pki.refusal('node1', publicKeyDigest(first)), null)
    const second = certificateOf(await join(false))
    assert.is(pki.refusal('node1', publicKeyDigest(second)), null)
    assert.match(pki.refusal('node1', publicKeyDigest(first)) ?? '', 'replaced')
  },
)

pkiSuite('renewal keeps the asking key good until the new one is used to renew', async () => {
  const { pki, clock } = await openAt(freshDirectory())
  const { token } = await pki.createToken(60_000)
  const keys: string[] = []
  const first = certificateOf(await pki.join({ token, name: 'node1', csr: (await makeRequest()).csr }, nobody))
  keys.push(publicKeyDigest(first))
  clock.now += 250 * DAY_MS
  for (let i = 0; i < 2; i++) {
    const { csr } = await makeRequest()
    keys.push(publicKeyDigest(certificateOf(await pki.renew('node1', keys[i]!, csr))))
  }
  assert.equal(
    keys.map((key) => pki.refusal('node1', key) === null),
    [false, true, true],
  )
  assert.is(Math.round(((pki.members()[0]?.expiresAt ?? 0) - clock.now) / DAY_MS), 365)
  assert.is(refusalIn(await pki.renew('node1', keys[0]!, (await makeRequest()).csr)).reason, 'not-a-member')
  assert.is(refusalIn(await pki.renew('node1', keys[2]!, 'nonsense')).reason, 'bad-request')
  assert.is(refusalIn(await pki.renew('node9', keys[2]!, (await makeRequest()).csr)).reason, 'not-a-member')
})

pkiSuite('a revoked member is out until it joins with a new token', async () => {
  const directory = freshDirectory()
  const { pki } = await openAt(directory)
  const { token } = await pki.createToken(60_000)
  const request = await makeRequest()
  const key = publicKeyDigest(certificateOf(await pki.join({ token, name: 'node1', csr: request.csr }, nobody)))
  assert.ok(await pki.revoke('node1'))
  assert.not(await pki.revoke('node2'))
  const { pki: later } = await openAt(directory)
  assert.match(later.refusal('node1', key) ?? '', 'revoked')
  assert.is(refusalIn(await later.renew('node1', key, request.csr)).reason, 'not-a-member')
  const next = await later.createToken(60_000)
  certificateOf(await later.join({ token: next.token, name: 'node1', csr: request.csr }, nobody))
  assert.is(later.refusal('node1', key), null)
})

pkiSuite('join strings', async () => {
  const { pki } = await openAt(freshDirectory())
  const { token } = await pki.createToken(60_000)
  for (const address of ['192.0.2.1:7443', 'manager.example:7443', '[2001:db8::1]:7443']) {
    assert.equal(parseJoinString(pki.joinString(address, token)), { address, token, digest: pki.caDigest })
  }
  const good = pki.joinString('a:1', token)
  for (const bad of [
    '',
    good.slice(1),
    good.slice(0, -1),
    `${good}0`,
    good.replace('.', '/'),
    good.replace(':1', ':0'),
    good.replace(':1', ':65536'),
  ]) {
    assert.is(parseJoinString(bad), null, bad)
  }
})

pkiSuite('a damaged folder is an error that says what to do, and is left as it is', async () => {
  const whole = freshDirectory()
  await openAt(whole)
  const other = freshDirectory()
  await openAt(other)
  const damage: Readonly<Record<string, (directory: string) => void>> = {
    'no key': (directory) => rmSync(path.join(directory, 'ca.key')),
    'the key of another': (directory) => cpSync(path.join(other, 'ca.key'), path.join(directory, 'ca.key')),
    garbage: (directory) => writeFileSync(path.join(directory, 'cluster.json'), '{"clus'),
    'no cluster': (directory) => rmSync(path.join(directory, 'cluster.json')),
    'no keys': (directory) => writeFileSync(path.join(directory, 'keys.json'), '{}'),
    'members cut': (directory) => writeFileSync(path.join(directory, 'members.json'), '[{'),
  }
  for (const [name, spoil] of Object.entries(damage)) {
    const directory = freshDirectory()
    cpSync(whole, directory, { recursive: true })
    spoil(directory)
    const before = readdirSync(directory)
    const error = await openAt(directory).catch((reason: Error) => reason)
    assert.instance(error, Error, name)
    assert.match((error as Error).message, 'headway restore', name)
    assert.equal(readdirSync(directory), before)
  }
})

pkiSuite('an empty folder that someone made beforehand is filled', async () => {
  const directory = freshDirectory()
  mkdirSync(directory)
  await openAt(directory)
  assert.ok(existsSync(path.join(directory, 'ca.crt')))
})

pkiSuite.run()
