/** A git server over http for tests: git http-backend behind a small CGI wrapper, with failures on demand. */
import { spawn } from 'node:child_process'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface GitServer {
  /** `http://127.0.0.1:port`; repositories are below it by their path under the root. */
  readonly url: string
  /** Requests as `METHOD path?query`. */
  readonly requests: string[]
  /** Accepts only this token as the password of basic authentication; null accepts all. */
  token: string | null
  /** Answers every request with this status instead; null serves. */
  status: number | null
  close(): Promise<void>
}

/** Serves the repositories below a folder; they must allow receive-pack themselves. */
export async function serveGit(root: string): Promise<GitServer> {
  const state = { token: null as string | null, status: null as number | null }
  const requests: string[] = []
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (state.status !== null) response.writeHead(state.status).end()
    else if (state.token !== null && passwordOf(request) !== state.token) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
    } else runBackend(root, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get token() {
      return state.token
    },
    set token(token) {
      state.token = token
    },
    get status() {
      return state.status
    },
    set status(status) {
      state.status = status
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function passwordOf(request: http.IncomingMessage): string {
  const [, encoded = ''] = (request.headers.authorization ?? '').split(' ')
  return Buffer.from(encoded, 'base64').toString().split(':').slice(1).join(':')
}

function runBackend(root: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'tester',
      GIT_CONFIG_GLOBAL: '/dev/null',
    },
  })
  child.stdin.on('error', () => {})
  request.pipe(child.stdin)
  let head = Buffer.alloc(0)
  let isHeadSent = false
  child.stdout.on('data', (chunk: Buffer) => {
    if (isHeadSent) return void response.write(chunk)
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    const headers = head
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(/: (.*)/s))
    const status = headers.find(([name]) => name?.toLowerCase() === 'status')?.[1] ?? '200'
    for (const [name, value] of headers)
      if (name && name.toLowerCase() !== 'status') response.setHeader(name, value ?? '')
    response.writeHead(Number(status.split(' ')[0]))
    response.write(head.subarray(end + 4))
    isHeadSent = true
  })
  child.on('close', () => response.end())
}
