/** The port of git sources: by path, over http, or through the git program; one suite holds them to the same behaviour. */
import type { Repository } from '../git/repository.js'

export interface GitSource {
  /**
   * The branch's newest commit, made readable in `repository()`. Throws SyncError, which says what to do, when the source
   * cannot be read (the last commit stays readable when it ever was).
   */
  poll(): Promise<string>
  /** The repository to read from; null until there is one. May be another one after a poll. */
  repository(): Repository | null
  /** Calls back when a poll may bring something new. Sources that cannot know never call. */
  watch(onChange: () => void): void
  /** Pause between polls while all is well. */
  readonly pollMs: number
  readonly isRemote: boolean
  close(): void
}
