/**
 * Apps of sources that are not compiled but stand as they are: a desired state's own, brought into the choice of another
 * source's versions so that keys and namespaces are held against them as a running sync would. They never change.
 */
import type { AppState, DesiredObject, DesiredState } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'
import type { Problem } from '../../model/problem.js'
import type { ChosenApp } from './chosen-app.js'
import type { AppEvaluation, AppObject } from './evaluate-folder.js'
import type { FileObject } from './make-objects.js'

/** Whoever is compiled comes after what stands: it is the one that gives way. */
const BEFORE_ALL = -1

/** The apps of every source but one, by id in order; what only another source's version held is decided anew. */
export function standingApps(state: DesiredState, except: string): ChosenApp[] {
  const byApp = new Map<string, DesiredObject[]>()
  for (const object of state.objects.values()) {
    const known = byApp.get(object.app)
    if (known === undefined) byApp.set(object.app, [object])
    else known.push(object)
  }
  const tips = new Map(state.sources.map(({ id, commit }) => [id, commit]))
  return [...state.apps.values()]
    .filter(({ source }) => source !== except)
    .map((app) => {
      const isAtTip = app.revision === tips.get(app.source)
      const problems = isAtTip ? app.problems.filter((problem) => !isBetweenApps(problem)) : app.problems
      const isHeld = app.held && (problems.length > 0 || !isAtTip)
      const isBad = isHeld && state.hasUnreadable
      return standingApp(app, evaluationOf(app, byApp.get(app.id) ?? [], { problems, isBad }), isHeld)
    })
}

/** What another app can cause, and can end again. */
function isBetweenApps({ code }: Problem): boolean {
  return code === 'duplicate-key' || code === 'missing-namespace'
}

function standingApp(app: AppState, head: AppEvaluation, isHeld: boolean): ChosenApp {
  return {
    id: app.id,
    source: { id: app.source, timeline: null },
    directory: app.directory,
    head,
    version: app.revision === '' ? null : { index: 0, commit: app.revision, app: head },
    isHeld,
    problems: [],
    moved: new Set(),
    changedAt: BEFORE_ALL,
    accepted: null,
  }
}

function evaluationOf(
  { directory }: AppState,
  desired: readonly DesiredObject[],
  found: Pick<AppEvaluation, 'problems' | 'isBad'>,
): AppEvaluation {
  const objects = desired.map((object): AppObject => {
    return { object: fileObject(object), file: { path: object.origin.file, oid: '' } }
  })
  const byKey = new Map<ObjectKey, AppObject>(objects.map((at) => [at.object.key, at]))
  const files = [...new Map(objects.map(({ file }) => [file.path, file])).values()]
  return { folder: { directory, files, kustomization: null, warnings: [] }, objects, byKey, contents: [], ...found }
}

function fileObject(object: DesiredObject): FileObject {
  const { key, kind, namespace, name, manifest, hash, config } = object
  const { line, document } = object.origin
  const source = { value: {}, line, column: 1, yaml: document, item: -1 }
  const common = { key, kind, namespace, name, manifest, hash, line, column: 1, document, source }
  return config === undefined ? common : { ...common, config }
}
