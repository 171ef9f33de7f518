/**
 * What only shows between apps: a key defined twice, a namespace that nobody defines. Each holds the apps it concerns,
 * and holding one can take away what another one needs, so this goes in rounds until nothing changes any more.
 */
import type { ObjectKey } from '../../model/keys.js'
import { kinds } from '../../model/kinds.js'
import type { Problem } from '../../model/problem.js'
import { unlessDamaged } from '../sync-error.js'
import { type ChosenApp, isAccepted, type SourceAtHead } from './chosen-app.js'
import { type AppEvaluation, type AppObject, duplicateProblem } from './evaluate-folder.js'

/** Namespaces that every cluster has without a manifest. */
const NAMESPACES_BUILT_IN: readonly string[] = ['default', 'kube-system']

const NO_APPS: ReadonlyMap<string, AppEvaluation> = new Map()

/** Rounds over the apps of one choice, until none conflicts with another. */
export class Settling {
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
          hold.problems.push(duplicateOf(key, app, other))
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
    const { source } = app
    if (source.timeline === null) return
    app.version = await source.timeline.lastGood(source.chain, app.directory, from, async (version) => {
      return isAccepted(app, version) && (await this.#goodApps(source, version.index)).has(app.directory)
    })
  }

  /** Apps of a source that were good at an earlier commit, looking at that commit's other apps too. */
  async #goodApps(source: SourceAtHead, index: number): Promise<ReadonlySet<string>> {
    const commit = source.chain.at(index)!
    const key = `${source.id} ${commit.id}`
    const known = this.#goodAt.get(key)
    if (known !== undefined) return known
    const apps = await unlessDamaged(() => source.timeline.appsAt(commit), NO_APPS)
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

function duplicateOf(key: ObjectKey, app: ChosenApp, other: ChosenApp): Problem {
  const where = app.source.id === other.source.id ? '' : other.source.id
  return duplicateProblem(definition(app, key), definition(other, key), where)
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
