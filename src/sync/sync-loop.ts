/**
 * The running sync: polls and watches the sources, compiles whenever a tip is new, and hands desired state on. Compiles
 * run one after the other, always on the newest tips, so a commit that is overtaken while it waits is never compiled.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { FetchAnswer } from '../model/admin-api.js'
import type { DesiredState } from '../model/desired-state.js'
import type { ConfigContents } from '../model/protocol.js'
import { StateCompiler } from './compile/compile-state.js'
import { ParseCache } from './compile/parse-cache.js'
import { onBranchTip, resolveRevision } from './git/revision.js'
import { SyncError } from './sync-error.js'
import type { SourceOptions, Sync, SyncOptions } from './sync-types.js'
import { Vault } from './vault.js'
import { WatchedSource } from './watched-source.js'

/** How fine the time of the last poll is told. */
const POLL_NEWS_MS = 10_000
/** A burst of pushes writes the cache once. */
const CACHE_SAVE_MS = 10_000

export async function openSyncLoop(options: SyncOptions): Promise<Sync> {
  checkOptions(options.sources)
  mkdirSync(options.stateDirectory, { recursive: true, mode: 0o700 })
  return new SyncLoop(options)
}

class SyncLoop implements Sync {
  readonly #options: SyncOptions
  readonly #vault = new Vault()
  readonly #compiler = new StateCompiler({ keep: (contents) => this.#vault.keep(contents) })
  readonly #cache: ParseCache
  readonly #sources: readonly WatchedSource[]
  readonly #timers = new Map<WatchedSource, NodeJS.Timeout>()
  #saveTimer: NodeJS.Timeout | null = null
  #desired: DesiredState | null = null
  /** What the current state was made from. */
  #made = ''
  #compiling: Promise<void> | null = null
  #isAsked = false
  #views = ''
  #isClosed = false

