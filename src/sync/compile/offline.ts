import type { DesiredState } from '../../model/desired-state.js'
import type { FolderInput, RevisionInput } from '../compile-revision.js'
export async function compileRevisionState(_input: RevisionInput): Promise<DesiredState> {
  throw new Error('not there yet')
}
export async function compileFolderState(_input: FolderInput): Promise<DesiredState> {
  throw new Error('not there yet')
}
