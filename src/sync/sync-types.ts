/** What a sync is opened with and what it answers; the door is sync.ts. */
import type { Instant } from '../base/instant.js'
import type { FetchAnswer } from '../model/admin-api.js'
import type { DesiredState } from '../model/desired-state.js'
import type { ConfigContents } from '../model/protocol.js'
import type { SourceView } from '../model/status-view.js'

export interface SourceOptions {
  /** Part of app ids and of folder names: letters, digits, `-`, `_` and `.`. */
  readonly id: string
  /** Absolute path of a bare or normal repository, `http(s)://…`, `ssh://…`, or scp-like `user@host:path`. */
  readonly url: string
  readonly branch: string
  /** Folder in the repository that holds the manifests; empty for all of it. */
  readonly path: string
  /** File with the access token of an http source; without it HEADWAY_GIT_TOKEN counts. Never logged. */
  readonly tokenFile?: string
  /** How often to look: 10 s for remotes (with jitter and back-off), 500 ms as the fallback of a local one. */
  readonly pollMs?: number
}

export interface SyncOptions {
  readonly sources: readonly SourceOptions[]
  /** Folder for clones, the parse cache and the last good tips; made when missing. Holds no secret value. */
  readonly stateDirectory: string
  /** Key of the digests of configuration: the same key gives the same digests. */
  readonly digestKey: Uint8Array
  now(): Instant
  log(line: string): void
  /** Each time desired state changes; the newest commit wins at once. */
  onState(desired: DesiredState): void
  /** Tip, error or poll time of a source changed. */
  onSource(views: readonly SourceView[]): void
}

export interface Sync {
  /** Reads every source once (a source that cannot be read says so in its view) and begins to watch. */
  start(): Promise<void>
  /** Reads every source's tip now and resolves when it is taken, or held, or failed. */
  fetchNow(): Promise<FetchAnswer>
  /** Null until a source was read once. */
  desired(): DesiredState | null
  /** The vault: contents of a ConfigMap or Secret by keyed digest; null when not known (any more). */
  config(digest: string): ConfigContents | null
  /** True when `revision` is `of` or an ancestor of it in any source. */
  isAncestor(revision: string, of: string): Promise<boolean>
  /** The full commit id of a revision (branch, tag, HEAD, `HEAD~2`, id or unique start of one); null when none has it. */
  resolve(revision: string): Promise<string | null>
  close(): Promise<void>
}
