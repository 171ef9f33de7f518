/**
 * Which version of each app is taken (DESIGN 6): the head's where it is good, else the newest good one before it. What
 * only shows between apps (a key defined twice, a namespace that nobody defines) holds the apps it concerns. Runs until
 * nothing changes any more, because holding one app can take away what another one needs.
 */
import type { Instant } from '../../base/instant.js'
import type { AppId } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'
import { kinds } from '../../model/kinds.js'
import type { Problem } from '../../model/problem.js'
import { type AppEvaluation, type AppObject, duplicateProblem } from './evaluate-folder.js'
import type { Chain, SourceTimeline, Version } from './source-timeline.js'

export interface SourceAtHead {
  readonly id: string
  readonly timeline: SourceTimeline
  readonly chain: Chain
  /** At the head, by directory. */
  readonly apps: ReadonlyMap<string, AppEvaluation>
}

/** An app and the version it is taken at. */
export interface ChosenApp {
  readonly id: AppId
  readonly source: SourceAtHead
  readonly directory: string
  readonly head: AppEvaluation
  /** Null: no version of it was ever good. */
  version: Version | null
  isHeld: boolean
  /** Errors that hold it, beyond those of the head's own evaluation. */
  readonly problems: Problem[]
  /** Objects of a held version that have moved to another app since. */
  readonly moved: Set<ObjectKey>
  /** When its files changed last, as far as is looked back; 0 before that. */
  readonly changedAt: Instant
  /** Versions that are allowed while it is held; null allows all. */
  accepted: ReadonlySet<AppEvaluation> | null
}

/** Namespaces that every cluster has without a manifest. */
const NAMESPACES_BUILT_IN: readonly string[] = ['default', 'kube-system']

export class VersionChooser {
  /** Apps of the last choice in which nothing was held or moved; null when there was any. */
  #clean: ReadonlyMap<AppId, AppEvaluation> | null = null

  /** The chosen version of every app at the heads, by app id in order. */
  async choose(sources: readonly SourceAtHead[]): Promise<ChosenApp[]> {
    const chosen: ChosenApp[] = []
    for (const source of sources) chosen.push(...(await chooseAlone(source)))
    chosen.sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0))
    if (!this.#hasSameKeys(chosen)) {
      const settling = new Settling(chosen)
      while (await settling.settle()) {
        // Each round holds at least one app more, or takes an object from one, so it ends.
      }
    }
    const isClean = chosen.every((app) => !app.isHeld && app.moved.size === 0)
    this.#clean = isClean ? new Map(chosen.map((app) => [app.id, app.head])) : null
    return chosen
  }

  /** True when no app can conflict with another because all define what they did, and that was without conflict. */
  #hasSameKeys(chosen: readonly ChosenApp[]): boolean {
    const clean = this.#clean
    if (clean === null || clean.size !== chosen.length) return false
    return chosen.every((app) => {
      const was = clean.get(app.id)
      return !app.isHeld && was !== undefined && (was === app.head || hasSameKeys(was, app.head))
    })
  }
}

function hasSameKeys(left: AppEvaluation, right: AppEvaluation): boolean {
  if (left.byKey.size !== right.byKey.size) return false
  for (const key of left.byKey.keys()) if (!right.byKey.has(key)) return false
  return true
}

/** Each app by itself: own problems, and immutable fields against its versions before. */
async function chooseAlone(source: SourceAtHead): Promise<ChosenApp[]> {
  const { timeline, chain } = source
  const changes = timeline.changesWithin(chain)
  const chosen: ChosenApp[] = []
  for (const [directory, head] of source.apps) {
    const changedAt = changes.get(directory)
    const history = changedAt === undefined ? null : await timeline.acceptedVersions(chain, directory, changedAt)
    const isHeld = head.isBad || (history?.broken.length ?? 0) > 0
    const app: ChosenApp = {
      id: `${source.id}:${directory}`,
      source,
      directory,
      head,
      version: { index: 0, commit: chain.head.id, app: head },
      isHeld,
      problems: [...(history?.broken ?? [])],
      moved: new Set(),
      changedAt: changedAt === undefined ? 0 : chain.at(changedAt[0]!)!.committedAt,
      accepted: history === null ? null : new Set(history.accepted.map((version) => version.app)),
    }
    if (isHeld) app.version = await timeline.lastGood(chain, directory, 1, async (version) => isAccepted(app, version))
    chosen.push(app)
  }
  return chosen
}

/** Beyond the window no change of an immutable field is known, and good by itself is good enough. */
function isAccepted(app: ChosenApp, version: Version): boolean {
  return app.accepted === null || app.accepted.size === 0 || app.accepted.has(version.app)
}

/** Rounds over the apps of one choice, until none conflicts with another. */
class Settling {
  readonly #chosen: readonly ChosenApp[]
  readonly #goodAt = new Map<string, ReadonlySet<string>>()

  constructor(chosen: readonly ChosenApp[]) {
    this.#chosen = chosen
  }

