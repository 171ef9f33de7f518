/** One HTTP GET for probes and hooks: no keep-alive, no trust in certificates, redirects followed on the same host only. */
import http from 'node:http'
import https from 'node:https'
import type { HTTPGetAction } from '../model/generated/kubernetes.js'

const REDIRECTS_MAX = 10

export interface HttpAnswer {
  readonly status: number
  /** It redirected to another host, where nobody went. */
  readonly leftHost: boolean
}

/** Throws when no answer came within `timeoutMs`. */
export async function httpGet(action: HTTPGetAction, address: string, timeoutMs: number): Promise<HttpAnswer> {
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const host = action.host || address
  const base = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${action.port}`
  const headers: Record<string, string> = { 'user-agent': 'headway-probe', accept: '*/*', connection: 'close' }
  for (const header of action.httpHeaders ?? []) headers[header.name.toLowerCase()] = header.value
  const end = Date.now() + timeoutMs
  let url = new URL(action.path || '/', base)
  for (let redirects = 0; ; redirects++) {
    const { status, location } = await request(url, headers, end - Date.now())
    if (location === undefined || status < 300 || status >= 400) return { status, leftHost: false }
    const next = new URL(location, url)
    if (next.hostname !== url.hostname) return { status, leftHost: true }
    if (redirects === REDIRECTS_MAX) throw new Error(`stopped after ${REDIRECTS_MAX} redirects`)
    url = next
  }
}

function request(
  url: URL,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly location: string | undefined }> {
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? https : http
    const options = { headers: { ...headers }, agent: false as const, rejectUnauthorized: false }
    const timer = setTimeout(() => sent.destroy(new Error('no answer in time')), Math.max(1, timeoutMs))
    const sent = client.get(url, options, (answer) => {
      clearTimeout(timer)
      resolve({ status: answer.statusCode ?? 0, location: answer.headers.location })
      // The body says nothing that is asked for.
      answer.destroy()
    })
    sent.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}
