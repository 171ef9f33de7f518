/** More deletions at once than the brake lets pass wait for a confirmation, unless a revert only takes back what was added (DESIGN 7). */
import { type Invariant, violate } from './invariant.js'

export const brake: Invariant = {
  name: 'brake',
  watch: () => ({
    planned(world, { plan, desired, before }) {
      const pruned = plan.actions.flatMap((action) => (action.type === 'prune' ? [action.key] : []))
      const limit = Math.max(1, Math.floor(before.inventory.size * 0.2))
      if (pruned.length <= limit || world.hasConfirmed) return
      if (pruned.every((key) => desired?.revertedAdditions.has(key) === true)) return
      violate(world, 'brake', `${pruned.length} of ${before.inventory.size} objects are deleted at once, unconfirmed`)
    },
  }),
}
