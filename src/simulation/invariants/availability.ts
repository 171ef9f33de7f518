/**
 * What we stop by our own doing (rollout, scale-down, drain) never leaves a Deployment with fewer serving pods than its
 * strategy allows. Serving: ready by the last word of a node that is heard. What the same plan takes for a pod of higher
 * priority asks no strategy, and is not counted against it.
 */
import type { Deployment } from '../../model/generated/kubernetes.js'
import { budgetsOver } from './budget-need.js'
import { isLeaving, isServing, podsOf, seenIn } from './ground.js'
import { type Invariant, violate } from './invariant.js'

const VOLUNTARY = ['rollout', 'scale-down', 'drain', 'rebalance']

export const availability: Invariant = {
  name: 'availability',
  watch: () => ({
    planned(world, { plan, desired, observed, before, after }) {
      const ended = plan.actions.flatMap((action) =>
        action.type === 'stop-pod' || action.type === 'leave-endpoints'
          ? [{ pod: action.pod, reason: action.reason as string }]
          : [],
      )
      const stops = ended.filter(({ reason }) => VOLUNTARY.includes(reason))
      if (stops.length === 0) return
      const moment = { planned: before, observed, now: plan.madeAt }
      const known = new Map(podsOf(before).map((pod) => [pod.uid, pod]))
      for (const { pod: uid, reason } of stops) {
        const stopped = known.get(uid)
        // From leaving to stopping is no new loss.
        if (stopped === undefined || isLeaving(stopped) || !isServing(moment, stopped)) continue
        const { workload } = stopped
        const object = desired?.objects.get(workload)
        if (object?.kind !== 'Deployment') continue
        const { spec } = object.manifest as Deployment
        if (spec?.strategy?.type === 'Recreate') continue
        // Ready and not available yet: no loss to its owner.
        const readySince = seenIn(observed, stopped)?.readySince ?? 0
        if (readySince + (spec?.minReadySeconds ?? 0) * 1_000 > plan.madeAt) continue
        const replicas = spec?.replicas ?? 1
        const rolling = spec?.strategy?.rollingUpdate
        const surge = amountOf(rolling?.maxSurge, replicas, Math.ceil)
        let spare = amountOf(rolling?.maxUnavailable, replicas, Math.floor)
        if (surge === 0) spare = Math.max(1, spare)
        const isMoved = reason === 'drain' || reason === 'rebalance'
        // Then its budget says how many.
        if (isMoved && budgetsOver(stopped, moment, desired).length > 0) continue
        // A drain without room elsewhere may take one more, never the last.
        if (isMoved && replicas > 1) spare = Math.max(1, spare)
        const preempted = ended.filter(({ pod, reason }) => {
          const before = reason === 'preemption' ? known.get(pod) : undefined
          return before?.workload === workload && !isLeaving(before) && isServing(moment, before)
        })
        const serving =
          podsOf(after).filter((pod) => pod.workload === workload && !isLeaving(pod) && isServing(moment, pod)).length +
          preempted.length
        if (serving < replicas - spare)
          violate(
            world,
            'availability',
            `${workload} has ${serving} serving pods after ${reason} and needs ${replicas - spare}`,
          )
      }
    },
  }),
}

function amountOf(amount: number | string | undefined, replicas: number, round: (value: number) => number): number {
  const value = amount ?? '25%'
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) * replicas) / 100)
}
