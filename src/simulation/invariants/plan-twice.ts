/** A plan made twice is empty: right after a plan is in force, planning again from nothing on the same ground changes nothing. */
import { isEmptyPlan, type Plan } from '../../model/plan.js'
import { makePlan } from '../../planner/make-plan.js'
import { describePlan } from '../describe-plan.js'
import { type Invariant, violate } from './invariant.js'

/** The incremental pass and the one from nothing must come to the same; a pass from nothing costs as much as some dozen others. */
const EVERY = 30

export const planTwice: Invariant = {
  name: 'plan-twice',
  watch() {
    let count = 0
    let passes = 0
    return {
      ticked(world, core) {
        // After a pass that found nothing to do: one from nothing must find nothing either.
        if (core.passes === passes || core.isTickDue || core.isPlanInFlight || core.isTakingIn) return
        passes = core.passes
        if (++count % EVERY !== 0) return
        const plan: Plan = makePlan({
          clusterId: world.clusterId,
          now: world.manager.now,
          generation: { epoch: core.generation.epoch, counter: core.generation.counter + 1 },
          desired: core.desired,
          planned: core.planned,
          observed: core.observed,
          confirmed: null,
          isRecovering: core.isRecovering,
        })
        if (!isEmptyPlan(plan))
          violate(world, 'plan-twice', `planning again is not empty:\n${describePlan(plan).join('\n')}`)
      },
    }
  },
}
