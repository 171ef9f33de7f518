/**
 * Who this node is: its key (made here, never sent, mode 0600), its certificate, the cluster's authority and the
 * managers' addresses, in one folder. Renewed at two thirds of its life with the same key (DESIGN 13).
 */
import { createPrivateKey, createPublicKey, webcrypto, X509Certificate } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { secureRequest } from './secure-request.js'

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const

export interface Identity {
  readonly name: string
  readonly clusterId: string
  /** `HOST:PORT` of each manager, in the order they are dialled. */
  readonly managers: readonly string[]
  /** PEM. */
  readonly key: string
  readonly certificate: string
  readonly ca: string
}

/** The identity in a folder; null when the node has not joined. Throws when it is there but cannot be read. */
export async function readIdentity(directory: string): Promise<Identity | null> {
  try {
    const node = JSON.parse(await readFile(path.join(directory, 'node.json'), 'utf8')) as Omit<Identity, 'key'>
    return { ...node, key: await readFile(path.join(directory, 'node.key'), 'utf8') }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new Error(`read the node's identity in ${directory}: join again, or restore the folder`, { cause: error })
  }
}

/** Writes an identity whole: certificate and authority change together. */
export async function writeIdentity(directory: string, identity: Identity): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const { key, ...node } = identity
  await writeWhole(path.join(directory, 'node.key'), key)
  await writeWhole(path.join(directory, 'node.json'), `${JSON.stringify(node, null, 2)}\n`)
}

async function writeWhole(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}

/** A new private key on P-256, PEM (PKCS #8). */
export async function makeKey(): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify'])
  const bytes = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

/** A certificate request for the key, PEM (PKCS #10). The name in it is a wish: the manager decides. */
export async function makeCertificateRequest(key: string, name: string): Promise<string> {
  // Needed once a year: the library stays out of memory until then.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const { subtle } = webcrypto
  const der = createPrivateKey(key).export({ format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const privateKey = await subtle.importKey('pkcs8', der, ECDSA, true, ['sign'])
  const publicKey = await subtle.importKey('spki', spki, ECDSA, true, ['verify'])
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [`node:${name}`] }],
    keys: { privateKey, publicKey },
    signingAlgorithm: SIGNING,
  })
  return `${request.toString('pem')}\n`
}

/** When the certificate must be renewed: at two thirds of its life. */
export function renewalDue(certificate: string): number {
  const { validFrom, validTo } = new X509Certificate(certificate)
  const from = Date.parse(validFrom)
  return from + ((Date.parse(validTo) - from) * 2) / 3
}

/** The identity with a new certificate, asked of the first manager that answers. Errors: of `secureRequest`. */
export async function renewIdentity(identity: Identity): Promise<Identity> {
  const csr = await makeCertificateRequest(identity.key, identity.name)
  let failure: unknown
  for (const address of identity.managers) {
    try {
      const text = await secureRequest({
        address,
        method: 'POST',
        path: '/renew',
        body: { csr },
        ca: identity.ca,
        identity,
      })
      const { certificate } = JSON.parse(text) as { certificate: string }
      // Throws on what is no certificate, before the good one is given up.
      new X509Certificate(certificate)
      return { ...identity, certificate }
    } catch (error) {
      failure = error
    }
  }
  throw new Error(`renew the certificate of ${identity.name}: ${(failure as Error).message}`, { cause: failure })
}
