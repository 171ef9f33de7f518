/**
 * A pod that we stop by our own doing is sent no request any more: no host that can be heard has it in the service tables
 * that its data plane obeys when the stop begins.
 */
import type { PodUid } from '../../model/assignment.js'
import type { SimulatedNode } from '../simulated-node.js'
import { type Invariant, violate } from './invariant.js'

export const endpoints: Invariant = {
  name: 'endpoints',
  watch: () => ({
    planned(world, { plan, observed: known }) {
      for (const assignment of plan.assignments) {
        for (const pod of assignment.pods) {
          if (pod.stop === null || !['rollout', 'scale-down', 'drain'].includes(pod.stop.reason)) continue
          for (const node of world.nodes.values()) {
            const observed = known.nodes.get(node.name)
            const isHeard = node.isWorking && observed?.silentSince === null && observed.networkVersion > 0
            if (isHeard && serves(node, pod.uid) && (node.appliedNetwork?.version ?? 0) >= observed.networkVersion)
              violate(world, 'endpoints', `${pod.name} is told to stop while ${node.name} sends it requests`)
          }
        }
      }
    },
  }),
}

function serves(node: SimulatedNode, uid: PodUid): boolean {
  for (const table of node.appliedNetwork?.services.values() ?? [])
    for (const port of table.ports) if (port.endpoints.some((endpoint) => endpoint.uid === uid)) return true
  return false
}