  /** One round; true when an app was held or lost an object to another. */
  async settle(): Promise<boolean> {
    return (await this.#settleDuplicates()) || (await this.#settleNamespaces())
  }

  async #settleDuplicates(): Promise<boolean> {
    const owners = new Map<ObjectKey, ChosenApp>()
    const conflicts: [key: ObjectKey, left: ChosenApp, right: ChosenApp][] = []
    for (const app of this.#chosen) {
      for (const key of app.version?.app.byKey.keys() ?? []) {
        if (app.moved.has(key)) continue
        const other = owners.get(key)
        if (other === undefined) owners.set(key, app)
        else conflicts.push([key, other, app])
      }
    }
    const toHold = new Map<ChosenApp, { from: number; readonly problems: Problem[] }>()
    for (const [key, left, right] of conflicts) {
      const loser = findLoser(key, left, right)
      if (loser !== null) loser.moved.add(key)
      else {
        for (const [app, other] of [
          [left, right],
          [right, left],
        ] as const) {
          const hold = toHold.get(app) ?? { from: 0, problems: [] }
          hold.from = Math.max(hold.from, goesBack(app, other) ? 1 : 0)
          hold.problems.push(duplicateProblem(definition(app, key), definition(other, key)))
          toHold.set(app, hold)
        }
      }
    }
    // Those that go back first: the others may stay as they are then.
    const inOrder = [...toHold].sort(([, one], [, two]) => two.from - one.from)
    for (const [app, { from, problems }] of inOrder) await this.#hold(app, from, ...problems)
    return conflicts.length > 0
  }

  async #settleNamespaces(): Promise<boolean> {
    const defined = new Set(NAMESPACES_BUILT_IN)
    for (const app of this.#chosen) {
      for (const { object } of app.version?.app.objects ?? []) if (object.kind === 'Namespace') defined.add(object.name)
    }
    let isChanged = false
    for (const app of this.#chosen) {
      if (app.isHeld || app.version === null) continue
      const missing = app.version.app.objects.filter(
        ({ object }) => needsNamespace(object) && !defined.has(object.namespace),
      )
      if (missing.length === 0) continue
      isChanged = true
      await this.#hold(app, 1, ...missing.map((at) => namespaceProblem(at)))
    }
    return isChanged
  }

  async #hold(app: ChosenApp, from: number, ...problems: readonly Problem[]): Promise<void> {
    if (app.isHeld) return
    app.isHeld = true
    app.problems.push(...problems)
    const { timeline, chain } = app.source
    app.version = await timeline.lastGood(chain, app.directory, from, async (version) => {
      return isAccepted(app, version) && (await this.#goodApps(app.source, version.index)).has(app.directory)
    })
  }

  /** Apps of a source that were good at an earlier commit, looking at that commit's other apps too. */
  async #goodApps(source: SourceAtHead, index: number): Promise<ReadonlySet<string>> {
    const commit = source.chain.at(index)!
    const key = `${source.id} ${commit.id}`
    const known = this.#goodAt.get(key)
    if (known !== undefined) return known
    const apps = await source.timeline.appsAt(commit)
    const others = this.#chosen.filter((app) => app.source !== source).flatMap((app) => app.version?.app ?? [])
    const good = goodTogether(apps, others)
    // With other sources the answer is for their versions of this moment only.
    if (others.length === 0) this.#goodAt.set(key, good)
    return good
  }
}

/** Directories without a duplicate key or missing namespace among the good apps of one commit. */
function goodTogether(apps: ReadonlyMap<string, AppEvaluation>, others: readonly AppEvaluation[]): Set<string> {
  const all = [...[...apps.values()].filter((app) => !app.isBad), ...others]
  const owners = new Map<ObjectKey, AppEvaluation>()
  const bad = new Set<AppEvaluation>()
  const defined = new Set(NAMESPACES_BUILT_IN)
  for (const app of all) {
    for (const [key, { object }] of app.byKey) {
      const other = owners.get(key)
      if (other !== undefined) bad.add(app).add(other)
      owners.set(key, app)
      if (object.kind === 'Namespace') defined.add(object.name)
    }
  }
  const good = new Set<string>()
  for (const [directory, app] of apps) {
    if (app.isBad || bad.has(app)) continue
    if (app.objects.every(({ object }) => !needsNamespace(object) || defined.has(object.namespace))) good.add(directory)
  }
  return good
}

/** The app that gives the key up without more ado: of two held ones the older version, and one that has provably lost it. */
function findLoser(key: ObjectKey, left: ChosenApp, right: ChosenApp): ChosenApp | null {
  if (left.isHeld && right.isHeld) return (left.version?.index ?? 0) > (right.version?.index ?? 0) ? left : right
  return [left, right].find((app) => app.isHeld && hasLeft(app, key)) ?? null
}

/** Histories of two sources have no common order but time: the later comer goes back, and the other may stay as it is. */
function goesBack(app: ChosenApp, other: ChosenApp): boolean {
  if (app.source === other.source) return true
  return app.changedAt === other.changedAt ? app.id > other.id : app.changedAt > other.changedAt
}

function needsNamespace(object: AppObject['object']): boolean {
  return kinds[object.kind].namespaced
}

/** True when the head of a held app provably has not got the object any more: its file is gone, or reads without it. */
function hasLeft(app: ChosenApp, key: ObjectKey): boolean {
  const was = app.version?.app.byKey.get(key)
  if (was === undefined || app.head.byKey.has(key)) return false
  const isFileThere = app.head.folder.files.some((file) => file.path === was.file.path)
  const isFileBroken = app.head.problems.some(
    (problem) => problem.severity === 'error' && problem.file === was.file.path,
  )
  return !isFileThere || !isFileBroken
}

function definition(app: ChosenApp, key: ObjectKey): AppObject {
  return app.version!.app.byKey.get(key)!
}

function namespaceProblem(at: AppObject): Problem {
  const { namespace } = at.object
  return {
    severity: 'error',
    code: 'missing-namespace',
    file: at.file.path,
    line: at.object.line,
    column: at.object.column,
    path: 'metadata.namespace',
    message: `namespace ${JSON.stringify(namespace)} is not defined: add a manifest of kind Namespace with that name`,
  }
}
