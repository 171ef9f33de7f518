/**
 * The cluster's certificates: its authority (ten years), the manager's server certificate, and client certificates for
 * agents and people (one year). ECDSA on P-256; serial numbers are random.
 */
import { createHash, createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import net from 'node:net'
import type { Instant } from '../../base/instant.js'
import { loadX509, type X509Library } from './x509-library.js'

/** PEM texts. */
export interface Credentials {
  readonly certificate: string
  readonly key: string
}

export interface Subject {
  readonly commonName: string
  readonly organization: string
}

export interface LeafRequest {
  readonly subject: Subject
  readonly use: 'server' | 'client'
  /** Host names and IP addresses a server certificate answers for. */
  readonly addresses: readonly string[]
  readonly now: Instant
}

const DAY_MS = 86_400_000
export const CA_LIFE_MS = 3_653 * DAY_MS
export const LEAF_LIFE_MS = 365 * DAY_MS
/** Certificates are valid a little before they are made, for hosts whose clock is behind. */
const CLOCK_SKEW_MS = 10 * 60_000
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const

/** A new authority. */
export async function makeAuthority(clusterName: string, clusterId: string, now: Instant): Promise<Credentials> {
  const x509 = await loadX509()
  const keys = await makeKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ CN: [`headway ${clusterName}`] }, { O: [`headway:${clusterId}`] }],
    notBefore: new Date(now - CLOCK_SKEW_MS),
    notAfter: new Date(now + CA_LIFE_MS),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pem(certificate.toString('pem')), key: await exportKey(keys.privateKey) }
}

/** A certificate with a key of its own. */
export async function makeLeaf(authority: Credentials, request: LeafRequest): Promise<Credentials> {
  const keys = await makeKeys()
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey))
  return { certificate: await signLeaf(authority, request, spki), key: await exportKey(keys.privateKey) }
}

/** A certificate for a public key (SubjectPublicKeyInfo, DER) whose private half the caller has shown to hold. */
export async function signLeaf(authority: Credentials, request: LeafRequest, spki: Uint8Array): Promise<string> {
  const x509 = await loadX509()
  const issuer = new x509.X509Certificate(authority.certificate)
  const publicKey = new x509.PublicKey(new Uint8Array(spki))
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: [{ CN: [request.subject.commonName] }, { O: [request.subject.organization] }],
    issuer: issuer.subjectName,
    notBefore: new Date(request.now - CLOCK_SKEW_MS),
    notAfter: new Date(request.now + LEAF_LIFE_MS),
    signingAlgorithm: SIGNING,
    publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([request.use === 'server' ? serverAuth : clientAuth]),
      ...(request.addresses.length === 0 ? [] : [alternativeNames(x509, request.addresses)]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return pem(certificate.toString('pem'))
}

/** Hex SHA-256 of a certificate's SubjectPublicKeyInfo: what join strings carry and members are known by. */
export function publicKeyDigest(certificate: string | X509Certificate): string {
  const read = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate
  return spkiDigest(read.publicKey.export({ type: 'spki', format: 'der' }))
}

/** Hex SHA-256 of a SubjectPublicKeyInfo in DER. */
export function spkiDigest(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest('hex')
}

/** When two thirds of a certificate's life are over: time to renew (DESIGN 13). */
export function renewalDue(certificate: X509Certificate): Instant {
  const from = Date.parse(certificate.validFrom)
  return from + ((Date.parse(certificate.validTo) - from) * 2) / 3
}

/** True when the key is the certificate's and the certificate is the authority's. */
export function isIntact(authority: string, { certificate, key }: Credentials): boolean {
  try {
    const read = new X509Certificate(certificate)
    return read.checkPrivateKey(createPrivateKey(key)) && read.verify(createPublicKey(authority))
  } catch {
    return false
  }
}

function alternativeNames(x509: X509Library, addresses: readonly string[]) {
  const names = addresses.map((value) => ({ type: net.isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }))
  return new x509.SubjectAlternativeNameExtension(names)
}

async function makeKeys() {
  return webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify'])
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()
}

async function importKey(text: string) {
  const der = createPrivateKey(text).export({ type: 'pkcs8', format: 'der' })
  return webcrypto.subtle.importKey('pkcs8', new Uint8Array(der), ECDSA, false, ['sign'])
}

/** 126 random bits, positive and never zero. */
function randomSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes.toString('hex')
}

function pem(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}
