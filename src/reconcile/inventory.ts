/**
 * What desired state changes against the inventory, which is all that Headway itself applied. Objects are paired by
 * key, which has neither version nor file in it: a moved file is no change, a new apiVersion no deletion.
 */
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

/** Pairs desired objects with the inventory. */
export function diffInventory(desired: DesiredState, inventory: Inventory): InventoryDiff {
  const created: DesiredObject[] = []
  const changed: DesiredObject[] = []
  let unchangedCount = 0
  for (const object of desired.objects.values()) {
    const entry = inventory.get(object.key)
    if (entry === undefined) created.push(object)
    else if (entry.hash !== object.hash || entry.app !== object.app || entry.braked) changed.push(object)
    else unchangedCount++
  }
  const gone: InventoryEntry[] = []
  if (unchangedCount + changed.length < inventory.size) {
    for (const entry of inventory.values()) if (!desired.objects.has(entry.key)) gone.push(entry)
    gone.sort((left, right) => compareText(left.key, right.key))
  }
  return { created, changed, unchangedCount, gone }
}

/** The entry for an object that is applied now. */
export function inventoryEntry(object: DesiredObject): InventoryEntry {
  return { key: object.key, hash: object.hash, app: object.app, commit: object.commit }
}
