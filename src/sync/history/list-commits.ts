/** Commits of a branch, newest first. */
import { newestCommits } from '../compile/commit-messages.js'
import type { Commit } from '../git/git-objects.js'
import { Repository } from '../git/repository.js'
import { resolveRevision } from '../git/revision.js'
import { SyncError } from '../sync-error.js'
import type { CommitView } from './history-types.js'

export interface ListInput {
  readonly repository: string
  readonly revision: string
  readonly limit: number
}

/** The revision and what it descends from. Throws SyncError `unknown-revision`, `missing-repository`. */
export async function listCommits(input: ListInput): Promise<CommitView[]> {
  const repository = new Repository(input.repository)
  try {
    const head = resolveOrThrow(repository, input.repository, input.revision)
    return newestCommits(repository, head, input.limit).map((commit) => viewOf(commit))
  } finally {
    repository.close()
  }
}

export function viewOf({ id, parents, author, subject, message, committedAt }: Commit): CommitView {
  return { id, parents, author, subject, message, committedAt }
}

export function resolveOrThrow(repository: Repository, where: string, revision: string): string {
  const commit = resolveRevision(repository, revision)
  if (commit !== null) return commit
  throw new SyncError(
    'unknown-revision',
    `${where} has no revision ${revision}: give a branch, a tag or a commit that is there`,
  )
}
