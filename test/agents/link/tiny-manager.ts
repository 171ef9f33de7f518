/** A manager's port in little, on loopback: an authority, /ca, /join, /renew, /agent and /stream over TLS. */
import { webcrypto, X509Certificate } from 'node:crypto'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { type WebSocket, WebSocketServer } from 'ws'
import { publicKeyDigest } from '../../../src/agents/link/secure-request.js'
import type { AgentMessage, ManagerMessage } from '../../../src/model/protocol.js'

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const
const DAY_MS = 86_400_000

export interface Authority {
  readonly certificate: x509.X509Certificate
  readonly keys: webcrypto.CryptoKeyPair
  readonly pem: string
  readonly digest: string
}

export async function makeAuthority(): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=headway test',
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  })
  const pem = certificate.toString('pem')
  return { certificate, keys, pem, digest: publicKeyDigest(pem) }
}

async function signLeaf(
  authority: Authority,
  subject: string,
  publicKey: x509.PublicKey | webcrypto.CryptoKey,
  from = 0,
): Promise<string> {
  const leaf = await x509.X509CertificateGenerator.create({
    subject,
    issuer: authority.certificate.subject,
    notBefore: new Date(Date.now() - 2 * DAY_MS + from),
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: SIGNING,
    publicKey,
    signingKey: authority.keys.privateKey,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'headway-manager' }])],
  })
  return leaf.toString('pem')
}

export class TinyManager {
  readonly messages: AgentMessage[] = []
  readonly agents: WebSocket[] = []
  readonly streams = new Map<string, WebSocket>()
  readonly peers: string[] = []
  admits = true
  private constructor(
    readonly authority: Authority,
    private readonly server: https.Server,
  ) {}

  static async start(
    authority: Authority,
    options: { token?: string; port?: number; showsCa?: string } = {},
  ): Promise<TinyManager> {
    const keys = await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify'])
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
    const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`
    const cert = await signLeaf(authority, 'CN=headway-manager', keys.publicKey)
    const server = https.createServer({
      key,
      cert,
      ca: authority.pem,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
    })
    const manager = new TinyManager(authority, server)
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString())
      const answer = await manager.answer(request.url ?? '', body, options)
      response.writeHead(answer.status, { connection: 'close' }).end(answer.text)
    })
    const sockets = new WebSocketServer({ noServer: true })
    server.on('upgrade', (request, socket, head) => {
      const peer = request.socket as TLSSocket
      if (!peer.authorized || !manager.admits) return socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      manager.peers.push(peer.getPeerX509Certificate()?.subject ?? '')
      sockets.handleUpgrade(request, socket, head, (webSocket) => manager.accept(request.url ?? '', webSocket))
    })
    await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
    return manager
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  say(message: ManagerMessage): void {
    this.agents.at(-1)?.send(JSON.stringify(message))
  }

  async close(): Promise<void> {
    for (const socket of [...this.agents, ...this.streams.values()]) socket.terminate()
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async answer(
    url: string,
    body: { token?: string; name?: string; csr: string } | null,
    options: { token?: string; showsCa?: string },
  ) {
    if (url === '/ca') return { status: 200, text: options.showsCa ?? this.authority.pem }
    if (body === null) return { status: 404, text: '' }
    if (url === '/join' && body.token !== options.token)
      return { status: 401, text: JSON.stringify({ error: 'the token was used: make a new one' }) }
    const request = new x509.Pkcs10CertificateRequest(body.csr)
    if (!(await request.verify())) return { status: 400, text: JSON.stringify({ error: 'bad request' }) }
    // A joined certificate is past two thirds of its life at once; a renewed one is young.
    const certificate = await signLeaf(
      this.authority,
      `CN=node:${body.name ?? 'renewed'}`,
      request.publicKey,
      url === '/renew' ? 2 * DAY_MS - 1000 : 0,
    )
    return { status: 200, text: JSON.stringify({ certificate, ca: this.authority.pem, clusterId: 'cluster1' }) }
  }

  private accept(url: string, socket: WebSocket): void {
    socket.on('error', () => {})
    if (url.startsWith('/stream/')) {
      this.streams.set(url.slice('/stream/'.length), socket)
      return
    }
    this.agents.push(socket)
    socket.on('message', (data) => this.messages.push(JSON.parse(data.toString())))
  }
}

/** The name in a PEM certificate. */
export function subjectOf(pem: string): string {
  return new X509Certificate(pem).subject
}
