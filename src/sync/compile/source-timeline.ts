/**
 * One source's apps along its history: at the head, and at earlier first parents, found folder by folder through tree
 * ids so that looking back costs little. Needs no state of its own: the answers follow from the repository alone.
 */
import type { ClusterConfiguration } from '../../model/cluster-configuration.js'
import type { Problem } from '../../model/problem.js'
import type { Commit } from '../git/git-objects.js'
import { SyncError, unlessDamaged } from '../sync-error.js'
import { validateChange } from './checks.js'
import type { AppEvaluation, FolderEvaluator } from './evaluate-folder.js'
import type { ManifestLister } from './list-manifests.js'
import type { HistoryReader } from './tree-reader.js'

/** How far back a change of an immutable field is noticed. */
const CHANGES_WINDOW = 64
/** How far back a last good version is searched. */
const SEARCH_WINDOW = 1_000
const EVALUATED_COMMITS_MAX = 8

export interface Version {
  /** Index in the chain of first parents: 0 is the head. */
  readonly index: number
  readonly commit: string
  readonly app: AppEvaluation
}

export interface TimelineInput {
  readonly repository: HistoryReader
  readonly lister: ManifestLister
  readonly evaluator: FolderEvaluator
  /** The source's folder in the repository. */
  readonly path: string
}

export class SourceTimeline {
  readonly #input: TimelineInput
  readonly #evaluated = new Map<string, Map<string, AppEvaluation>>()
  readonly #changedFolders = new Map<string, ReadonlySet<string>>()

  constructor(input: TimelineInput) {
    this.#input = input
  }

  get repository(): HistoryReader {
    return this.#input.repository
  }

  get evaluator(): FolderEvaluator {
    return this.#input.evaluator
  }

  /** The cluster's configuration that objects are checked against from now on; true when it is another one. */
  setConfiguration(configuration: ClusterConfiguration): boolean {
    const isOther = this.#input.evaluator.setConfiguration(configuration)
    if (isOther) this.#evaluated.clear()
    return isOther
  }

  /** The tree at the source's path; null when the commit has no such folder. */
  treeAt(commit: Commit): string | null {
    return this.#input.repository.entryAt(commit.tree, this.#input.path)?.oid ?? null
  }

  /** Ids of the manifests at a commit that was evaluated lately; nothing for others. */
  blobsAt(commit: string): string[] {
    const apps = this.#evaluated.get(commit)?.values() ?? []
    return [...apps].flatMap((app) => app.folder.files.map((file) => file.oid))
  }

