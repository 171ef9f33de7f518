/**
 * The HTTP client under isomorphic-git: node's own, with connections kept open between polls, time limits, redirects,
 * and credentials that are sent at once and to the first host only.
 */
import http from 'node:http'
import https from 'node:https'
import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git'
import { SyncError } from '../sync-error.js'
import { withoutCredentials } from './credentials.js'

/** No byte for this long ends a request. */
const IDLE_MS = 20_000
const REDIRECTS_MAX = 5

export interface ClosableHttpClient extends HttpClient {
  close(): void
}

/** A client with connections of its own. */
export function makeHttpClient(): ClosableHttpClient {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: 4 }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: 4 }),
  }
  const request = async (input: GitHttpRequest): Promise<GitHttpResponse> => {
    const body = await collect(input.body)
    let url = new URL(input.url)
    let headers = { ...input.headers }
    for (let redirects = 0; ; redirects++) {
      const response = await send({ url, method: input.method ?? 'GET', headers, body }, agents)
      const location = response.headers.location
      if (location === undefined || (response.statusCode ?? 0) < 300 || (response.statusCode ?? 0) >= 400) {
        return answer(url, input.method ?? 'GET', response)
      }
      response.resume()
      if (redirects === REDIRECTS_MAX)
        throw new SyncError('network', `${withoutCredentials(input.url)} redirects in circles: check the url`)
      const next = new URL(location, url)
      if (next.host !== url.host) headers = withoutAuthorization(headers)
      url = next
    }
  }
  return {
    request,
    close: () => {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}

interface Outgoing {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

function send(
  { url, method, headers, body }: Outgoing,
  agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent },
): Promise<http.IncomingMessage> {
  const isTls = url.protocol === 'https:'
  const options = { method, headers: { ...headers, 'content-length': String(body.length) } }
  return new Promise((resolve, reject) => {
    const request = isTls
      ? https.request(url, { ...options, agent: agents['https:'] }, resolve)
      : http.request(url, { ...options, agent: agents['http:'] }, resolve)
    request.setTimeout(IDLE_MS, () => request.destroy(new Error(`no answer for ${IDLE_MS / 1_000} s`)))
    request.on('error', reject)
    request.end(body)
  })
}

function answer(url: URL, method: string, response: http.IncomingMessage): GitHttpResponse {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value)
  return {
    url: url.href,
    method,
    headers,
    body: response[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>,
    statusCode: response.statusCode ?? 0,
    statusMessage: response.statusMessage ?? '',
  }
}

async function collect(body: GitHttpRequest['body']): Promise<Buffer> {
  const parts: Uint8Array[] = []
  if (body !== undefined) for await (const part of body as AsyncIterable<Uint8Array>) parts.push(part)
  return Buffer.concat(parts)
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'))
}