  constructor(options: SyncOptions) {
    this.#options = options
    this.#cache = new ParseCache(path.join(options.stateDirectory, 'parse-cache'))
    this.#sources = options.sources.map(
      (source) =>
        new WatchedSource({
          options: source,
          stateDirectory: options.stateDirectory,
          cache: this.#cache,
          digestKey: options.digestKey,
          now: () => options.now(),
          log: (line) => options.log(line),
        }),
    )
  }

  async start(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.poll()))
    await this.#compile()
    for (const source of this.#sources) {
      source.source.watch(() => void this.#look(source))
      this.#schedule(source)
      // What was pushed before the watch began.
      if (!source.source.isRemote) await this.#look(source)
    }
  }

  async fetchNow(): Promise<FetchAnswer> {
    await Promise.all(this.#sources.map((source) => source.poll()))
    await this.#compile()
    return { sources: this.#sources.map(({ options, tip, error }) => ({ id: options.id, tip, error })) }
  }

  desired(): DesiredState | null {
    return this.#desired
  }

  config(digest: string): ConfigContents | null {
    return this.#vault.find(digest)
  }

  async isAncestor(revision: string, of: string): Promise<boolean> {
    if (revision === of) return true
    return this.#sources.some((source) => {
      const repository = source.repository()
      if (!repository?.hasCommit(revision) || !repository.hasCommit(of)) return false
      return repository.isAncestor(revision, of)
    })
  }

  async resolve(revision: string): Promise<string | null> {
    for (const source of this.#sources) {
      const repository = source.repository()
      const commit =
        repository === null ? null : resolveRevision(repository, onBranchTip(revision, source.options.branch))
      if (commit !== null) return commit
    }
    return null
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    if (this.#saveTimer !== null) clearTimeout(this.#saveTimer)
    await this.#compiling
    await this.#cache.save(this.#blobsInUse())
    for (const source of this.#sources) source.close()
  }

  #schedule(source: WatchedSource): void {
    if (this.#isClosed) return
    const timer = setTimeout(async () => {
      await this.#look(source)
      this.#schedule(source)
    }, source.pauseMs(Math.random()))
    this.#timers.set(source, timer)
  }

  /** Polls one source and compiles when that brought something. */
  async #look(source: WatchedSource): Promise<void> {
    if (this.#isClosed) return
    await source.poll()
    if (this.#isClosed) return
    if (source.tip !== source.commit) await this.#compile()
    else this.#tellViews()
  }

  /** Compiles the newest tips. Asked for while one runs, it runs once more. */
  #compile(): Promise<void> {
    this.#isAsked = true
    this.#compiling ??= this.#compileWhileAsked()
    return this.#compiling
  }

  async #compileWhileAsked(): Promise<void> {
    while (this.#isAsked && !this.#isClosed) {
      this.#isAsked = false
      try {
        await this.#compileOnce()
      } catch (error) {
        const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
        this.#options.log(`sync: compiling failed, the last good state stays: ${why}`)
      }
      this.#tellViews()
    }
    // In the same step as the last look at #isAsked: who asks after it starts anew.
    this.#compiling = null
  }

  async #compileOnce(): Promise<void> {
    const readable: WatchedSource[] = []
    for (const source of this.#sources) if (await source.prepare()) readable.push(source)
    const isSourceMissing = readable.length < this.#sources.length
    const made = `${isSourceMissing} ${readable.map(({ options, commit }) => `${options.id}=${commit}`).join(' ')}`
    // A newer tip came while this one was read: it is next, at once.
    if (readable.length === 0 || made === this.#made || this.#isAsked) return
    const desired = await this.#compiler.compile({
      sources: readable.map((source) => ({
        id: source.options.id,
        url: source.view().url,
        branch: source.options.branch,
        path: source.options.path,
        timeline: source.timeline(),
        commit: source.commit,
      })),
      isSourceMissing,
    })
    if (this.#isClosed) return
    this.#made = made
    this.#desired = desired
    this.#options.onState(desired)
    this.#forgetUnused(readable)
  }

  #forgetUnused(sources: readonly WatchedSource[]): void {
    const digests = new Set<string>()
    for (const { config } of this.#desired?.objects.values() ?? []) if (config !== undefined) digests.add(config.digest)
    this.#vault.forgetExcept(digests)
    const blobs = this.#blobsInUse()
    for (const source of sources) source.timeline().evaluator.forgetExcept(blobs)
    this.#saveTimer ??= setTimeout(() => {
      this.#saveTimer = null
      this.#cache.save(this.#blobsInUse()).catch((error: Error) => {
        this.#options.log(`sync: cannot write the parse cache (${error.message}); the next start is slower`)
      })
    }, CACHE_SAVE_MS).unref()
  }

  #blobsInUse(): Set<string> {
    const blobs = new Set<string>()
    for (const source of this.#sources) {
      if (source.commit === '' || source.repository() === null) continue
      for (const oid of source.timeline().blobsAt(source.commit)) blobs.add(oid)
    }
    return blobs
  }

  #tellViews(): void {
    if (this.#isClosed) return
    const views = this.#sources.map((source) => source.view())
    // A poll alone is news only now and then: the local ones come twice a second.
    const text = JSON.stringify(
      views.map((view) => ({ ...view, lastPollAt: Math.floor((view.lastPollAt ?? 0) / POLL_NEWS_MS) })),
    )
    if (text === this.#views) return
    this.#views = text
    try {
      this.#options.onSource(views)
    } catch (error) {
      this.#options.log(`sync: telling of the sources failed: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
}

function checkOptions(sources: readonly SourceOptions[]): void {
  if (sources.length === 0) throw new SyncError('options', 'there is no source: name a repository')
  const ids = new Set<string>()
  for (const { id, branch } of sources) {
    if (!/^[\w][\w.-]{0,62}$/.test(id))
      throw new SyncError('options', `source id ${JSON.stringify(id)}: use letters, digits, -, _ and .`)
    if (ids.has(id)) throw new SyncError('options', `source id ${id} is there twice: give each source its own`)
    if (branch === '') throw new SyncError('options', `source ${id} names no branch`)
    ids.add(id)
  }
}
