/**
 * Desired states that were compiled off the cluster, brought in line with the snapshot's: what did not change is the
 * snapshot's own object, and configuration that did not change keeps the digest that the cluster knows it by. Without
 * this every workload that takes a Secret or ConfigMap through its environment would seem to roll.
 */
import { isEqual } from '../../base/equal.js'
import { stableHash } from '../../base/hash.js'
import { sortedMap } from '../../base/ordered.js'
import type { DesiredObject, DesiredState, Manifest } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'

export interface AlignInput {
  /** Compiled off the cluster, beside the other sources of `live`. */
  readonly state: DesiredState
  /** The snapshot's revision, compiled in the same way and with the same key as `state`. */
  readonly reference: DesiredState
  /** The same revision as the cluster compiled it. */
  readonly live: DesiredState
}

/** The state in the cluster's own digests and objects. */
export function alignState({ state, reference, live }: AlignInput): DesiredState {
  const objects = [...state.objects.values()].map(
    (object) => [object.key, alignObject(object, reference, live)] as const,
  )
  const isPart = live.sources.length > state.sources.length
  return {
    ...state,
    objects: sortedMap(objects),
    sources: live.sources.map((source) => state.sources.find((own) => own.id === source.id) ?? source),
    // Those of the other sources are not compiled, and are what they are.
    confirmations: isPart ? [...state.confirmations, ...live.confirmations] : state.confirmations,
  }
}

function alignObject(object: DesiredObject, reference: DesiredState, live: DesiredState): DesiredObject {
  const known = live.objects.get(object.key)
  const same = reference.objects.get(object.key)
  if (known === undefined || same === undefined) return object
  if (same.hash === object.hash) {
    const isInPlace = isEqual(known.origin, object.origin) && known.app === object.app
    return isInPlace ? known : { ...known, origin: object.origin, app: object.app }
  }
  if (object.config === undefined || known.config === undefined || same.config === undefined) return object
  return alignConfig(object, same.config.keys, known.config.keys)
}

/** Values that did not change keep the digests that the cluster knows them by. */
function alignConfig(
  object: DesiredObject,
  before: ReadonlyMap<string, string>,
  live: ReadonlyMap<string, string>,
): DesiredObject {
  const keys = new Map<string, string>()
  for (const [name, digest] of object.config?.keys ?? []) {
    const liveDigest = live.get(name)
    keys.set(name, before.get(name) === digest && liveDigest !== undefined ? liveDigest : digest)
  }
  const manifest =
    object.kind === 'Secret' ? ({ ...object.manifest, data: Object.fromEntries(keys) } as Manifest) : object.manifest
  // Another digest than any that was ever taken: the contents are new.
  const digest = `${stableHash([object.key, [...keys]])}${object.config?.digest.slice(32) ?? ''}`
  return { ...object, manifest, hash: stableHash(manifest), config: { digest, keys } }
}

/** Changes of a branch that another state does not have, brought into it: what a merge would make. */
export interface MergeResult {
  readonly state: DesiredState
  /** Objects that both sides changed, each in its own way. */
  readonly conflicts: readonly ObjectKey[]
}

/** Both sides have put it into a file of their own: the merge has both files. */
function standsTwice(
  was: DesiredObject | undefined,
  there: DesiredObject | undefined,
  is: DesiredObject | undefined,
): boolean {
  if (there === undefined || is === undefined) return false
  const [before, onto, branch] = [was, there, is].map((object) => object && placeOf(object))
  return onto !== branch && onto !== before && branch !== before
}

function placeOf({ origin }: DesiredObject): string {
  return `${origin.source} ${origin.file}`
}

/** `ancestor`: where the branch left; all three of one compilation. */
export function mergeStates(onto: DesiredState, ancestor: DesiredState, branch: DesiredState): MergeResult {
  const objects = new Map(onto.objects)
  const conflicts: ObjectKey[] = []
  for (const key of new Set([...ancestor.objects.keys(), ...branch.objects.keys()])) {
    const was = ancestor.objects.get(key)
    const is = branch.objects.get(key)
    if (was === is || (was?.hash === is?.hash && was?.origin.file === is?.origin.file)) continue
    const there = onto.objects.get(key)
    const isOwnChange = there?.hash !== was?.hash && there?.hash !== is?.hash
    if (isOwnChange || standsTwice(was, there, is)) conflicts.push(key)
    if (is === undefined) objects.delete(key)
    else objects.set(key, is)
  }
  const apps = new Map(onto.apps)
  for (const app of branch.apps.values()) if (app.held || !apps.has(app.id)) apps.set(app.id, app)
  const problems = branch.hasUnreadable && !onto.hasUnreadable ? branch.problems : onto.problems
  const state: DesiredState = {
    ...onto,
    revision: branch.revision,
    sources: branch.sources,
    objects: sortedMap(objects),
    apps: sortedMap(apps),
    problems,
    hasUnreadable: onto.hasUnreadable || branch.hasUnreadable,
    confirmations: branch.confirmations,
    revertedAdditions: branch.revertedAdditions,
    configuration: branch.configuration,
  }
  return { state, conflicts: conflicts.sort() }
}
