/**
 * The cluster repository as commands use it: which folder holds its objects, the tips of its sources, a revision's
 * full id and its desired state. Sync does the reading; what it throws becomes an error with an exit code.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { DesiredState } from '../model/desired-state.js'
import { compileRevision } from '../sync/compile-revision.js'
import { type CommitView, listCommits } from '../sync/history.js'
import { SyncError } from '../sync/sync-error.js'
import type { BranchTarget, Signature } from '../sync/writer.js'
import { CliError, EXIT_NO, EXIT_UNREACHABLE, EXIT_USAGE, messageOf } from './cli-error.js'
import type { Context } from './context.js'
import type { ClusterSettings, SourceSetting, StatePaths } from './state-directory.js'

/** True for a repository on this machine's disk, by path. */
export function isLocalSource(url: string): boolean {
  return path.isAbsolute(url)
}

/** The source commands mean when there are several: the first. */
export function mainSource(settings: ClusterSettings): SourceSetting {
  const source = settings.sources[0]
  if (source === undefined) throw new CliError(EXIT_UNREACHABLE, 'the cluster has no source: run "headway up" again')
  return source
}

/** The folder to read a source's commits from: the repository itself, or the manager's clone of a remote one. */
export function repositoryFolder(paths: StatePaths, source: SourceSetting): string {
  if (isLocalSource(source.url)) return source.url
  const clone = path.join(paths.directory, 'sync', 'sources', source.id, 'repository.git')
  if (existsSync(clone)) return clone
  throw new CliError(
    EXIT_UNREACHABLE,
    `the manager has not cloned ${source.url} yet: start it with "headway up", or wait until "headway status" shows its commit`,
  )
}

/** Newest commits of all sources on this machine's disk; of remote ones the manager tells the tip when it fetches. */
export async function readLocalTips(settings: ClusterSettings): Promise<readonly string[]> {
  const local = settings.sources.filter((source) => isLocalSource(source.url))
  return Promise.all(local.map(async (source) => (await readCommit(source.url, source.branch)).id))
}

/** The full id of a revision where this machine can tell; else the text itself, which the manager then resolves. */
export async function resolveRevision(settings: ClusterSettings, revision: string): Promise<string> {
  for (const source of settings.sources.filter((candidate) => isLocalSource(candidate.url))) {
    try {
      return (await readCommit(source.url, revision)).id
    } catch (error) {
      if (!(error instanceof CliError) || error.exitCode !== EXIT_USAGE) throw error
    }
  }
  return revision
}

/** One commit; error 2 when the repository has no such revision, 3 when it cannot be read. */
export async function readCommit(repository: string, revision: string): Promise<CommitView> {
  const commits = await asCliError(() => listCommits({ repository, revision, limit: 1 }))
  const commit = commits[0]
  if (commit === undefined) throw new CliError(EXIT_USAGE, `${repository} has no revision ${revision}`)
  return commit
}

/** The desired state of a revision of a source, as the manager would make it. */
export async function compileSource(
  paths: StatePaths,
  source: SourceSetting,
  revision: string,
  digestKey: Uint8Array,
): Promise<DesiredState> {
  const repository = repositoryFolder(paths, source)
  return asCliError(() => compileRevision({ repository, revision, path: source.path, digestKey, sourceId: source.id }))
}

/** Where a command's own commits go. */
export function targetOf(paths: StatePaths, source: SourceSetting): BranchTarget {
  return {
    url: source.url,
    branch: source.branch,
    ...(source.tokenFile === '' ? {} : { tokenFile: source.tokenFile }),
    ...(isLocalSource(source.url) ? {} : { workDirectory: path.join(paths.directory, 'sync', 'work') }),
  }
}

/** Who commits: git's own variables, else the user at this host. */
export function readSignature(context: Context): Signature {
  const user = context.env['SUDO_USER'] ?? context.env['USER'] ?? context.env['LOGNAME'] ?? 'headway'
  const name = context.env['GIT_AUTHOR_NAME'] ?? user
  const email = context.env['GIT_AUTHOR_EMAIL'] ?? context.env['EMAIL'] ?? `${user}@localhost`
  return { name, email }
}

/** Runs a piece of sync: its errors become the CLI's, with the exit code that fits. */
export async function asCliError<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    throw new CliError(exitCodes[error.code], messageOf(error), { cause: error })
  }
}

const exitCodes = {
  options: EXIT_USAGE,
  'unknown-revision': EXIT_USAGE,
  'missing-repository': EXIT_UNREACHABLE,
  'missing-branch': EXIT_UNREACHABLE,
  'empty-repository': EXIT_UNREACHABLE,
  'corrupt-object': EXIT_UNREACHABLE,
  credentials: EXIT_UNREACHABLE,
  network: EXIT_UNREACHABLE,
  'needs-git': EXIT_UNREACHABLE,
  conflict: EXIT_NO,
  moved: EXIT_NO,
  'nothing-to-do': EXIT_NO,
} as const satisfies Readonly<Record<SyncError['code'], number>>
