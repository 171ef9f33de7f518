/** Certificate requests for tests: good ones, and ones an agent would never make. */
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto'
import 'reflect-metadata'
import { Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from '@peculiar/x509'

export interface MadeRequest {
  readonly csr: string
  readonly privateKey: KeyObject
  /** The private key in PEM. */
  readonly key: string
}

/** A PKCS #10 request with a new key; with `hasBadSignature` its signature is spoilt. */
export async function makeRequest(
  options: { readonly hasBadSignature?: boolean; readonly rsa?: boolean } = {},
): Promise<MadeRequest> {
  const keys = options.rsa === true ? await makeRsaKeys() : await makeKeys()
  const signingAlgorithm =
    options.rsa === true ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : { name: 'ECDSA', hash: 'SHA-256' }
  const request = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=whatever', keys, signingAlgorithm })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  let csr = request.toString('pem')
  if (options.hasBadSignature === true) csr = spoilSignature(new Uint8Array(request.rawData))
  return { csr, privateKey, key }
}

/** The last bytes of a request are its signature. */
function spoilSignature(der: Uint8Array): string {
  const changed = new Uint8Array(der)
  changed[changed.length - 1]! ^= 1
  return new Pkcs10CertificateRequest(changed).toString('pem')
}

function makeKeys() {
  return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
}

function makeRsaKeys() {
  const exponent = new Uint8Array([1, 0, 1])
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2_048, publicExponent: exponent, hash: 'SHA-256' }
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}
