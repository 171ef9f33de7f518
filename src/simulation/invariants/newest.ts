/** The newest commit is the one converged to: when the manager says converged, what its agents reported runs that commit. */
import type { Deployment } from '../../model/generated/kubernetes.js'
import { type Invariant, violate } from './invariant.js'

export const newest: Invariant = {
  name: 'newest',
  watch() {
    let checked: unknown = null
    return {
      ticked(world, core) {
        if (!core.isConverged || core.planned === checked || core.desired === null) return
        checked = core.planned
        const pods = [...core.planned.nodes.values()].flatMap((node) => node.pods)
        for (const object of core.desired.objects.values()) {
          if (object.kind !== 'Deployment') continue
          const { spec } = object.manifest as Deployment
          const own = pods.filter((pod) => pod.workload === object.key && pod.stop === null)
          const wanted = spec?.replicas ?? 1
          if (own.length !== wanted)
            violate(world, 'newest', `converged, but ${object.key} has ${own.length} of ${wanted} pods`)
          const image = spec?.template?.spec?.containers[0]?.image
          for (const pod of own) {
            const observed = core.observed.nodes.get(pod.node ?? '')?.pods.get(pod.uid)
            if (observed?.ready !== true) violate(world, 'newest', `converged, but ${pod.name} is not ready`)
            const runs = observed.assigned.spec.containers[0]?.image
            if (runs !== image)
              violate(world, 'newest', `converged, but ${pod.name} runs ${runs} and the newest commit says ${image}`)
          }
        }
      },
    }
  },
}
