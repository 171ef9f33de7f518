/** Certificate signing requests from agents: only the public key in them counts, and that its private half signed it. */
import { loadX509 } from './x509-library.js'

/** The request's public key (SubjectPublicKeyInfo, DER), or what is wrong with it. */
export type CheckedRequest =
  | { readonly valid: true; readonly spki: Uint8Array }
  | { readonly valid: false; readonly message: string }

/** Reads a request in PEM and checks its signature (proof of possession) and that its key is ECDSA on P-256 or P-384. */
export async function checkCertificateRequest(text: string): Promise<CheckedRequest> {
  const x509 = await loadX509()
  try {
    const request = new x509.Pkcs10CertificateRequest(text)
    const algorithm = request.publicKey.algorithm as { readonly name: string; readonly namedCurve?: string }
    if (algorithm.name !== 'ECDSA' || !['P-256', 'P-384'].includes(algorithm.namedCurve ?? '')) {
      return { valid: false, message: 'the certificate request needs an ECDSA key on P-256 or P-384' }
    }
    if (!(await request.verify())) {
      return { valid: false, message: 'the certificate request is not signed by the key it asks for' }
    }
    return { valid: true, spki: new Uint8Array(request.publicKey.rawData) }
  } catch {
    return { valid: false, message: 'the certificate request is not a PKCS #10 request in PEM' }
  }
}
