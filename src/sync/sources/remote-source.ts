/**
 * A remote repository through a bare clone in the state directory. A poll of an unchanged remote is one request; a
 * change is one fetch into the same clone. There is never a second clone, except to replace one that has collected
 * too many packs where no git program can repack it.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { hasGit, runGit } from '../git/git-program.js'
import { Repository } from '../git/repository.js'
import { SyncError } from '../sync-error.js'
import { withoutCredentials } from './credentials.js'
import type { GitSource } from './git-source.js'
import { missingBranch } from './local-source.js'
import type { Transport } from './transport.js'

const POLL_MS = 10_000
/** Each fetch leaves a pack, and every look-up asks each of them. */
const PACK_LIMITS: PackLimits = { repackAbove: 50, cloneAbove: 400 }

export interface RemoteSourceOptions {
  readonly url: string
  readonly branch: string
  readonly pollMs: number | undefined
  /** The clone's folder. */
  readonly folder: string
  readonly transport: Transport
  /** For tests: fewer packs. */
  readonly limits?: PackLimits
}

export interface PackLimits {
  /** With more packs than this a git program repacks, where there is one. */
  readonly repackAbove: number
  /** With more than this the clone is made anew. */
  readonly cloneAbove: number
}

export class RemoteSource implements GitSource {
  readonly isRemote = true
  readonly pollMs: number
  readonly #options: RemoteSourceOptions
  #repository: Repository | null = null

  constructor(options: RemoteSourceOptions) {
    this.#options = options
    this.pollMs = options.pollMs ?? POLL_MS
    mkdirSync(path.dirname(options.folder), { recursive: true, mode: 0o700 })
    this.#openExisting()
  }

  async poll(): Promise<string> {
    const { transport, branch, url, folder } = this.#options
    const { oid, hasBranches } = await transport.tip()
    if (oid === null) throw missingBranch(withoutCredentials(url), branch, hasBranches)
    if (this.#isHere(oid)) return oid
    const tip = await transport.fetch(folder, oid)
    this.#repository ??= new Repository(folder)
    await this.#limitPacks(tip)
    return tip
  }

  repository(): Repository | null {
    return this.#repository
  }

  watch(): void {}

  close(): void {
    this.#options.transport.close()
    this.#repository?.close()
  }

  #isHere(oid: string): boolean {
    if (this.#repository === null) return false
    return this.#repository.branchTip(this.#options.branch) === oid && this.#repository.hasCommit(oid)
  }

  /** A clone that cannot be opened (power cut while it was made) is made again. */
  #openExisting(): void {
    const { folder } = this.#options
    if (!existsSync(folder)) return
    try {
      this.#repository = new Repository(folder)
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      rmSync(folder, { recursive: true, force: true })
    }
  }

  async #limitPacks(tip: string): Promise<void> {
    const { folder, transport, limits = PACK_LIMITS } = this.#options
    const packs = this.#repository?.objects.packCount() ?? 0
    if (packs > limits.repackAbove && (await hasGit())) {
      // What a forced push left behind stays readable, as loose objects.
      await runGit({ args: ['-C', folder, 'repack', '-A', '-d', '-q'] }).catch(() => undefined)
    } else if (packs > limits.cloneAbove) {
      const fresh = `${folder}.new`
      rmSync(fresh, { recursive: true, force: true })
      await transport.fetch(fresh, tip)
      const old = `${folder}.old`
      renameSync(folder, old)
      renameSync(fresh, folder)
      rmSync(old, { recursive: true, force: true })
      this.#repository?.close()
      this.#repository = new Repository(folder)
    }
  }
}
