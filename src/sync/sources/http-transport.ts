/** Remotes over http and https through isomorphic-git: no git program needed. */
import fs from 'node:fs'
import git from 'isomorphic-git'
import { SyncError } from '../sync-error.js'
import { authorizationFor, refusal, withoutCredentials } from './credentials.js'
import { type ClosableHttpClient, makeHttpClient } from './http-client.js'
import { askForTip } from './ls-refs.js'
import { NativeTransport, type RemoteOptions } from './native-transport.js'
import type { RemoteTip, Transport } from './transport.js'

const REMOTE = 'origin'

export class HttpTransport implements Transport {
  readonly #options: RemoteOptions
  readonly #url: string
  readonly #http: ClosableHttpClient = makeHttpClient()
  /** Takes over when the remote turns out to have sha256 names, which isomorphic-git cannot read. */
  #native: NativeTransport | null = null

  constructor(options: RemoteOptions) {
    this.#options = options
    this.#url = withoutCredentials(options.url)
  }

  async tip(): Promise<RemoteTip> {
    if (this.#native !== null) return this.#native.tip()
    const quick = await this.#attempt(() => this.#askForTip())
    if (quick !== null) return { oid: quick, hasBranches: true }
    const reference = `refs/heads/${this.#options.branch}`
    const refs = await this.#attempt(() =>
      git.listServerRefs({ http: this.#http, url: this.#url, headers: this.#headers(), prefix: reference }),
    )
    const oid = refs.find((one) => one.ref === reference)?.oid ?? null
    if (oid !== null && oid.length === 40) return { oid, hasBranches: true }
    if (await this.#isSha256()) {
      this.#native = new NativeTransport(this.#options)
      return this.#native.tip()
    }
    return { oid, hasBranches: await this.#hasBranches() }
  }

  async fetch(gitDirectory: string, oid: string): Promise<string> {
    if (this.#native !== null) return this.#native.fetch(gitDirectory, oid)
    const gitdir = gitDirectory
    const { branch } = this.#options
    if (!fs.existsSync(gitdir)) {
      await git.init({ fs, gitdir, bare: true, defaultBranch: branch })
      await git.addRemote({ fs, gitdir, remote: REMOTE, url: this.#url })
    }
    const result = await this.#attempt(() =>
      git.fetch({
        fs,
        http: this.#http,
        gitdir,
        url: this.#url,
        remote: REMOTE,
        ref: branch,
        singleBranch: true,
        tags: false,
        headers: this.#headers(),
        // One cache a fetch: a kept one would hold every pack in memory.
        cache: {},
      }),
    )
    const tip = result.fetchHead
    if (tip === null)
      throw new SyncError('missing-branch', `${this.#url} has no branch ${branch}: push it, or name another branch`)
    await git.writeRef({ fs, gitdir, ref: `refs/heads/${branch}`, value: tip, force: true })
    return tip
  }

  async push(gitDirectory: string, from: string, to: string): Promise<void> {
    if (this.#native !== null) return this.#native.push(gitDirectory, from, to)
    const { branch } = this.#options
    const gitdir = gitDirectory
    // The protocol itself compares: the server refuses an update whose old value is not its own.
    if ((await this.tip()).oid !== from) throw this.#moved()
    await git.writeRef({ fs, gitdir, ref: `refs/heads/${branch}`, value: to, force: true })
    const result = await this.#attempt(() =>
      git.push({
        fs,
        http: this.#http,
        gitdir,
        url: this.#url,
        remote: REMOTE,
        ref: branch,
        remoteRef: `refs/heads/${branch}`,
        headers: this.#headers(),
        cache: {},
      }),
    )
    if (!result.ok) throw this.#moved()
  }

  close(): void {
    this.#http.close()
  }

  #askForTip(): Promise<string | null> {
    const { branch } = this.#options
    return askForTip({ http: this.#http, url: this.#url, headers: this.#headers(), branch })
  }

  async #isSha256(): Promise<boolean> {
    const info = await this.#attempt(() =>
      git.getRemoteInfo2({ http: this.#http, url: this.#url, headers: this.#headers(), protocolVersion: 2 }),
    )
    return info.capabilities['object-format'] === 'sha256'
  }

  async #hasBranches(): Promise<boolean> {
    const refs = await this.#attempt(() =>
      git.listServerRefs({ http: this.#http, url: this.#url, headers: this.#headers(), prefix: 'refs/heads/' }),
    )
    return refs.length > 0
  }

  #headers(): Record<string, string> {
    const authorization = authorizationFor(this.#options.url, this.#options.tokenFile)
    return authorization === null ? {} : { Authorization: authorization }
  }

  #moved(): SyncError {
    return new SyncError('moved', `${this.#url} has moved on meanwhile: fetch, and try again`)
  }

  async #attempt<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (error) {
      throw error instanceof SyncError ? error : this.#describe(error)
    }
  }

  #describe(error: unknown): SyncError {
    const { code, data, message } = error as { code?: string; data?: { statusCode?: number }; message?: string }
    const options = { cause: error }
    const status = code === 'HttpError' ? data?.statusCode : undefined
    if (status === 401 || status === 403) {
      const { url, tokenFile } = this.#options
      return new SyncError('credentials', refusal(url, this.#url, tokenFile, status), options)
    }
    if (status === 404)
      return new SyncError(
        'missing-repository',
        `there is no repository at ${this.#url} (404): check the url, and that the token may read it`,
        options,
      )
    if (code === 'NotFoundError' || code === 'NoRefspecError') {
      return new SyncError(
        'missing-branch',
        `${this.#url} has no branch ${this.#options.branch}: push it, or name another branch`,
        options,
      )
    }
    if (code === 'PushRejectedError' || code === 'GitPushError') return this.#moved()
    const why = withoutCredentials(message ?? String(error)).split('\n')[0]
    return new SyncError('network', `cannot reach ${this.#url} (${why}): check the url and the network`, options)
  }
}
