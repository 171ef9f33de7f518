/**
 * Joining a cluster: a join string `HOST:PORT/TOKEN.DIGEST` names a manager, a one-time token, and the SHA-256 of its
 * authority's public key, so that the agent knows the manager before the manager knows the agent (DESIGN 13).
 */
import { X509Certificate } from 'node:crypto'
import { type Identity, makeCertificateRequest, makeKey } from './identity.js'
import { publicKeyDigest, secureRequest } from './secure-request.js'

export interface JoinString {
  readonly address: string
  readonly token: string
  readonly digest: string
}

const FORM = /^((?:\[[0-9a-fA-F:.]+\]|[^\s/:[\]]+):\d{1,5})\/([^\s/.]+)\.([0-9a-f]{64})$/

/** Throws with what to do on a text that is no join string. */
export function parseJoinString(text: string): JoinString {
  const [, address, token, digest] = FORM.exec(text.trim()) ?? []
  if (address === undefined || token === undefined || digest === undefined)
    throw new Error(
      'join: this is no join string (HOST:PORT/TOKEN.DIGEST): run `headway token` beside a manager and copy the whole line',
    )
  return { address, token, digest }
}

/** Joins under a node name and gives the identity to keep. Throws with the reason and what to do. */
export async function joinCluster(text: string, name: string): Promise<Identity> {
  const { address, token, digest } = parseJoinString(text)
  const ca = await fetchAuthority(address, digest)
  const key = await makeKey()
  const csr = await makeCertificateRequest(key, name)
  let answer: { certificate: string; clusterId: string }
  try {
    const body = { token, name, csr }
    answer = JSON.parse(await secureRequest({ address, method: 'POST', path: '/join', body, ca }))
  } catch (error) {
    throw new Error(`join: the manager at ${address} refuses: ${(error as Error).message}`, { cause: error })
  }
  const { certificate, clusterId } = answer
  if (typeof clusterId !== 'string' || !isSignedBy(certificate, ca))
    throw new Error(
      `join: the manager at ${address} gave no certificate of its own authority: upgrade it, then try again`,
    )
  return { name, clusterId, managers: [address], key, certificate, ca }
}

/** The authority's certificate, which must have the digest that the join string carries. */
async function fetchAuthority(address: string, digest: string): Promise<string> {
  let ca: string
  try {
    ca = await secureRequest({ address, method: 'GET', path: '/ca', ca: null })
  } catch (error) {
    throw new Error(
      `join: no manager answers at ${address}: ${(error as Error).message}; check the address and the firewall`,
      {
        cause: error,
      },
    )
  }
  let actual = 'none'
  try {
    actual = publicKeyDigest(ca)
  } catch {
    // What is no certificate has no digest.
  }
  if (actual === digest) return ca
  throw new Error(
    `join: the manager's CA does not match the token: ${address} answers with ${actual.slice(0, 16)}, the token is for ${digest.slice(0, 16)}; make a new token with \`headway token\`, or something stands between you and the manager`,
  )
}

function isSignedBy(certificate: string, ca: string): boolean {
  try {
    return new X509Certificate(certificate).verify(new X509Certificate(ca).publicKey)
  } catch {
    return false
  }
}
