/**
 * Which version of each app is taken (DESIGN 6): the head's where it is good, else the newest good one before it.
 */
import type { AppId } from '../../model/desired-state.js'
import { type ChosenApp, isAccepted, type SourceAtHead } from './chosen-app.js'
import type { AppEvaluation } from './evaluate-folder.js'
import { Settling } from './settle-apps.js'

export class VersionChooser {
  /** Apps of the last choice in which nothing was held or moved; null when there was any. */
  #clean: ReadonlyMap<AppId, AppEvaluation> | null = null

  /** The chosen version of every app at the heads, and what stands, by app id in order. */
  async choose(sources: readonly SourceAtHead[], standing: readonly ChosenApp[] = []): Promise<ChosenApp[]> {
    const chosen: ChosenApp[] = [...standing]
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
  const changes = await timeline.changesWithin(chain)
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
