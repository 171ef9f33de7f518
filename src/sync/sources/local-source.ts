/**
 * A repository on this machine, read in place. A push shows at once, because the folders of its references are watched;
 * a slow poll beside it covers file systems that tell nothing.
 */
import { existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import path from 'node:path'
import { Repository } from '../git/repository.js'
import { SyncError } from '../sync-error.js'
import type { GitSource } from './git-source.js'

/** A poll reads one small file. */
const POLL_MS = 500
/** A push touches several files within a moment: one look after them. */
const SETTLE_MS = 5

export class LocalSource implements GitSource {
  readonly isRemote = false
  readonly pollMs: number
  readonly #folder: string
  readonly #branch: string
  readonly #watchers = new Map<string, FSWatcher>()
  #repository: Repository | null = null
  #identity = ''
  #onChange: (() => void) | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(folder: string, branch: string, pollMs: number | undefined) {
    this.#folder = folder
    this.#branch = branch
    this.pollMs = pollMs ?? POLL_MS
  }

  async poll(): Promise<string> {
    const repository = this.#open()
    this.#watchFolders()
    const tip = repository.branchTip(this.#branch)
    if (tip !== null) return tip
    throw missingBranch(this.#folder, this.#branch, hasBranches(repository))
  }

  repository(): Repository | null {
    return this.#repository
  }

  watch(onChange: () => void): void {
    this.#onChange = onChange
    this.#watchFolders()
  }

  close(): void {
    this.#onChange = null
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
    this.#repository?.close()
  }

  /** Opens the repository, and again when another one stands in its place. */
  #open(): Repository {
    if (this.#repository !== null) {
      const file = path.join(this.#repository.gitDirectory, 'HEAD')
      if (existsSync(file) && identityOf(this.#repository) === this.#identity) return this.#repository
    }
    const repository = new Repository(this.#folder)
    this.#repository?.close()
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
    this.#repository = repository
    this.#identity = identityOf(repository)
    return repository
  }

  /** Folders in which the branch's reference, or one above it, can appear. */
  #watchFolders(): void {
    if (this.#onChange === null || this.#repository === null) return
    const common = this.#repository.commonDirectory
    const folders = [common]
    let folder = path.join(common, 'refs')
    for (const part of ['heads', ...this.#branch.split('/')]) {
      folders.push(folder)
      folder = path.join(folder, part)
    }
    for (const one of folders) {
      if (this.#watchers.has(one) || !existsSync(one)) continue
      try {
        const watcher = watch(one, { persistent: false }, () => this.#settle())
        watcher.on('error', () => this.#unwatch(one))
        this.#watchers.set(one, watcher)
      } catch {
        // No watches left on this machine: the poll covers it.
      }
    }
    for (const one of this.#watchers.keys()) if (!existsSync(one)) this.#unwatch(one)
  }

  #unwatch(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
  }

  #settle(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#onChange?.()
    }, SETTLE_MS)
  }
}

/** The error for a branch that is not there. */
export function missingBranch(where: string, branch: string, hasOthers: boolean): SyncError {
  return hasOthers
    ? new SyncError('missing-branch', `${where} has no branch ${branch}: push it, or name another branch`)
    : new SyncError('empty-repository', `${where} is empty: push a commit to branch ${branch}`)
}

function hasBranches(repository: Repository): boolean {
  const heads = path.join(repository.commonDirectory, 'refs', 'heads')
  const loose =
    existsSync(heads) && readdirSync(heads, { recursive: true, withFileTypes: true }).some((e) => e.isFile())
  return loose || existsSync(path.join(repository.commonDirectory, 'packed-refs'))
}

function identityOf(repository: Repository): string {
  const { dev, ino } = statSync(repository.commonDirectory)
  return `${dev}:${ino}`
}
