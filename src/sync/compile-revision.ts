/** Desired state without a manager: of a commit of a local repository, or of a plain folder. For `validate`, `plan` and `diff`. */
import type { DesiredState } from '../model/desired-state.js'
import { compileFolderState, compileRevisionState } from './compile/offline.js'

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
}

export interface FolderInput {
  readonly folder: string
  readonly digestKey: Uint8Array
  readonly sourceId?: string
}

/** The state that the manager would make of a commit, held apps included. Throws SyncError (unknown-revision, missing-repository …). */
export function compileRevision(input: RevisionInput): Promise<DesiredState> {
  return compileRevisionState(input)
}

/** The state of a folder's files as they are on disk, with no history: an app with errors has no objects. Revision is `working-tree`. */
export function compileFolder(input: FolderInput): Promise<DesiredState> {
  return compileFolderState(input)
}