  /** Every app at a commit, by directory. */
  async appsAt(commit: Commit): Promise<Map<string, AppEvaluation>> {
    const known = this.#evaluated.get(commit.id)
    if (known !== undefined) {
      // The last asked for goes last.
      this.#evaluated.delete(commit.id)
      this.#evaluated.set(commit.id, known)
      return known
    }
    const apps = await this.#input.evaluator.evaluateAll(this.#input.lister.listAll(this.treeAt(commit)))
    this.#evaluated.set(commit.id, apps)
    for (const old of this.#evaluated.keys()) {
      if (this.#evaluated.size <= EVALUATED_COMMITS_MAX) break
      this.#evaluated.delete(old)
    }
    return apps
  }

  /** Head and first parents, newest first: as far back as is ever looked. */
  chainOf(head: string): Chain {
    return new Chain(this.#input.repository, head)
  }

  /** One app at one commit; null when its folder holds no manifests there. */
  async appAt(commit: Commit, directory: string): Promise<AppEvaluation | null> {
    const folder = this.#input.lister.listOne(this.treeAt(commit), directory)
    return folder === null ? null : this.#input.evaluator.evaluate(folder)
  }

  /** Directories whose own files changed within the window, with the indexes of the changing commits, newest first. */
  async changesWithin(chain: Chain): Promise<Map<string, number[]>> {
    const changes = new Map<string, number[]>()
    for (let i = 0; i < CHANGES_WINDOW; i++) {
      const commit = chain.at(i)
      if (commit === null) break
      const parent = chain.at(i + 1)
      if (parent === null) break
      const changed = await unlessDamaged(() => this.foldersChanged(commit, parent), null)
      if (changed === null) break
      for (const directory of changed) {
        const indexes = changes.get(directory)
        if (indexes === undefined) changes.set(directory, [i])
        else indexes.push(i)
      }
    }
    return changes
  }

  /**
   * Versions of an app that are good by themselves and changed nothing immutable against the good version before them,
   * newest first; and what the head's version breaks, if anything.
   */
  async acceptedVersions(
    chain: Chain,
    directory: string,
    changedAt: readonly number[],
  ): Promise<{ readonly accepted: readonly Version[]; readonly broken: readonly Problem[] }> {
    const oldest = (changedAt.at(-1) ?? -1) + 1
    const indexes = [...new Set([oldest, ...changedAt.toReversed()])].filter((i) => chain.at(i) !== null)
    const accepted: Version[] = []
    let broken: readonly Problem[] = []
    for (const index of indexes) {
      const commit = chain.at(index)!
      const app = await unlessDamaged(() => this.appAt(commit, directory), null)
      broken = []
      if (app === null) accepted.length = 0
      if (app === null || app.isBad) continue
      broken = this.#brokenFields(accepted[0]?.app ?? null, app)
      if (broken.length === 0) accepted.unshift({ index, commit: commit.id, app })
    }
    return { accepted, broken }
  }

  /** The newest version from index `from` on that is good by itself and passes `isGood`; null when there is none. */
  async lastGood(
    chain: Chain,
    directory: string,
    from: number,
    isGood: (version: Version) => Promise<boolean>,
  ): Promise<Version | null> {
    for (let index = from; index < SEARCH_WINDOW; index++) {
      const commit = chain.at(index)
      if (commit === null) return null
      const app = await unlessDamaged(() => this.appAt(commit, directory), null)
      if (app === null) return null
      const version = { index, commit: commit.id, app }
      if (!app.isBad && (await isGood(version))) return version
    }
    return null
  }

  /** Directories whose own files differ between a commit and one before it (null: nothing was before). */
  foldersChanged(commit: Commit, parent: Commit | null): ReadonlySet<string> {
    const key = `${commit.id} ${parent?.id ?? ''}`
    const known = this.#changedFolders.get(key)
    if (known !== undefined) return known
    const before = parent === null ? null : this.treeAt(parent)
    const changed = this.#input.lister.listChanged(before, this.treeAt(commit))
    if (this.#changedFolders.size > 10 * CHANGES_WINDOW) this.#changedFolders.clear()
    this.#changedFolders.set(key, changed)
    return changed
  }

  #brokenFields(before: AppEvaluation | null, after: AppEvaluation): Problem[] {
    if (before === null || before === after) return []
    const problems: Problem[] = []
    for (const [key, here] of after.byKey) {
      const was = before.byKey.get(key)
      if (was === undefined || was.object.hash === here.object.hash) continue
      for (const { path, message } of validateChange(here.object.kind, was.object.manifest, here.object.manifest)) {
        problems.push(this.#input.evaluator.problemAt(here, path, message, 'invalid-object'))
      }
    }
    return problems
  }
}

/** A commit of history; null when it is not there or damaged. */
export function readCommit(repository: HistoryReader, oid: string): Commit | null {
  try {
    return repository.hasCommit(oid) ? repository.commit(oid) : null
  } catch (error) {
    if (error instanceof SyncError) return null
    throw error
  }
}

/** First parents, read as they are asked for. */
export class Chain {
  readonly #repository: HistoryReader
  readonly #commits: Commit[]
  #isEnded = false

  constructor(repository: HistoryReader, head: string) {
    this.#repository = repository
    this.#commits = [repository.commit(head)]
  }

  get head(): Commit {
    return this.#commits[0]!
  }

  /** The commit `index` steps back; null beyond the first one, the end of a shallow clone, or damage. */
  at(index: number): Commit | null {
    while (this.#commits.length <= index && !this.#isEnded) {
      const parent = this.#commits.at(-1)!.parents[0]
      const commit = parent === undefined ? null : readCommit(this.#repository, parent)
      if (commit === null) this.#isEnded = true
      else this.#commits.push(commit)
    }
    return this.#commits[index] ?? null
  }
}
