/** HTTPS requests to a manager that are made before or beside the connection: join and renew. */
import { createHash, X509Certificate } from 'node:crypto'
import https from 'node:https'

/** The name every manager's certificate carries, whatever its address. */
export const MANAGER_SERVER_NAME = 'headway-manager'
const TIMEOUT_MS = 10_000
const ANSWER_BYTES_MAX = 256 * 1024

export interface ClientIdentity {
  readonly certificate: string
  readonly key: string
}

export interface SecureRequest {
  /** `HOST:PORT`. */
  readonly address: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  /** Null: nothing is trusted yet, and the answer is not to be believed. */
  readonly ca: string | null
  readonly identity?: ClientIdentity
}

/** An answer that is no 2xx; the message is the manager's own. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/** The answer's text. Errors: RefusedError; an Error when the manager cannot be reached or is not of this cluster. */
export function secureRequest(request: SecureRequest): Promise<string> {
  const { hostname, port } = new URL(`https://${request.address}`)
  const body = request.body === undefined ? '' : JSON.stringify(request.body)
  return new Promise((resolve, reject) => {
    const sent = https.request(
      {
        host: hostname.replace(/^\[|\]$/g, ''),
        port: port || 443,
        method: request.method,
        path: request.path,
        agent: false,
        servername: MANAGER_SERVER_NAME,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), connection: 'close' },
        timeout: TIMEOUT_MS,
        ...(request.ca === null ? { rejectUnauthorized: false } : { ca: request.ca }),
        ...(request.identity === undefined ? {} : { cert: request.identity.certificate, key: request.identity.key }),
      },
      (answer) => {
        const chunks: Buffer[] = []
        let bytes = 0
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > ANSWER_BYTES_MAX) sent.destroy(new Error('the answer is too long'))
          else chunks.push(chunk)
        })
        answer.on('error', reject)
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          const status = answer.statusCode ?? 0
          if (status >= 200 && status < 300) resolve(text)
          else reject(new RefusedError(status, refusal(text, status)))
        })
      },
    )
    sent.on('timeout', () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)))
    sent.on('error', reject)
    sent.end(body)
  })
}

function refusal(text: string, status: number): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    if (typeof error === 'string') return error
  } catch {
    // Not ours: the status says what there is to say.
  }
  return `it answers with status ${status}`
}

/** Lower-case hex SHA-256 of a certificate's SubjectPublicKeyInfo; throws on a text that is no certificate. */
export function publicKeyDigest(certificate: string): string {
  const spki = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest('hex')
}
