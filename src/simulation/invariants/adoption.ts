/** After the loss of the store every pod that agents report is taken over before anything else is decided (DESIGN 3). */
import { podsOf } from './ground.js'
import { type Invariant, violate } from './invariant.js'

export const adoption: Invariant = {
  name: 'adoption',
  watch() {
    let recovering: unknown = null
    return {
      ticked(world, core) {
        const hasEnded = recovering === core && !core.isRecovering
        recovering = core.isRecovering ? core : null
        if (core.isPlanInFlight || !(hasEnded || (core.isRecovering && !core.isTickDue))) return
        const planned = new Set(podsOf(core.planned).map((pod) => pod.uid))
        for (const [name, { pods }] of core.observed.nodes)
          for (const [uid, { assigned, stopped }] of pods)
            if (!stopped && !planned.has(uid))
              violate(world, 'adoption', `${assigned.name} runs on ${name} and is not taken over`)
      },
    }
  },
}
