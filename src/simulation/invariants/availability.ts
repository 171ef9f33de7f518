/**
 * What we stop by our own doing (rollout, scale-down, drain) never leaves a Deployment with fewer serving pods than its
 * strategy allows. Serving: ready by the last word of a node that is heard.
 */
import type { Instant } from '../../base/instant.js'
import type { Deployment } from '../../model/generated/kubernetes.js'
import type { ObservedState } from '../../model/observed-state.js'
import type { PlannedPod, PlannedState } from '../../model/planned-state.js'
import { type Invariant, violate } from './invariant.js'

/** DESIGN 12. */
const SILENCE_MS = 4_000
const VOLUNTARY = ['rollout', 'scale-down', 'drain']

export const availability: Invariant = {
  name: 'availability',
  watch: () => ({
    planned(world, { plan, desired, observed, before, after }) {
      const stops = plan.actions.flatMap((action) =>
        (action.type === 'stop-pod' || action.type === 'leave-endpoints') && VOLUNTARY.includes(action.reason)
          ? [{ pod: action.pod, reason: action.reason as string }]
          : [],
      )
      if (stops.length === 0) return
      const known = new Map(podsOf(before).map((pod) => [pod.uid, pod]))
      for (const { pod: uid, reason } of stops) {
        const stopped = known.get(uid)
        // From leaving to stopping is no new loss.
        if (stopped === undefined || isLeaving(stopped) || !isServing(observed, stopped, plan.madeAt)) continue
        const { workload } = stopped
        const object = desired?.objects.get(workload)
        if (object?.kind !== 'Deployment') continue
        const { spec } = object.manifest as Deployment
        if (spec?.strategy?.type === 'Recreate') continue
        const replicas = spec?.replicas ?? 1
        const rolling = spec?.strategy?.rollingUpdate
        const surge = amountOf(rolling?.maxSurge, replicas, Math.ceil)
        let spare = amountOf(rolling?.maxUnavailable, replicas, Math.floor)
        if (surge === 0) spare = Math.max(1, spare)
        // A drain without room elsewhere may take one more, never the last.
        if (reason === 'drain' && replicas > 1) spare = Math.max(1, spare)
        const serving = podsOf(after).filter(
          (pod) => pod.workload === workload && !isLeaving(pod) && isServing(observed, pod, plan.madeAt),
        ).length
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

function podsOf(state: PlannedState): readonly PlannedPod[] {
  return [...state.nodes.values()].flatMap((node) => node.pods)
}

function isLeaving(pod: PlannedPod): boolean {
  return pod.stop !== null && pod.stop.phase !== 'replacing'
}

/** Ready by the last word of a node that is heard at `at`. */
function isServing(observed: ObservedState, pod: PlannedPod, at: Instant): boolean {
  const node = observed.nodes.get(pod.node ?? '')
  if (node === undefined) return false
  const isHeard = node.silentSince === null || at - Math.max(node.silentSince, observed.heardSince) < SILENCE_MS
  return isHeard && node.pods.get(pod.uid)?.ready === true
}

function amountOf(amount: number | string | undefined, replicas: number, round: (value: number) => number): number {
  const value = amount ?? '25%'
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) * replicas) / 100)
}
