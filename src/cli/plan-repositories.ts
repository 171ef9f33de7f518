/**
 * Which repository on this machine a source's revisions are read from: the one that was named, the checkout one stands
 * in if it is one of the source's repository, else the repository itself or the manager's clone of it.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { SourceRevision } from '../model/desired-state.js'
import { CliError, EXIT_USAGE } from './cli-error.js'
import type { Context } from './context.js'
import { readCommit, repositoryFolder } from './repository.js'
import { findSettings, type StatePaths } from './state-directory.js'

export interface SourceRepository {
  readonly source: SourceRevision
  readonly repository: string
  /** Its HEAD is what somebody works on. */
  readonly isCheckout: boolean
}

export interface RepositoryInput {
  readonly context: Context
  readonly paths: StatePaths
  readonly sources: readonly SourceRevision[]
  /** `--repo` as it was given. */
  readonly repo: string | undefined
}

/** What a revision means: one that names its source (`ID:REV`), or one of the main source. */
export interface NamedRevision {
  /** Null: not named. */
  readonly source: string | null
  readonly revision: string
}

/** No revision of git has a colon in it that names a commit. Errors 2: a source that is not there. */
export function parseRevision(text: string, sources: readonly SourceRevision[]): NamedRevision {
  const colon = text.indexOf(':')
  if (colon < 0) return { source: null, revision: text }
  const source = text.slice(0, colon)
  const revision = text.slice(colon + 1)
  if (revision === '' || !sources.some(({ id }) => id === source)) {
    const ids = sources.map(({ id }) => id).join(', ')
    throw new CliError(
      EXIT_USAGE,
      `${text} names no revision of a source: write REV, or SOURCE:REV with one of the sources ${ids}`,
    )
  }
  return { source, revision }
}

/** The source that revisions without a name belong to: the one whose repository was named or stood in, else the first. */
export async function findMainRepository(input: RepositoryInput): Promise<SourceRepository> {
  const { sources } = input
  const [first] = sources
  if (first === undefined) throw new CliError(EXIT_USAGE, 'the cluster has no source')
  const folder = namedFolder(input)
  if (folder !== null) {
    for (const source of sources) if (await hasCommit(folder.repository, source.commit)) return { ...folder, source }
    // What was asked for is taken; what it lacks is said when it is read.
    if (input.repo !== undefined) return { ...folder, source: first }
  }
  return ownRepository(input, first, folder?.repository ?? null)
}

/** Where one source's revisions are read. Errors 2: nowhere on this machine. */
export async function findRepositoryOf(input: RepositoryInput, source: SourceRevision): Promise<SourceRepository> {
  const folder = namedFolder(input)
  if (folder !== null && (await hasCommit(folder.repository, source.commit))) return { ...folder, source }
  return ownRepository(input, source, folder?.repository ?? null)
}

function namedFolder({ context, repo }: RepositoryInput): Omit<SourceRepository, 'source'> | null {
  if (repo !== undefined) {
    const repository = path.resolve(context.cwd, repo)
    return { repository, isCheckout: existsSync(path.join(repository, '.git')) }
  }
  const checkout = findCheckout(context.cwd)
  return checkout === null ? null : { repository: checkout, isCheckout: true }
}

function ownRepository(
  { paths, sources }: RepositoryInput,
  source: SourceRevision,
  folder: string | null,
): SourceRepository {
  const settings = findSettings(paths)?.sources ?? []
  const own = settings.find(({ id }) => id === source.id) ?? (sources.length === 1 ? settings[0] : undefined)
  if (own !== undefined) return { source, repository: repositoryFolder(paths, own), isCheckout: false }
  const which = sources.length === 1 ? 'repository' : `repository of source ${source.id}`
  const why = folder === null ? 'this is no checkout of it' : `${folder} lacks commit ${source.commit.slice(0, 10)}`
  throw new CliError(
    EXIT_USAGE,
    `which ${which}? ${why}: stand in a checkout with its whole history (fetch-depth: 0), or name one with --repo`,
  )
}

function findCheckout(folder: string): string | null {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at
    if (path.dirname(at) === at) return null
  }
}

async function hasCommit(repository: string, commit: string): Promise<boolean> {
  try {
    await readCommit(repository, commit)
    return true
  } catch (error) {
    if (error instanceof CliError) return false
    throw error
  }
}
