/**
 * What desired state changes against the inventory, which is all that Headway itself applied. Objects are paired by
 * key, which has neither version nor file in it: a moved file is no change, a new apiVersion no deletion.
 */
import { diffMaps } from '../base/layered-map.js'
import { compareText } from '../base/ordered.js'
import type { DesiredObject, DesiredState } from '../model/desired-state.js'
import type { ObjectKey } from '../model/keys.js'
import type { InventoryEntry } from '../model/planned-state.js'

export type Inventory = ReadonlyMap<ObjectKey, InventoryEntry>

export interface InventoryDiff {
  readonly created: readonly DesiredObject[]
  /** Other contents (hash), another app than before, or desired again while its deletion was held. */
  readonly changed: readonly DesiredObject[]
  readonly unchangedCount: number
  /** In the inventory and not desired, sorted by key. */
  readonly gone: readonly InventoryEntry[]
}

/** Pairs desired objects with the inventory; asked again and again, it looks at what changed since. */
export class InventoryDiffs {
  #objects: DesiredState['objects'] = new Map()
  #inventory: Inventory = new Map()
  readonly #created = new Set<ObjectKey>()
  readonly #changed = new Set<ObjectKey>()
  readonly #gone = new Set<ObjectKey>()

  diff({ objects }: DesiredState, inventory: Inventory): InventoryDiff {
    const look = (key: ObjectKey): void => this.#look(key, objects.get(key), inventory.get(key))
    diffMaps(this.#objects, objects, look)
    diffMaps(this.#inventory, inventory, look)
    this.#objects = objects
    this.#inventory = inventory
    const inOrder = (keys: Iterable<ObjectKey>): ObjectKey[] => [...keys].sort(compareText)
    return {
      created: inOrder(this.#created).map((key) => objects.get(key)!),
      changed: inOrder(this.#changed).map((key) => objects.get(key)!),
      unchangedCount: objects.size - this.#created.size - this.#changed.size,
      gone: inOrder(this.#gone).map((key) => inventory.get(key)!),
    }
  }

  #look(key: ObjectKey, object: DesiredObject | undefined, entry: InventoryEntry | undefined): void {
    for (const keys of [this.#created, this.#changed, this.#gone]) keys.delete(key)
    if (object === undefined) {
      if (entry !== undefined) this.#gone.add(key)
    } else if (entry === undefined) this.#created.add(key)
    else if (entry.hash !== object.hash || entry.app !== object.app || entry.braked) this.#changed.add(key)
  }
}

/** The entry for an object that is applied now. */
export function inventoryEntry(object: DesiredObject): InventoryEntry {
  return { key: object.key, hash: object.hash, app: object.app, commit: object.commit }
}
