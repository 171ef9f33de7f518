/**
 * Every wait names a true reason, and nothing is held back without one: each pod that is pending, not ready or on its way
 * out is named, itself or by its owner (DESIGN 9).
 */
import type { ManagerCore } from '../../manager/core/manager-core.js'
import type { Waiting } from '../../model/waiting.js'
import type { World } from '../world.js'
import { Ground, isLeaving, isServing, podKeyOf } from './ground.js'
import { type Invariant, violate } from './invariant.js'
import { whyUntrue } from './true-reasons.js'

export const waiting: Invariant = {
  name: 'waiting',
  watch() {
    let checked: readonly Waiting[] = []
    let planned: unknown = null
    let observed: unknown = null
    return {
      ticked(world, core) {
        // Until desired state is read nothing goes on, whatever it waits on.
        if (core.isTickDue || core.isPlanInFlight || core.isTakingIn || core.desired === null) return
        // What nothing was added to, of which nothing changed, was looked at before.
        const isSame = core.planned === planned && core.observed === observed
        if (isSame && core.waiting === checked) return
        checked = core.waiting
        planned = core.planned
        observed = core.observed
        check(world, core)
      },
    }
  },
}

function check(world: World, core: ManagerCore): void {
  const ground = new Ground(core, { planned: core.planned, observed: core.observed, now: world.manager.now })
  const named = new Set<string>()
  for (const wait of core.waiting) {
    if (wait.key !== null) named.add(wait.key)
    const why = whyUntrue(ground, wait)
    if (why !== null) violate(world, 'waiting', `${wait.key ?? 'all'} waits on ${wait.on} (${wait.detail}), but ${why}`)
  }
  for (const pod of ground.pods) {
    if (!isLeaving(pod) && isServing(ground.moment, pod)) continue
    if (!named.has(podKeyOf(pod)) && !named.has(pod.workload))
      violate(world, 'waiting', `nothing says what ${pod.name} waits on, which is not ready or not gone`)
  }
}
