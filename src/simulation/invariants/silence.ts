/** A node that is not heard is known to be silent at once: its endpoints leave and its pods are replaced from then on (DESIGN 12). */
import { type Invariant, violate } from './invariant.js'

/** Two heartbeats missed, and what the loop takes to look. */
const NOTICED_WITHIN_MS = 2_500

export const silence: Invariant = {
  name: 'silence',
  watch: () => ({
    ticked(world, core) {
      const { heardAt, awakeSince } = world.manager
      for (const [name, { silentSince }] of core.observed.nodes) {
        if (silentSince !== null) continue
        const quietMs = world.now - Math.max(heardAt.get(name) ?? 0, awakeSince)
        if (quietMs > NOTICED_WITHIN_MS)
          violate(world, 'silence', `${name} has said nothing for ${quietMs} ms, and the manager has not noticed`)
      }
    },
  }),
}
