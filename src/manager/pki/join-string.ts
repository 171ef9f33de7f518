/** The join string, all that a new agent needs: `HOST:PORT/TOKEN.DIGEST`. */

export interface JoinString {
  /** `HOST:PORT`; an IPv6 host in brackets. */
  readonly address: string
  /** 32 hexadecimal digits. */
  readonly token: string
  /** Hex SHA-256 of the authority's SubjectPublicKeyInfo: by it the agent knows the manager. */
  readonly digest: string
}

const FORM = /^(\[[0-9a-fA-F:.]+\]|[^\s/:[\]]+):(\d{1,5})\/([0-9a-f]{32})\.([0-9a-f]{64})$/

export function formatJoinString({ address, token, digest }: JoinString): string {
  return `${address}/${token}.${digest}`
}

/** Null when the text is no join string. */
export function parseJoinString(text: string): JoinString | null {
  const match = FORM.exec(text.trim())
  if (match === null) return null
  const [, host = '', port = '', token = '', digest = ''] = match
  if (Number(port) < 1 || Number(port) > 65_535) return null
  return { address: `${host}:${port}`, token, digest }
}
