/**
 * Commits of all sources to one DesiredState. Deterministic: the same commits give the same state. An object that did
 * not change is the same value as in the state before, with the commit it was first read at.
 */

import { isEqual } from '../../base/equal.js'
import { stableHash } from '../../base/hash.js'
import { patchMap } from '../../base/layered-map.js'
import { defaultClusterConfiguration } from '../../model/cluster-configuration.js'
import type { AppId, AppState, DesiredObject, DesiredState, SourceRevision } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'
import { makeKey } from '../../model/keys.js'
import type { Problem } from '../../model/problem.js'
import type { ConfigContents } from '../../model/protocol.js'
import { readClusterConfiguration } from './checks.js'
import { VersionChooser } from './choose-versions.js'
import type { ChosenApp, SourceAtHead } from './chosen-app.js'
import { readConfirmations, readRevertedAdditions, readReviewTrailers } from './commit-messages.js'
import { type AppEvaluation, type AppObject, sortProblems } from './evaluate-folder.js'
import type { SourceTimeline } from './source-timeline.js'

export interface CompileSource {
  readonly id: string
  readonly url: string
  readonly branch: string
  readonly path: string
  readonly timeline: SourceTimeline
  readonly commit: string
}

export interface CompileInput {
  /** In the order of the options; those that were never read are left out. */
  readonly sources: readonly CompileSource[]
  /** A source could not be read at all: what it defines is not absent. */
  readonly isSourceMissing: boolean
  /** Apps of other sources that stay as they are. */
  readonly standing?: readonly ChosenApp[]
}

export interface CompilerOptions {
  /** Contents of the ConfigMaps and Secrets of apps that came to be desired. */
  keep(contents: readonly ConfigContents[]): void
}

/** Compiles one state after the other; what did not change is taken over, so that a commit costs what it changed. */
export class StateCompiler {
  readonly #options: CompilerOptions
  readonly #chooser = new VersionChooser()
  #before: DesiredState | null = null
  #objectsOf = new Map<AppId, TakenApp>()

  constructor(options: CompilerOptions) {
    this.#options = options
  }

  /** Makes the state. Throws SyncError when a commit or tree itself cannot be read. */
  async compile(input: CompileInput): Promise<DesiredState> {
    const desired = await this.#compileOnce(input)
    // Some rules follow the cluster's configuration (node ports, addresses), which is itself read from the objects.
    const isOther = input.sources.map(({ timeline }) => timeline.setConfiguration(desired.configuration)).includes(true)
    return isOther ? this.#compileOnce(input) : desired
  }

  async #compileOnce(input: CompileInput): Promise<DesiredState> {
    const heads: SourceAtHead[] = []
    for (const { id, timeline, commit } of input.sources) {
      const chain = timeline.chainOf(commit)
      heads.push({ id, timeline, chain, apps: await timeline.appsAt(chain.head) })
    }
    const chosen = await this.#chooser.choose(heads, input.standing)
    const objects = this.#gatherObjects(chosen)
    const additions = new Set<ObjectKey>()
    for (const { timeline, chain } of heads) {
      for (const key of await readRevertedAdditions(timeline, chain.head.id)) if (!objects.has(key)) additions.add(key)
    }
    const reviews = heads.flatMap(({ timeline, chain }) => readReviewTrailers(timeline.repository, chain.head.id))
    const desired: DesiredState = {
      revision: revisionOf(input.sources),
      sources: input.sources.map((source) => describeSource(source)),
      objects,
      apps: gatherApps(chosen),
      problems: sortProblems(chosen.flatMap((app) => [...app.head.problems, ...app.problems])),
      hasUnreadable: input.isSourceMissing || chosen.some((app) => app.head.isBad),
      confirmations: heads.flatMap(({ timeline, chain }) => readConfirmations(timeline.repository, chain.head.id)),
      revertedAdditions: additions,
      ...(reviews.length > 0 && { reviews }),
      configuration: reuse(this.#before?.configuration, gatherConfiguration(objects)),
    }
    this.#before = desired
    return desired
  }

