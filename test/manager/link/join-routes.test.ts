/** Joining and renewing over the wire, with real TLS. */
import { X509Certificate } from 'node:crypto'
import https from 'node:https'
import tls from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { publicKeyDigest } from '../../../src/manager/pki/certificates.js'
import { parseJoinString } from '../../../src/manager/pki/join-string.js'
import { makeRequest } from '../pki/make-request.js'
import { startFixture } from './link-fixture.js'

const routes = suite('join routes')

routes('what an agent with a join string does: fetch the authority, compare its digest, join', async () => {
  const fixture = await startFixture()
  const { pki, link } = fixture
  const { token } = await pki.createToken(60_000)
  const join = parseJoinString(pki.joinString(`127.0.0.1:${link.port}`, token))
  const ca = await new Promise<string>((resolve, reject) => {
    const options = { host: '127.0.0.1', port: link.port, path: '/ca', rejectUnauthorized: false, agent: false }
    https
      .get(options, (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => {
          text += chunk
        })
        response.on('end', () => resolve(text))
      })
      .on('error', reject)
  })
  assert.is(publicKeyDigest(ca), join?.digest)
  const { csr, privateKey } = await makeRequest()
  const answer = await fixture.call('POST', '/join', { body: { token: join?.token, name: 'node1', csr } })
  assert.is(answer.status, 200, answer.text)
  assert.is(answer.json['ca'], ca)
  assert.is(answer.json['clusterId'], pki.clusterId)
  const certificate = new X509Certificate(answer.json['certificate'] ?? '')
  assert.ok(certificate.checkPrivateKey(privateKey))
  await fixture.close()
})

routes('another cluster answers with another digest, and its certificate is not trusted', async () => {
  const [mine, other] = [await startFixture(), await startFixture()]
  const { text } = await other.call('GET', '/ca')
  assert.is.not(publicKeyDigest(text), mine.pki.caDigest)
  const error = await new Promise<Error>((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port: other.link.port, ca: mine.pki.caCertificate })
    socket.on('error', resolve)
  })
  assert.match(error.message, /unable to verify|self.signed/)
  await mine.close()
  await other.close()
})

routes('older versions of TLS are refused', async () => {
  const fixture = await startFixture()
  const error = await new Promise<Error>((resolve, reject) => {
    const socket = tls.connect({
      host: '127.0.0.1',
      port: fixture.link.port,
      maxVersion: 'TLSv1.2',
      rejectUnauthorized: false,
    })
    socket.on('error', resolve)
    socket.on('secureConnect', () => reject(new Error('connected')))
  })
  assert.match(error.message, /protocol version/)
  await fixture.close()
})

routes('refusals say what to do', async () => {
  const fixture = await startFixture()
  const { pki } = fixture
  const { token } = await pki.createToken(60_000)
  const expired = await pki.createToken(-1)
  const { csr } = await makeRequest()
  const rows: readonly (readonly [string, string, unknown, number, RegExp])[] = [
    ['POST', '/join', { token: 'f'.repeat(32), name: 'node1', csr }, 401, /not known.*headway token/],
    ['POST', '/join', { token: expired.token, name: 'node1', csr }, 401, /expired.*headway token/],
    ['POST', '/join', { token, name: 'Node 1', csr }, 400, /node name/],
    ['POST', '/join', { token, name: 'node1', csr: 'nonsense' }, 400, /PKCS/],
    ['POST', '/join', { token, name: 'node1' }, 400, /csr must be a text/],
    ['POST', '/join', '{', 400, /not JSON/],
    ['POST', '/join', 'x'.repeat(70_000), 400, /more than/],
    ['POST', '/renew', { csr }, 401, /join first/],
    ['GET', '/agent', undefined, 404, /nothing here/],
    ['GET', '/', undefined, 404, /nothing here/],
    ['DELETE', '/join', undefined, 404, /nothing here/],
    ['POST', '/join', { token, name: 'node1', csr }, 200, /CERTIFICATE/],
    ['POST', '/join', { token, name: 'node2', csr }, 401, /already used.*headway token/],
  ]
  for (const [method, route, body, status, message] of rows) {
    const answer = await fixture.call(method, route, { body })
    assert.is(answer.status, status, `${method} ${route} ${answer.text}`)
    assert.match(status === 200 ? answer.text : (answer.json['error'] ?? ''), message)
  }
  assert.equal(
    pki.members().map((member) => member.name),
    ['node1'],
  )
  await fixture.close()
})

routes('a name whose agent is connected is not given away until it is gone', async () => {
  const fixture = await startFixture()
  const agent = await fixture.dial(await fixture.join('node1'))
  await fixture.told('connect node1#1')
  const { token } = await fixture.pki.createToken(60_000)
  const { csr } = await makeRequest()
  const refused = await fixture.call('POST', '/join', { body: { token, name: 'node1', csr } })
  assert.is(refused.status, 409)
  assert.match(refused.json['error'] ?? '', 'stop the agent that runs as node1')
  agent.socket.close()
  await fixture.told('close node1#1')
  assert.is((await fixture.call('POST', '/join', { body: { token, name: 'node1', csr } })).status, 200)
  await fixture.close()
})

routes('renewal: the old key and the new one come in, until the new one renews', async () => {
  const fixture = await startFixture()
  const first = await fixture.join('node1')
  const renew = async (identity: { certificate: string; key: string }) => {
    const { csr, key } = await makeRequest()
    const answer = await fixture.call('POST', '/renew', { body: { csr }, identity })
    return {
      status: answer.status,
      certificate: answer.json['certificate'] ?? '',
      key,
      error: answer.json['error'] ?? '',
    }
  }
  const second = await renew(first)
  assert.is(second.status, 200)
  const serials = [first, second].map(({ certificate }) => new X509Certificate(certificate).serialNumber)
  assert.is.not(serials[0], serials[1])
  ;(await fixture.dial(first)).socket.terminate()
  ;(await fixture.dial(second)).socket.terminate()
  const third = await renew(second)
  assert.is(third.status, 200)
  const late = await renew(first)
  assert.is(late.status, 403)
  assert.match(late.error, 'join again')
  await fixture.close()
})

routes('a port in use is an error that says what to do', async () => {
  const fixture = await startFixture()
  const { startLinkServer } = await import('../../../src/manager/link/link-server.js')
  const nothing = (): void => {}
  const error = await startLinkServer({
    host: '127.0.0.1',
    port: fixture.link.port,
    pki: fixture.pki,
    onConnect: nothing,
    onMessage: nothing,
    onClose: nothing,
    log: nothing,
  }).catch((reason: Error) => reason)
  assert.match((error as Error).message, /listen on 127\.0\.0\.1:\d+: .*stop it or choose another/)
  await fixture.close()
})

routes.run()
