/**
 * The delete brake (DESIGN 7): a commit that deletes much at once, or what cannot be brought back, has its deletions
 * held until someone confirms exactly that set. Nothing but deletions is ever held by it.
 */
import { stableHash } from '../base/hash.js'
import type { DesiredState } from '../model/desired-state.js'
import { formatKey, type ObjectKey, parseKey } from '../model/keys.js'
import type { DeleteBrake } from '../model/plan.js'
import type { InventoryEntry } from '../model/planned-state.js'
import type { Inventory } from './inventory.js'
import { kindRoles } from './kind-roles.js'

/** Fewest letters of the hash that name the set: 32 bits, as unlikely to be met by chance as a short commit id. */
const HASH_PREFIX_MIN = 8
/** So that 29 of 100 objects are not more than 0.29 of them by a rounding error. */
const ROUNDING = 1e-9

export interface BrakeInput {
  /** What would be deleted now, sorted by key. */
  readonly deletions: readonly InventoryEntry[]
  readonly inventory: Inventory
  readonly desired: DesiredState
  /** Hash confirmed by command, in full or its first 8 letters or more; null when none was. */
  readonly confirmed: string | null
}

/** The brake on these deletions, or null when they may go. */
export function decideBrake(input: BrakeInput): DeleteBrake | null {
  const { deletions, desired } = input
  const reason = brakeReason(input)
  if (reason === null) return null
  const keys = deletions.map((entry) => entry.key)
  const hash = deletionHash(keys)
  if (input.confirmed !== null && namesHash(input.confirmed, hash)) return null
  if (desired.confirmations.some((text) => namesHash(text, hash))) return null
  if (keys.every((key) => desired.revertedAdditions.has(key)) && !keys.some(isClaim)) return null
  return { hash, keys, reason }
}

/** What names a set of deletions: the same for the same keys, whatever their order. */
export function deletionHash(keys: readonly ObjectKey[]): string {
  return stableHash([...keys].sort())
}

/** True when the text is the hash or at least its first 8 letters; case does not matter. */
export function namesHash(text: string, hash: string): boolean {
  return text.length >= HASH_PREFIX_MIN && hash.startsWith(text.toLowerCase())
}

/** Why these deletions need a confirmation; null when they need none. */
function brakeReason({ deletions, inventory, desired }: BrakeInput): string | null {
  if (deletions.length === 0) return null
  const lasting = deletions.filter((entry) => isNamespace(entry.key) || isClaim(entry.key))
  if (lasting.length > 0) return `deletes ${lasting.map((entry) => formatKey(entry.key)).join(', ')}`
  const fraction = desired.configuration.deleteBrakeFraction
  const allowed = Math.max(1, fraction * inventory.size)
  if (deletions.length > allowed + ROUNDING) {
    return `deletes ${deletions.length} of ${inventory.size} objects, more than ${Math.floor(allowed + ROUNDING)} at once`
  }
  const deletedWorkloads = deletions.filter((entry) => isWorkload(entry.key)).length
  if (deletedWorkloads > 0) {
    let workloads = 0
    for (const key of inventory.keys()) if (isWorkload(key)) workloads++
    if (deletedWorkloads === workloads) {
      return workloads === 1 ? 'deletes the only workload' : `deletes all ${workloads} workloads`
    }
  }
  return null
}

function isNamespace(key: ObjectKey): boolean {
  return parseKey(key).kind === 'Namespace'
}

function isClaim(key: ObjectKey): boolean {
  return parseKey(key).kind === 'PersistentVolumeClaim'
}

function isWorkload(key: ObjectKey): boolean {
  return kindRoles[parseKey(key).kind] !== 'plain'
}
