/** Compiles without a running sync: a commit of a local repository, or a plain folder. Nothing is kept on disk. */
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import type { DesiredState } from '../../model/desired-state.js'
import { Repository } from '../git/repository.js'
import { resolveRevision } from '../git/revision.js'
import { SyncError } from '../sync-error.js'
import { StateCompiler } from './compile-state.js'
import type { FolderInput, RevisionInput } from './offline-input.js'
import { ParseCache } from './parse-cache.js'
import { openTimeline } from './source-pipeline.js'
import { standingApps } from './standing-apps.js'
import { FolderReader, type HistoryReader, WORKING_TREE } from './tree-reader.js'

const SOURCE_ID = 'main'

export async function compileRevisionState(input: RevisionInput): Promise<DesiredState> {
  const repository = new Repository(input.repository)
  try {
    const commit = resolveRevision(repository, input.revision)
    if (commit === null) {
      throw new SyncError(
        'unknown-revision',
        `${input.repository} has no revision ${input.revision}: give a branch, a tag or a commit that is there`,
      )
    }
    const { repository: url, revision: branch, path: sourcePath } = input
    return await compileAt({ ...input, reader: repository, commit, url, branch, path: sourcePath })
  } finally {
    repository.close()
  }
}

export async function compileFolderState(input: FolderInput): Promise<DesiredState> {
  const folder = path.resolve(input.folder)
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new SyncError('missing-repository', `there is no folder ${folder}: check the path`)
  }
  const reader = new FolderReader(folder, Date.now())
  return compileAt({ ...input, reader, commit: WORKING_TREE, url: folder, branch: '', path: '' })
}

interface CompileAt {
  readonly reader: HistoryReader
  readonly commit: string
  readonly url: string
  readonly branch: string
  readonly path: string
  readonly digestKey: Uint8Array
  readonly sourceId?: string
  readonly beside?: DesiredState
}

function compileAt({
  reader,
  commit,
  url,
  branch,
  path: sourcePath,
  digestKey,
  sourceId = SOURCE_ID,
  beside,
}: CompileAt): Promise<DesiredState> {
  const cache = new ParseCache(null)
  const timeline = openTimeline({ repository: reader, path: sourcePath, cache, digestKey })
  const source = { id: sourceId, url, branch, path: sourcePath, timeline, commit }
  const standing = beside === undefined ? [] : standingApps(beside, sourceId)
  return new StateCompiler({ keep: () => {} }).compile({ sources: [source], isSourceMissing: false, standing })
}
