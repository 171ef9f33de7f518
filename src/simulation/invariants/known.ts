/**
 * What runs stays known: a pod that a host has reported and still runs by its newest assignment never vanishes from
 * observed state, whatever becomes of the agent's process (its ledger is on disk).
 */
import { LABEL_POD_UID } from '../../agents/core/container-names.js'
import type { PodUid } from '../../model/assignment.js'
import type { ObservedPod } from '../../model/observed-state.js'
import { type Invariant, violate } from './invariant.js'

export const known: Invariant = {
  name: 'known',
  watch() {
    let core: unknown = null
    let looked: unknown = null
    let seen = new Map<string, ReadonlyMap<PodUid, ObservedPod>>()
    return {
      ticked(world, running) {
        if (running !== core) {
          core = running
          seen = new Map()
        }
        const { nodes } = running.observed
        if (nodes === looked) return
        looked = nodes
        for (const [name, { pods }] of nodes) {
          const before = seen.get(name)
          if (before === pods) continue
          seen.set(name, pods)
          const gone = [...(before?.values() ?? [])].filter(({ uid }) => !pods.has(uid))
          const node = world.nodes.get(name)
          if (gone.length === 0 || node === undefined) continue
          const runs = new Set(node.engine.running().map((container) => container.labels[LABEL_POD_UID]))
          for (const { uid, assigned } of gone) {
            const isAssigned = node.newestAssignment?.pods.some((pod) => pod.uid === uid && pod.stop === null)
            if (runs.has(uid) && isAssigned === true)
              violate(world, 'known', `${assigned.name} runs on ${name} and is reported no longer`)
          }
        }
      },
    }
  },
}