  /** All objects by key in order, patched from those before. */
  #gatherObjects(chosen: readonly ChosenApp[]): ReadonlyMap<ObjectKey, DesiredObject> {
    const before: ReadonlyMap<ObjectKey, DesiredObject> = this.#before?.objects ?? new Map()
    const changes = new Map<ObjectKey, DesiredObject | null>()
    const taken = new Map<AppId, TakenApp>()
    const old = this.#objectsOf
    for (const app of chosen) {
      const was = old.get(app.id)
      const evaluation = app.version?.app ?? null
      if (was !== undefined && was.evaluation === evaluation && was.moved.size === 0 && app.moved.size === 0) {
        taken.set(app.id, was)
        continue
      }
      this.#options.keep(evaluation?.contents ?? [])
      taken.set(app.id, { evaluation, moved: app.moved, objects: objectsOf(app, before) })
    }
    // First what went away, then what is there: an object may have moved between apps.
    for (const [id, was] of old) {
      if (taken.get(id) !== was) for (const { key } of was.objects) changes.set(key, null)
    }
    for (const [id, now] of taken) {
      if (old.get(id) !== now) for (const object of now.objects) changes.set(object.key, object)
    }
    this.#objectsOf = taken
    return patchMap(before, changes)
  }
}

interface TakenApp {
  readonly evaluation: AppEvaluation | null
  readonly moved: ReadonlySet<ObjectKey>
  readonly objects: readonly DesiredObject[]
}

function revisionOf(sources: readonly CompileSource[]): string {
  const [first] = sources
  return sources.length === 1 ? first!.commit : stableHash(sources.map(({ id, commit }) => `${id}=${commit}`))
}

function describeSource(source: CompileSource): SourceRevision {
  const { id, url, branch, path, commit, timeline } = source
  const { author, subject, committedAt } = timeline.repository.commit(commit)
  return { id, url, branch, path, commit, author, subject, committedAt }
}

function objectsOf(app: ChosenApp, before: ReadonlyMap<ObjectKey, DesiredObject>): DesiredObject[] {
  return (app.version?.app.objects ?? [])
    .filter(({ object }) => !app.moved.has(object.key))
    .map((at) => reuseObject(before.get(at.object.key), app, at))
}

/** The object of the state before when nothing but the commit differs. */
function reuseObject(was: DesiredObject | undefined, app: ChosenApp, at: AppObject): DesiredObject {
  const { object, file } = at
  if (
    was !== undefined &&
    (was.manifest === object.manifest || was.hash === object.hash) &&
    was.app === app.id &&
    was.origin.file === file.path &&
    was.origin.line === object.line &&
    was.origin.document === object.document
  ) {
    return was
  }
  const { key, kind, namespace, name, manifest, hash, line, document, config } = object
  return {
    key,
    kind,
    namespace,
    name,
    manifest: was !== undefined && was.hash === hash ? was.manifest : manifest,
    hash,
    origin: { source: app.source.id, file: file.path, line, document },
    app: app.id,
    commit: app.version!.commit,
    ...(config === undefined ? {} : { config }),
  }
}

function gatherApps(chosen: readonly ChosenApp[]): Map<AppId, AppState> {
  return new Map(
    chosen.filter(isApp).map((app) => [
      app.id,
      {
        id: app.id,
        source: app.source.id,
        directory: app.directory,
        revision: app.version?.commit ?? '',
        held: app.isHeld,
        problems: app.isHeld ? sortProblems([...app.head.problems, ...app.problems]).filter(isError) : [],
      },
    ]),
  )
}

/** A folder with nothing but links in it is none. */
function isApp({ head, source }: ChosenApp): boolean {
  return source.timeline === null || head.folder.files.length > 0 || head.folder.kustomization !== null
}

function isError(problem: Problem): boolean {
  return problem.severity === 'error'
}

function gatherConfiguration(objects: ReadonlyMap<ObjectKey, DesiredObject>): DesiredState['configuration'] {
  const object = objects.get(makeKey('ClusterConfiguration', '', 'cluster'))
  return object === undefined ? defaultClusterConfiguration : readClusterConfiguration(object.manifest).configuration
}

function reuse<T>(before: T | undefined, now: T): T {
  return before !== undefined && isEqual(before, now) ? before : now
}
