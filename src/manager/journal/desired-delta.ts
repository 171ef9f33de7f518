/**
 * The step from one desired state to the next: what the journal writes of a commit, so that it costs what the commit
 * changed. Objects keep their identity from one state to the next, so that unchanged ones are found by reference.
 */
import { isEqual } from '../../base/equal.js'
import { patchMap } from '../../base/layered-map.js'
import type { AppId, AppState, DesiredObject, DesiredState, SourceRevision } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'

export interface DesiredDelta {
  /** Everything but objects and apps. */
  readonly rest: Omit<DesiredState, 'objects' | 'apps'>
  readonly objects: readonly DesiredObject[]
  readonly removedObjects: readonly ObjectKey[]
  /** Apps that did more than move from their source's old commit to its new one. */
  readonly apps: readonly AppState[]
  readonly removedApps: readonly AppId[]
}

/** What makes `after` of `before`; null stands for nothing at all. */
export function diffDesired(before: DesiredState | null, after: DesiredState): DesiredDelta {
  const { objects, apps, ...rest } = after
  const moved = movedApps(before, after.sources)
  return {
    rest,
    objects: [...objects.values()].filter((object) => before?.objects.get(object.key) !== object),
    removedObjects: [...(before?.objects.keys() ?? [])].filter((key) => !objects.has(key)),
    apps: [...apps.values()].filter((app) => !isEqual(moved.get(app.id), app)),
    removedApps: [...moved.keys()].filter((id) => !apps.has(id)),
  }
}

/** The reverse of `diffDesired`. */
export function patchDesired(before: DesiredState | null, delta: DesiredDelta): DesiredState {
  const objects = new Map<ObjectKey, DesiredObject | null>(delta.removedObjects.map((key) => [key, null]))
  for (const object of delta.objects) objects.set(object.key, object)
  const apps = new Map<AppId, AppState | null>(delta.removedApps.map((id) => [id, null]))
  for (const app of delta.apps) apps.set(app.id, app)
  return {
    ...delta.rest,
    objects: patchMap(before?.objects ?? new Map<ObjectKey, DesiredObject>(), objects),
    apps: patchMap(movedApps(before, delta.rest.sources), apps),
  }
}

/** The apps of before, those at their source's commit moved on to its new one. */
function movedApps(before: DesiredState | null, sources: readonly SourceRevision[]): ReadonlyMap<AppId, AppState> {
  if (before === null) return new Map()
  const commits = new Map(before.sources.map((source) => [source.id, source.commit]))
  const next = new Map(sources.map((source) => [source.id, source.commit]))
  const apps = [...before.apps.values()].map((app) => {
    const commit = next.get(app.source)
    return commit !== undefined && app.revision === commits.get(app.source) ? { ...app, revision: commit } : app
  })
  return new Map(apps.map((app) => [app.id, app]))
}
