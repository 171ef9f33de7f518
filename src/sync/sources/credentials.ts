/** Access tokens of remotes: from a file or the environment, read anew for each request, never in a url that is shown. */
import { readFileSync } from 'node:fs'
import { SyncError } from '../sync-error.js'

export const TOKEN_VARIABLE = 'HEADWAY_GIT_TOKEN'

/** The `Authorization` header for a remote; null when there is neither a token nor a password in the url. Throws SyncError `credentials`. */
export function authorizationFor(url: string, tokenFile: string | undefined): string | null {
  const parts = new URL(url)
  const token = readToken(tokenFile)
  const password = token ?? decodeURIComponent(parts.password)
  if (password === '') return null
  // With a token the name does not matter to any of the large hosts; some refuse an empty one.
  const user = decodeURIComponent(parts.username) || 'x-access-token'
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

function readToken(tokenFile: string | undefined): string | null {
  if (tokenFile === undefined) return process.env[TOKEN_VARIABLE]?.trim() || null
  try {
    return readFileSync(tokenFile, 'utf8').trim() || null
  } catch (error) {
    throw new SyncError(
      'credentials',
      `cannot read the token file ${tokenFile}: check that it exists and may be read`,
      {
        cause: error,
      },
    )
  }
}

/** The url as it may be shown and logged. */
export function withoutCredentials(url: string): string {
  return /^[a-z+]+:\/\//i.test(url) ? url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1') : url
}

/** What a server's refusal (401, 403) means: a token is missing, or the one there is does not do. */
export function refusal(url: string, where: string, tokenFile: string | undefined, status: number): string {
  if (status === 401 && authorizationFor(url, tokenFile) === null)
    return `${where} needs a token (${status}): name a file with one by --token-file, or put it into ${TOKEN_VARIABLE}`
  return `${where} refuses the token (${status}; it may have expired): ${tokenAdvice(tokenFile)}`
}

/** Where the token came from, for the message of a refusal. */
export function tokenAdvice(tokenFile: string | undefined): string {
  return tokenFile === undefined
    ? `put a token that may read the repository into ${TOKEN_VARIABLE}, or into a file named with --token-file`
    : `put a token that may read the repository into ${tokenFile}`
}
