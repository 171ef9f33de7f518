/** What is compiled without a running sync; the door is compile-revision.ts. */
import type { DesiredState } from '../../model/desired-state.js'

export interface RevisionInput {
  /** A bare or normal repository's folder. */
  readonly repository: string
  /** Branch, tag, HEAD, `HEAD~2`, commit id or the unique start of one. */
  readonly revision: string
  /** Folder in the repository; empty for all of it. */
  readonly path: string
  readonly digestKey: Uint8Array
  /** Part of app ids; `main` when left out. */
  readonly sourceId?: string
  /**
   * A state of which the other sources' objects and apps are taken as they stand: the result has them too, and is checked
   * against them. Absent: there is no other source.
   */
  readonly beside?: DesiredState
}

export interface FolderInput {
  readonly folder: string
  readonly digestKey: Uint8Array
  readonly sourceId?: string
}
