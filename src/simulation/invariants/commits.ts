/** An accepted commit is never lost: once the manager has been up for a moment it wants the newest one, and stays with it. */
import type { Instant } from '../../base/instant.js'
import { type Invariant, violate } from './invariant.js'

/** Fetching takes a fraction of this. */
const TAKEN_WITHIN_MS = 1_500

export const commits: Invariant = {
  name: 'commits',
  watch() {
    let pushedAt: Instant = 0
    let upSince: Instant = 0
    let core: unknown = null
    return {
      pushed(world) {
        pushedAt = world.now
      },
      ticked(world, running) {
        if (running !== core) {
          core = running
          upSince = world.now
        }
        const wanted = world.head?.revision
        if (wanted === undefined || world.now - Math.max(pushedAt, upSince, world.manager.awakeSince) < TAKEN_WITHIN_MS)
          return
        if (running.desired?.revision !== wanted)
          violate(
            world,
            'commits',
            `the manager wants ${running.desired?.revision.slice(0, 8) ?? 'nothing'}, the newest commit is ${wanted.slice(0, 8)}`,
          )
      },
    }
  },
}
