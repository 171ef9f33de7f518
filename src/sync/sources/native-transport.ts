/** Remotes through the git program: ssh, and repositories with sha256 names. */
import { existsSync } from 'node:fs'
import { requireGit, runGit } from '../git/git-program.js'
import { SyncError } from '../sync-error.js'
import { authorizationFor, tokenAdvice, withoutCredentials } from './credentials.js'
import type { RemoteTip, Transport } from './transport.js'

export interface RemoteOptions {
  readonly url: string
  readonly branch: string
  readonly tokenFile?: string | undefined
}

const TIP_LIMIT_MS = 30_000

export class NativeTransport implements Transport {
  readonly #options: RemoteOptions

  constructor(options: RemoteOptions) {
    this.#options = options
  }

  async tip(): Promise<RemoteTip> {
    const text = await this.#run(['ls-remote', '--heads', this.#options.url], TIP_LIMIT_MS)
    const lines = text.split('\n').filter((line) => line !== '')
    const line = lines.find((one) => one.endsWith(`\trefs/heads/${this.#options.branch}`))
    return { oid: line === undefined ? null : (line.split('\t')[0] ?? null), hasBranches: lines.length > 0 }
  }

  async fetch(gitDirectory: string, oid: string): Promise<string> {
    const { url, branch } = this.#options
    if (!existsSync(gitDirectory)) {
      const format = oid.length === 64 ? 'sha256' : 'sha1'
      await this.#run(['init', '-q', '--bare', `--object-format=${format}`, '-b', branch, gitDirectory])
    }
    const spec = `+refs/heads/${branch}:refs/heads/${branch}`
    await this.#run(['-C', gitDirectory, 'fetch', '-q', '--no-tags', '--no-write-fetch-head', url, spec])
    return (await this.#run(['-C', gitDirectory, 'rev-parse', `refs/heads/${branch}`])).trim()
  }

  async push(gitDirectory: string, from: string, to: string): Promise<void> {
    const { url, branch } = this.#options
    const lease = `--force-with-lease=refs/heads/${branch}:${from}`
    await this.#run(['-C', gitDirectory, 'push', '-q', lease, url, `${to}:refs/heads/${branch}`])
  }

  close(): void {}

  async #run(args: readonly string[], timeLimitMs?: number): Promise<string> {
    const { url, tokenFile } = this.#options
    const where = withoutCredentials(url)
    await requireGit(`the repository at ${where}`)
    try {
      return await runGit({ args, env: this.#environment(), ...(timeLimitMs === undefined ? {} : { timeLimitMs }) })
    } catch (error) {
      if (error instanceof SyncError) throw error
      throw describe(where, tokenFile, error)
    }
  }

  /** The token goes through the environment, not through arguments, which every process can read. */
  #environment(): Record<string, string> {
    const { url, tokenFile } = this.#options
    const authorization = /^https?:/i.test(url) ? authorizationFor(url, tokenFile) : null
    if (authorization === null) return {}
    return {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.extraHeader',
      GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
    }
  }
}

function describe(where: string, tokenFile: string | undefined, error: unknown): SyncError {
  const why = withoutCredentials(error instanceof Error ? error.message : String(error))
  const options = { cause: error }
  if (/stale info|fetch first|non-fast-forward|failed to push/i.test(why)) {
    return new SyncError('moved', `${where} has moved on meanwhile: fetch, and try again`, options)
  }
  if (/permission denied|authentication failed|could not read (?:username|password)|host key/i.test(why)) {
    const advice = where.startsWith('http') ? tokenAdvice(tokenFile) : "check this user's ssh key and known_hosts"
    return new SyncError('credentials', `${where} refuses us (${why}): ${advice}`, options)
  }
  if (/not found|does not appear to be a git repository|does not exist/i.test(why)) {
    return new SyncError('missing-repository', `there is no repository at ${where} (${why}): check the url`, options)
  }
  return new SyncError('network', `cannot reach ${where} (${why}): check the url and the network`, options)
}
