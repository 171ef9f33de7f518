/**
 * The desired objects of one kind, of which there are few among many: found by what changed since desired state was last
 * asked about, so that a commit that touches none of them costs nothing.
 */
import { diffMaps } from '../base/layered-map.js'
import { compareText } from '../base/ordered.js'
import type { DesiredObject, DesiredState } from '../model/desired-state.js'
import type { ObjectKey } from '../model/keys.js'

type Objects = ReadonlyMap<ObjectKey, DesiredObject>

const NOTHING: Objects = new Map()

export class ObjectsOfKind {
  #seen: Objects = NOTHING
  readonly #objects = new Map<ObjectKey, DesiredObject>()
  #list: readonly DesiredObject[] = []

  constructor(private readonly kind: string) {}

  /** Sorted by key; the same list until one of them changes. */
  of(desired: DesiredState): readonly DesiredObject[] {
    let isChanged = false
    diffMaps(this.#seen, desired.objects, (key, before, after) => {
      if (after?.kind === this.kind) this.#objects.set(key, after)
      else if (before?.kind === this.kind) this.#objects.delete(key)
      else return
      isChanged = true
    })
    this.#seen = desired.objects
    if (isChanged) this.#list = [...this.#objects.values()].sort((left, right) => compareText(left.key, right.key))
    return this.#list
  }
}
