/** Who is at the other end: the node named by the client certificate, if the record of members lets its key speak for it. */
import type { TLSSocket } from 'node:tls'
import { publicKeyDigest } from '../pki/certificates.js'
import { NODES_ORGANIZATION, type Pki } from '../pki/pki.js'

export type Peer =
  | { readonly admitted: true; readonly node: string; readonly key: string }
  /** 401: no certificate of this cluster; 403: one that may not come in here (any more). */
  | { readonly admitted: false; readonly status: 401 | 403; readonly message: string }

const SUBJECT = new RegExp(`^CN=node:([a-z0-9.-]+)\\nO=${NODES_ORGANIZATION}$`)

export function identifyPeer(socket: TLSSocket, pki: Pki): Peer {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) {
    return { admitted: false, status: 401, message: 'a client certificate of this cluster is needed: join first' }
  }
  if (!socket.authorized) {
    const why = String(socket.authorizationError ?? 'not trusted')
    return { admitted: false, status: 401, message: `the client certificate is refused (${why}): join again` }
  }
  const node = SUBJECT.exec(certificate.subject)?.[1]
  if (node === undefined) return { admitted: false, status: 403, message: 'only agents of nodes may come in here' }
  const key = publicKeyDigest(certificate)
  const refusal = pki.refusal(node, key)
  return refusal === null ? { admitted: true, node, key } : { admitted: false, status: 403, message: refusal }
}
