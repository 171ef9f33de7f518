/**
 * The tip of one branch in a single request: the `ls-refs` command of git's protocol version 2, sent without asking
 * the server first what it can (gitprotocol-v2). Any answer that is not one of that version says nothing.
 */
import type { HttpClient } from 'isomorphic-git'

const CONTENT_TYPE = 'application/x-git-upload-pack'

export interface LsRefsInput {
  readonly http: HttpClient
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly branch: string
}

/** The branch's commit; null when the answer has none or is of another kind: then ask in full. */
export async function askForTip({ http, url, headers, branch }: LsRefsInput): Promise<string | null> {
  const reference = `refs/heads/${branch}`
  const lines = ['command=ls-refs\n', 'agent=headway\n', 'object-format=sha1']
  const body = `${lines.map(packetLine).join('')}0001${packetLine(`ref-prefix ${reference}\n`)}0000`
  const response = await http.request({
    method: 'POST',
    url: `${url.replace(/\/$/, '')}/git-upload-pack`,
    headers: {
      ...headers,
      'content-type': `${CONTENT_TYPE}-request`,
      accept: `${CONTENT_TYPE}-result`,
      'git-protocol': 'version=2',
    },
    body: (async function* () {
      yield Buffer.from(body)
    })(),
  })
  const parts: Uint8Array[] = []
  if (response.body !== undefined) for await (const part of response.body) parts.push(part)
  if (response.statusCode !== 200) return null
  return findTip(Buffer.concat(parts).toString('utf8'), reference)
}

function findTip(text: string, reference: string): string | null {
  for (let at = 0; at + 4 <= text.length; ) {
    const length = Number.parseInt(text.slice(at, at + 4), 16)
    if (!(length >= 4)) return null
    const [oid = '', name = ''] = text
      .slice(at + 4, at + length)
      .trimEnd()
      .split(' ')
    if (name === reference && /^[0-9a-f]{40}$/.test(oid)) return oid
    at += length
  }
  return null
}

function packetLine(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text
}
