/** One source of a running sync: its repository, the commit that was taken of it, and what its view says. */
import path from 'node:path'
import type { Instant } from '../base/instant.js'
import type { SourceView } from '../model/status-view.js'
import type { ParseCache } from './compile/parse-cache.js'
import { openTimeline } from './compile/source-pipeline.js'
import type { SourceTimeline } from './compile/source-timeline.js'
import type { Commit } from './git/git-objects.js'
import type { Repository } from './git/repository.js'
import { withoutCredentials } from './sources/credentials.js'
import type { GitSource } from './sources/git-source.js'
import { openSource } from './sources/open-source.js'
import { TakenTips } from './sources/taken-tips.js'
import { SyncError } from './sync-error.js'
import type { SourceOptions } from './sync-types.js'

export interface WatchedInput {
  readonly options: SourceOptions
  readonly stateDirectory: string
  readonly cache: ParseCache
  readonly digestKey: Uint8Array
  now(): Instant
  log(line: string): void
}

/** Longest pause between polls of a remote that fails. */
const BACKOFF_MAX_MS = 300_000

export class WatchedSource {
  readonly options: SourceOptions
  readonly source: GitSource
  /** Newest commit seen; empty before the first. */
  tip = ''
  /** Commit that desired state is made from; empty before the first. */
  commit = ''
  error = ''
  /** The tip's own damage, until another tip comes. */
  #damage: { readonly tip: string; readonly error: string } | null = null
  #taken: Pick<Commit, 'author' | 'subject'> = { author: '', subject: '' }
  #failures = 0
  #lastPollAt: Instant | null = null
  #polling: Promise<void> = Promise.resolve()
  #timeline: SourceTimeline | null = null
  readonly #input: WatchedInput
  readonly #tips: TakenTips

  constructor(input: WatchedInput) {
    this.#input = input
    this.options = input.options
    const folder = path.join(input.stateDirectory, 'sources', input.options.id)
    this.#tips = new TakenTips(folder)
    this.source = openSource(input.options, folder)
  }

  repository(): Repository | null {
    return this.source.repository()
  }

  /** Looks for a new tip. Errors go into the view: the last good commit stays. One after the other: a clone takes one fetch at a time. */
  poll(): Promise<void> {
    this.#polling = this.#polling.then(() => this.#poll())
    return this.#polling
  }

  async #poll(): Promise<void> {
    try {
      this.tip = await this.source.poll()
      this.#failures = 0
      this.#setError(this.#damage?.tip === this.tip ? this.#damage.error : '')
    } catch (error) {
      this.#failures++
      this.#setError(messageOf(error))
      if (this.tip === '') this.tip = this.#lastTaken()
    }
    this.#lastPollAt = this.#input.now()
  }

  /** Reads the tip's apps, so that what is damaged shows before it is taken; true when there is a commit to compile. */
  async prepare(): Promise<boolean> {
    if (this.tip === '' || this.#damage?.tip === this.tip) return this.commit !== ''
    try {
      const timeline = this.timeline()
      await timeline.appsAt(timeline.repository.commit(this.tip))
      this.#take(this.tip)
      return true
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      this.#damage = { tip: this.tip, error: error.message }
      this.#setError(error.message)
      return this.commit !== ''
    }
  }

  /** Over the current repository: another one after a clone was replaced. */
  timeline(): SourceTimeline {
    const repository = this.repository()
    if (repository === null) throw new SyncError('missing-repository', `source ${this.options.id} was never read`)
    if (this.#timeline?.repository !== repository) {
      const { options, cache, digestKey } = this.#input
      this.#timeline = openTimeline({ repository, path: options.path, cache, digestKey })
    }
    return this.#timeline
  }

  /** Until the next poll: with jitter for remotes, longer after each failure. */
  pauseMs(random: number): number {
    const { pollMs, isRemote } = this.source
    if (!isRemote) return pollMs
    const pause = Math.min(pollMs * 2 ** Math.min(this.#failures, 10), Math.max(pollMs, BACKOFF_MAX_MS))
    return Math.round(pause * (0.9 + 0.2 * random))
  }

  view(): SourceView {
    const { id, url, branch } = this.options
    return {
      id,
      url: withoutCredentials(url),
      branch,
      tip: this.tip,
      commit: this.commit,
      author: this.#taken.author,
      subject: this.#taken.subject,
      lastPollAt: this.#lastPollAt,
      error: this.error,
    }
  }

  close(): void {
    this.source.close()
  }

  #take(commit: string): void {
    if (commit === this.commit) return
    const before = this.commit === '' ? this.#lastTaken() : this.commit
    const repository = this.repository()!
    this.commit = commit
    this.#taken = repository.commit(commit)
    if (before === commit) return
    const isForced = before !== '' && !(repository.hasCommit(before) && repository.isAncestor(before, commit))
    this.#tips.add(commit, before === '' ? 'first' : isForced ? 'forced' : 'advanced', this.#input.now())
    if (isForced) {
      this.#input.log(`source ${this.options.id}: ${commit} does not descend from ${before}: taken, the newest wins`)
    }
  }

  /** The last commit that was taken and is still readable; empty when there is none. */
  #lastTaken(): string {
    const repository = this.repository()
    if (repository === null) return ''
    try {
      return this.#tips.read().find((commit) => repository.hasCommit(commit)) ?? ''
    } catch (error) {
      if (error instanceof SyncError) return ''
      throw error
    }
  }

  #setError(error: string): void {
    if (error !== '' && error !== this.error) this.#input.log(`source ${this.options.id}: ${error}`)
    this.error = error
  }
}

function messageOf(error: unknown): string {
  if (error instanceof SyncError) return error.message
  const text = error instanceof Error ? error.message : String(error)
  return `reading the source failed: ${withoutCredentials(text)}: see the manager's log, and check the repository`
}
