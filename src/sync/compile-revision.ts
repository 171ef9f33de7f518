/** Desired state without a manager: of a commit of a local repository, or of a plain folder. For `validate`, `plan` and `diff`. */
import type { DesiredState } from '../model/desired-state.js'
import { compileFolderState, compileRevisionState } from './compile/offline.js'
import type { FolderInput, RevisionInput } from './compile/offline-input.js'

export type { FolderInput, RevisionInput } from './compile/offline-input.js'

/** The state that the manager would make of a commit, held apps included. Throws SyncError (unknown-revision, missing-repository …). */
export function compileRevision(input: RevisionInput): Promise<DesiredState> {
  return compileRevisionState(input)
}

/** The state of a folder's files as they are on disk, with no history: an app with errors has no objects. Revision is `working-tree`. */
export function compileFolder(input: FolderInput): Promise<DesiredState> {
  return compileFolderState(input)
}
