/** What `headway plan` looks at: a snapshot, and the desired states of the revisions it is asked about. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { assert } from '../base/assert.js'
import type { DesiredState, SourceRevision } from '../model/desired-state.js'
import type { ObjectKey } from '../model/keys.js'
import { decodeSnapshot, type Snapshot, SnapshotError } from '../model/snapshot.js'
import { openAdminClient } from './admin-client.js'
import { CliError, EXIT_UNREACHABLE, EXIT_USAGE, messageOf } from './cli-error.js'
import type { Context } from './context.js'
import {
  findMainRepository,
  findRepositoryOf,
  parseRevision,
  type RepositoryInput,
  type SourceRepository,
} from './plan-repositories.js'
import { type BaseState, type Merged, type SourceCommit, SourceHistory } from './source-history.js'
import type { StatePaths } from './state-directory.js'

export type { BaseState, Merged, SourceCommit } from './source-history.js'

export interface StateOptions {
  readonly snapshot?: string
  readonly repo?: string
}

/** The snapshot in a file, or of the running manager. */
export async function readSnapshot(context: Context, paths: StatePaths, options: StateOptions): Promise<Snapshot> {
  try {
    if (options.snapshot === undefined) return decodeSnapshot(await openAdminClient(paths).snapshot())
    return decodeSnapshot(readFileSync(path.resolve(context.cwd, options.snapshot), 'utf8'))
  } catch (error) {
    if (error instanceof CliError) throw error
    if (error instanceof SnapshotError)
      throw new CliError(EXIT_UNREACHABLE, `${messageOf(error)}: headway snapshot -o FILE`, { cause: error })
    throw new CliError(EXIT_USAGE, `read the snapshot: ${messageOf(error)}: make one with "headway snapshot -o FILE"`)
  }
}

export interface Revisions {
  readonly live: DesiredState
  /** The checkout whose HEAD somebody works on; null where revisions are read elsewhere. */
  readonly checkout: string | null
  /** What `--head` is when it is left out. */
  readonly defaultHead: string
  /** A commit, of the main source or of the one that is named: `SOURCE:REV`. */
  resolve(revision: string): Promise<SourceCommit>
  /** As `resolve`, but what names no source must be a commit of only one of those it may mean. Errors 2: of several. */
  resolveOnly(revision: string): Promise<SourceCommit>
  /** The commit of a source that the cluster desires now. */
  liveCommit(source: string): Promise<SourceCommit>
  /** What is desired once a commit is merged into `onto`, the other sources as they are; null: the commit by itself. */
  state(commit: SourceCommit, onto: BaseState | null): Promise<Merged>
  /** Objects that mean the same once the commit is merged into `onto`, though their text reads otherwise. */
  retouched(commit: SourceCommit, onto: BaseState): Promise<ReadonlySet<ObjectKey>>
}

/** Opens the repositories that the snapshot's sources are branches of; each is read when it is first asked for. */
export async function openRevisions(
  context: Context,
  paths: StatePaths,
  snapshot: Snapshot,
  options: StateOptions,
): Promise<Revisions> {
  const live = snapshot.desired
  if (live === null || live.sources.length === 0)
    throw new CliError(EXIT_UNREACHABLE, 'the cluster has not read its repository yet: run "headway wait" first')
  const input: RepositoryInput = { context, paths, sources: live.sources, repo: options.repo }
  const main = await findMainRepository(input)
  const histories = new Map<string, Promise<SourceHistory>>([
    [main.source.id, Promise.resolve(new SourceHistory(main, live))],
  ])
  const historyOf = (id: string): Promise<SourceHistory> => {
    const source = live.sources.find((candidate) => candidate.id === id)
    assert(source !== undefined, `source ${id} is one of the cluster's`)
    let history = histories.get(id)
    if (history === undefined) {
      history = findRepositoryOf(input, source).then((found) => new SourceHistory(found, live))
      histories.set(id, history)
    }
    return history
  }
  return {
    live,
    checkout: main.isCheckout ? main.repository : null,
    defaultHead: main.isCheckout ? 'HEAD' : main.source.branch,
    async resolve(text) {
      const { source, revision } = parseRevision(text, live.sources)
      return (await historyOf(source ?? main.source.id)).resolve(revision)
    },
    async resolveOnly(text) {
      const { source, revision } = parseRevision(text, live.sources)
      if (source !== null) return (await historyOf(source)).resolve(revision)
      const found: SourceCommit[] = []
      for (const { id } of await sourcesMeant(input, main)) {
        const commit = await unlessMissing(async () => (await historyOf(id)).resolve(revision))
        if (commit !== null) found.push(commit)
      }
      const [only, ...others] = found
      if (only === undefined) return (await historyOf(main.source.id)).resolve(revision)
      if (others.length === 0) return only
      const names = found.map((commit) => `${commit.source}:${revision}`).join(' or ')
      throw new CliError(EXIT_USAGE, `${revision} is a revision of several sources: write ${names}`)
    },
    async liveCommit(source) {
      const history = await historyOf(source)
      return history.resolve(history.liveCommit)
    },
    async state(commit, onto) {
      return (await historyOf(commit.source)).state(commit.id, onto)
    },
    async retouched(commit, onto) {
      return (await historyOf(commit.source)).retouched(commit.id, onto)
    },
  }
}

/** Those of the repository that was named with --repo or that one stands in; all where it is neither. */
async function sourcesMeant(input: RepositoryInput, main: SourceRepository): Promise<readonly SourceRevision[]> {
  const { sources, repo } = input
  if (sources.length === 1 || (repo === undefined && !main.isCheckout)) return sources
  const meant: SourceRevision[] = []
  for (const source of sources) {
    const found = await unlessMissing(() => findRepositoryOf(input, source))
    if (found?.repository === main.repository) meant.push(source)
  }
  return meant
}

/** Null for what is not on this machine, or not in the repository. */
async function unlessMissing<T>(find: () => Promise<T>): Promise<T | null> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof CliError) return null
    throw error
  }
}
