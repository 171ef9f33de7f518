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

export interface BrakeDecision {
  /** Null when everything may go. */
  readonly brake: DeleteBrake | null
  /** What may go now. */
  readonly released: readonly InventoryEntry[]
  /** What the brake holds, each marked with the set it was first held in. */
  readonly held: readonly InventoryEntry[]
}

/**
 * Which of these deletions may go. What was held once stays held until it is confirmed, though later commits make the
 * inventory larger; new deletions join it, and the hash of either set confirms.
 */
export function decideBrake(input: BrakeInput): BrakeDecision {
  const { deletions, desired } = input
  // A trailer speaks of what was there when it was written: what came, or came back, later is a deletion of its own.
  const isConfirmed = (hash: string, entries: readonly InventoryEntry[]): boolean =>
    (input.confirmed !== null && namesHash(input.confirmed, hash)) ||
    desired.confirmations.some(
      (trailer) => namesHash(trailer.hash, hash) && !entries.some(({ commit }) => trailer.newer.includes(commit)),
    )
  const released = deletions.filter((entry) => entry.braked !== undefined && isConfirmed(entry.braked, [entry]))
  const open = deletions.filter((entry) => !released.includes(entry))
  const reason = brakeReason({ ...input, deletions: open })
  const all = { brake: null, released: deletions, held: [] }
  if (reason === null) return all
  const keys = open.map((entry) => entry.key)
  const everything = deletionHash(deletions.map((entry) => entry.key))
  if (isConfirmed(everything, deletions) || isConfirmed(deletionHash(keys), open)) return all
  if (keys.every((key) => desired.revertedAdditions.has(key)) && !keys.some(isClaim)) return all
  const hash = deletionHash(keys)
  const held = open.map((entry) => (entry.braked === undefined ? { ...entry, braked: hash } : entry))
  return { brake: { hash, keys, reason }, released, held }
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
  const before = deletions.filter((entry) => entry.braked !== undefined).length
  return before === 0 ? null : `deletes ${deletions.length} objects, of which ${before} were held before`
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
