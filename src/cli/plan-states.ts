/** What `headway plan` looks at: a snapshot, and the desired states of the revisions it is asked about. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { DesiredState } from '../model/desired-state.js'
import { decodeSnapshot, type Snapshot, SnapshotError } from '../model/snapshot.js'
import { alignState, mergeStates } from '../simulation/preview/align-states.js'
import { compileRevision } from '../sync/compile-revision.js'
import { type CommitView, listCommits } from '../sync/history.js'
import { openAdminClient } from './admin-client.js'
import { CliError, EXIT_UNREACHABLE, EXIT_USAGE, messageOf } from './cli-error.js'
import type { Context } from './context.js'
import { asCliError, readCommit, repositoryFolder } from './repository.js'
import { findSettings, type StatePaths } from './state-directory.js'

export interface StateOptions {
  readonly snapshot?: string
  readonly repo?: string
}

/** How far back the common ancestor of two branches is searched. */
const ANCESTORS_MAX = 5_000
/** The same key for all states: equal values of Secrets have equal digests, and no value is ever shown. */
const OFFLINE_KEY = new Uint8Array(32)

/** The snapshot in a file, or of the running manager. */
export async function readSnapshot(context: Context, paths: StatePaths, options: StateOptions): Promise<Snapshot> {
  try {
    if (options.snapshot === undefined) return decodeSnapshot(await openAdminClient(paths).snapshot())
    return decodeSnapshot(readFileSync(path.resolve(context.cwd, options.snapshot), 'utf8'))
  } catch (error) {
    if (error instanceof CliError) throw error
    if (error instanceof SnapshotError)
      throw new CliError(EXIT_UNREACHABLE, `${messageOf(error)} with "headway snapshot -o FILE"`, { cause: error })
    throw new CliError(EXIT_USAGE, `read the snapshot: ${messageOf(error)}: make one with "headway snapshot -o FILE"`)
  }
}

/** What a change is merged into. */
export interface BaseState {
  readonly commit: CommitView
  readonly state: DesiredState
}

export interface Revisions {
  /** Folder of the repository that revisions are read from. */
  readonly repository: string
  /** What `--head` is when it is left out. */
  readonly defaultHead: string
  readonly live: DesiredState
  resolve(revision: string): Promise<CommitView>
  /** What is desired once a revision is merged into `onto`; null: the revision by itself. */
  state(commit: CommitView, onto: BaseState | null): Promise<Merged>
}

export interface Merged {
  readonly state: DesiredState
  /** Objects that both sides changed: the merge itself needs a person. */
  readonly conflicts: readonly string[]
}

/** Opens the repository that the snapshot's main source is a branch of. */
export async function openRevisions(
  context: Context,
  paths: StatePaths,
  snapshot: Snapshot,
  options: StateOptions,
): Promise<Revisions> {
  const live = snapshot.desired
  const source = live?.sources[0]
  if (live === null || source === undefined)
    throw new CliError(EXIT_UNREACHABLE, 'the cluster has not read its repository yet: run "headway wait" first')
  const { repository, isCheckout } = await findRepository(context, paths, source.commit, options)
  const compiled = new Map<string, Promise<DesiredState>>()
  const compile = (revision: string): Promise<DesiredState> => {
    let state = compiled.get(revision)
    if (state === undefined) {
      const input = { repository, revision, path: source.path, digestKey: OFFLINE_KEY, sourceId: source.id }
      state = asCliError(() => compileRevision(input))
      compiled.set(revision, state)
    }
    return state
  }
  const aligned = async (commit: string): Promise<DesiredState> => {
    if (commit === source.commit) return live
    return alignState({ state: await compile(commit), reference: await compileLive(compile, source.commit), live })
  }
  return {
    repository,
    defaultHead: isCheckout ? 'HEAD' : source.branch,
    live,
    resolve: (revision) => readCommit(repository, revision),
    async state(commit, onto) {
      const state = await aligned(commit.id)
      if (onto === null) return { state, conflicts: [] }
      const ancestor = await findAncestor(repository, onto.commit.id, commit.id)
      // Going back to what was: no merge makes that, but a revert does.
      if (ancestor === commit.id && commit.id !== onto.commit.id && onto.state.revision === onto.commit.id)
        return { state, conflicts: [] }
      if (ancestor === onto.commit.id && onto.state.revision === onto.commit.id) return { state, conflicts: [] }
      return mergeStates(onto.state, await aligned(ancestor), state)
    },
  }
}

async function compileLive(
  compile: (revision: string) => Promise<DesiredState>,
  commit: string,
): Promise<DesiredState> {
  try {
    return await compile(commit)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    throw new CliError(
      error.exitCode,
      `the repository lacks ${commit.slice(0, 10)}, which the cluster runs: fetch the whole history (fetch-depth: 0) of the cluster's branch`,
      { cause: error },
    )
  }
}

/** The newest commit that both have; error 2 when they have nothing in common. */
async function findAncestor(repository: string, left: string, right: string): Promise<string> {
  if (left === right) return left
  const list = (revision: string): Promise<CommitView[]> =>
    asCliError(() => listCommits({ repository, revision, limit: ANCESTORS_MAX }))
  const known = new Set((await list(left)).map((commit) => commit.id))
  const common = (await list(right)).find((commit) => known.has(commit.id))
  if (common !== undefined) return common.id
  throw new CliError(
    EXIT_USAGE,
    `${left.slice(0, 10)} and ${right.slice(0, 10)} have no commit in common: fetch the whole history (fetch-depth: 0)`,
  )
}

interface Found {
  readonly repository: string
  readonly isCheckout: boolean
}

/** `--repo`, else the checkout one stands in if it is one of the cluster's repository, else that itself or the manager's clone. */
async function findRepository(
  context: Context,
  paths: StatePaths,
  liveCommit: string,
  options: StateOptions,
): Promise<Found> {
  if (options.repo !== undefined) {
    const repository = path.resolve(context.cwd, options.repo)
    return { repository, isCheckout: existsSync(path.join(repository, '.git')) }
  }
  const checkout = findCheckout(context.cwd)
  if (checkout !== null && (await hasCommit(checkout, liveCommit))) return { repository: checkout, isCheckout: true }
  const source = findSettings(paths)?.sources[0]
  if (source !== undefined) return { repository: repositoryFolder(paths, source), isCheckout: false }
  const why = checkout === null ? 'this is no checkout of it' : `${checkout} lacks commit ${liveCommit.slice(0, 10)}`
  throw new CliError(
    EXIT_USAGE,
    `which repository? ${why}: stand in a checkout with its whole history (fetch-depth: 0), or name one with --repo`,
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
