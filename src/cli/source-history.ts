/**
 * The revisions of one source as desired states of the whole cluster: the source at a commit, the others as they are.
 * Compiles off the cluster, each commit once, in the cluster's own digests.
 */
import type { DesiredState, SourceRevision } from '../model/desired-state.js'
import type { ObjectKey } from '../model/keys.js'
import { alignState, mergeStates } from '../simulation/preview/align-states.js'
import { compileRevision } from '../sync/compile-revision.js'
import { type CommitView, listCommits, retouchedObjects, type UnchangedObject } from '../sync/history.js'
import { CliError, EXIT_USAGE } from './cli-error.js'
import type { SourceRepository } from './plan-repositories.js'
import { asCliError, readCommit } from './repository.js'

/** How far back the common ancestor of two branches is searched. */
const ANCESTORS_MAX = 5_000
/** The same key for all states: equal values of Secrets have equal digests, and no value is ever shown. */
const OFFLINE_KEY = new Uint8Array(32)

/** A commit of one of the cluster's sources. */
export interface SourceCommit extends CommitView {
  /** The source's id. */
  readonly source: string
}

/** What a change is merged into. */
export interface BaseState {
  readonly commit: SourceCommit
  readonly state: DesiredState
}

export interface Merged {
  readonly state: DesiredState
  /** Objects that both sides changed: the merge itself needs a person. */
  readonly conflicts: readonly string[]
  /** The commit is in what it would be merged into: the state is that of going back to it. */
  readonly goesBack: boolean
}

export class SourceHistory {
  readonly #source: SourceRevision
  readonly #repository: string
  readonly #live: DesiredState
  readonly #compiled = new Map<string, Promise<DesiredState>>()

  constructor({ source, repository }: SourceRepository, live: DesiredState) {
    this.#source = source
    this.#repository = repository
    this.#live = live
  }

  /** The commit that the cluster desires now. */
  get liveCommit(): string {
    return this.#source.commit
  }

  async resolve(revision: string): Promise<SourceCommit> {
    return { ...(await readCommit(this.#repository, revision)), source: this.#source.id }
  }

  /** What is desired once a commit is merged into `onto`; null: the commit by itself. */
  async state(commit: string, onto: BaseState | null): Promise<Merged> {
    const state = await this.#aligned(commit)
    if (onto === null) return { state, conflicts: [], goesBack: false }
    const into = this.#commitOf(onto)
    const ancestor = await findAncestor(this.#repository, into, commit)
    // Going back to what was: no merge makes that, but a revert does.
    const isInLine = ancestor === commit || ancestor === into
    const goesBack = ancestor === commit && into !== commit
    if (isInLine && onto.commit.source === this.#source.id) return { state, conflicts: [], goesBack }
    const merged = mergeStates(onto.state, await this.#aligned(ancestor === commit ? into : ancestor), state)
    return { ...merged, goesBack }
  }

  /** Objects that mean the same once a commit is merged into `onto`, though their text reads otherwise. */
  async retouched(commit: string, onto: BaseState): Promise<ReadonlySet<ObjectKey>> {
    const into = this.#commitOf(onto)
    if (into === commit) return new Set()
    const ancestor = await findAncestor(this.#repository, into, commit)
    const from = ancestor === commit ? into : ancestor
    const [before, after] = [await this.#aligned(from), await this.#aligned(commit)]
    const objects: UnchangedObject[] = []
    for (const [key, { hash, origin, app }] of after.objects) {
      // What is held is not what its file says.
      if (after.apps.get(app)?.held === true) continue
      const was = before.objects.get(key)
      if (was?.hash !== hash || was.origin.file !== origin.file || origin.source !== this.#source.id) continue
      const [documentBefore, documentAfter] = [was.origin.document, origin.document]
      objects.push({ key, file: origin.file, documentBefore, documentAfter })
    }
    const input = { repository: this.#repository, before: from, after: commit, objects }
    return new Set(await asCliError(() => retouchedObjects(input)))
  }

  /** Where this source stands in a state that may be of another one. */
  #commitOf({ commit }: BaseState): string {
    return commit.source === this.#source.id ? commit.id : this.#source.commit
  }

  async #aligned(commit: string): Promise<DesiredState> {
    if (commit === this.#source.commit) return this.#live
    const [state, reference] = [await this.#compile(commit), await this.#compileLive()]
    return alignState({ state, reference, live: this.#live })
  }

  #compile(revision: string): Promise<DesiredState> {
    let state = this.#compiled.get(revision)
    if (state === undefined) {
      const { path, id: sourceId } = this.#source
      const beside = this.#live
      const input = { repository: this.#repository, revision, path, digestKey: OFFLINE_KEY, sourceId, beside }
      state = asCliError(() => compileRevision(input))
      this.#compiled.set(revision, state)
    }
    return state
  }

  async #compileLive(): Promise<DesiredState> {
    const { commit } = this.#source
    try {
      return await this.#compile(commit)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      throw new CliError(
        error.exitCode,
        `the repository lacks ${commit.slice(0, 10)}, which the cluster runs: fetch the whole history (fetch-depth: 0) of the cluster's branch`,
        { cause: error },
      )
    }
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
