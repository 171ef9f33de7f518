/**
 * What to apply and what to prune when desired state changed. Pruning stays within the inventory and waits while
 * anything is unreadable (the object may have moved there), while its app is held, and under the delete brake; applying
 * never waits.
 */
import type { DesiredState } from '../model/desired-state.js'
import { formatKey, type ObjectKey } from '../model/keys.js'
import type { DeleteBrake } from '../model/plan.js'
import type { InventoryEntry } from '../model/planned-state.js'
import type { Waiting } from '../model/waiting.js'
import { decideBrake } from './delete-brake.js'
import { type Inventory, InventoryDiffs, inventoryEntry } from './inventory.js'

export interface PruningInput {
  readonly desired: DesiredState
  readonly inventory: Inventory
  /** Hash confirmed by command, in full or its first 8 letters or more; null when none was. */
  readonly confirmed: string | null
}

export interface PruningDecision {
  /** Entries to put into the inventory: new and changed objects, and unchanged ones that the brake has marked. */
  readonly apply: readonly InventoryEntry[]
  /** To be deleted and taken out of the inventory now, sorted. */
  readonly prune: readonly ObjectKey[]
  /** Gone from desired state and not deleted yet; their workloads go on as they are (`reconcileHeld`). Sorted. */
  readonly held: readonly ObjectKey[]
  readonly brake: DeleteBrake | null
  readonly waiting: readonly Waiting[]
}

/**
 * Decides on the whole inventory; needed only when desired state or the inventory changed or a confirmation came. `diffs`
 * are those of the time before, if there was one: then it costs what changed.
 */
export function decidePruning(input: PruningInput, diffs = new InventoryDiffs()): PruningDecision {
  const { desired, inventory } = input
  const { created, changed, gone } = diffs.diff(desired, inventory)
  const apply = [...created, ...changed].map(inventoryEntry)
  if (gone.length === 0) return { apply, prune: [], held: [], brake: null, waiting: [] }
  const goneKeys = gone.map((entry) => entry.key)
  if (desired.hasUnreadable) {
    return { apply, prune: [], held: goneKeys, brake: null, waiting: gone.map(unreadable) }
  }
  const isHeld = (entry: InventoryEntry): boolean => desired.apps.get(entry.app)?.held === true
  const inHeldApp = gone.filter(isHeld)
  const deletions = gone.filter((entry) => !isHeld(entry))
  const waiting = inHeldApp.map(heldApp)
  const { brake, released, held } = decideBrake({ deletions, inventory, desired, confirmed: input.confirmed })
  // The brake's mark must outlast this pass.
  const marked = held.filter((entry) => inventory.get(entry.key) !== entry)
  return {
    apply: [...apply, ...marked],
    prune: released.map((entry) => entry.key),
    held: [...inHeldApp, ...held].map((entry) => entry.key).sort(),
    brake,
    waiting: brake === null ? waiting : [...waiting, braked(brake)],
  }
}

function unreadable(entry: InventoryEntry): Waiting {
  const detail = `${formatKey(entry.key)} is gone from the repository, but files there cannot be read and may hold it: correct them and it is deleted`
  return { on: 'unreadable-file', key: entry.key, detail }
}

function heldApp(entry: InventoryEntry): Waiting {
  const detail = `${formatKey(entry.key)} is gone, but its app ${entry.app} is held by problems: correct them and it is deleted`
  return { on: 'held-app', key: entry.key, detail }
}

function braked(brake: DeleteBrake): Waiting {
  const objects = brake.keys.length === 1 ? '1 deletion waits' : `${brake.keys.length} deletions wait`
  const detail = `${objects} because the commit ${brake.reason}: headway confirm ${brake.hash.slice(0, 8)} lets them go`
  return { on: 'delete-brake', key: null, detail }
}
