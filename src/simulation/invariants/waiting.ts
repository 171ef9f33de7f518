/** Every wait names a true reason, and nothing is held back without one (DESIGN 9). */
import type { ManagerCore } from '../../manager/core/manager-core.js'
import type { Waiting } from '../../model/waiting.js'
import { type Invariant, violate } from './invariant.js'

export const waiting: Invariant = {
  name: 'waiting',
  watch() {
    let checked: unknown = null
    return {
      ticked(world, core) {
        if (core.isTickDue || core.isPlanInFlight || core.isTakingIn || core.waiting === checked) return
        checked = core.waiting
        for (const wait of core.waiting) {
          const why = whyUntrue(core, wait)
          if (why !== null)
            violate(world, 'waiting', `${wait.key ?? 'all'} waits on ${wait.on} (${wait.detail}), but ${why}`)
        }
        const isHeld = core.desired === null || [...core.desired.apps.values()].some((app) => app.held)
        if (core.waiting.length > 0 || isHeld || core.brake !== null) return
        const left = [...core.planned.pending, ...[...core.planned.nodes.values()].flatMap((node) => node.pods)].find(
          (pod) => pod.stop !== null || core.observed.nodes.get(pod.node ?? '')?.pods.get(pod.uid)?.ready !== true,
        )
        if (left !== undefined) violate(world, 'waiting', `nothing waits, but ${left.name} is not ready or not gone`)
      },
    }
  },
}

function whyUntrue(core: ManagerCore, { on, key }: Waiting): string | null {
  const name = key?.split('/').at(-1) ?? ''
  const pods = [...core.planned.nodes.values()].flatMap((node) => node.pods)
  const pod = pods.find((item) => item.name === name)
  const isReady = pod !== undefined && core.observed.nodes.get(pod.node ?? '')?.pods.get(pod.uid)?.ready === true
  switch (on) {
    case 'scheduling':
      return core.planned.pending.some((item) => item.name === name) ? null : 'no such pod is pending'
    case 'readiness':
    case 'image-pull':
    case 'crash-loop':
    case 'container-start':
      if (!key?.startsWith('Pod/')) return null
      return isReady && pod.stop === null ? 'the pod is ready' : null
    case 'node-silence':
      return null
    case 'delete-brake':
      return core.brake === null ? 'no deletion is held' : null
    case 'unreadable-file':
      return core.desired?.hasUnreadable === true ? null : 'everything can be read'
    default:
      return null
  }
}
