/**
 * A pod that we stop by our own doing is sent no request any more: no host that can be heard has it in the service tables
 * that its data plane obeys when the stop begins.
 */
import type { PodUid } from '../../model/assignment.js'
import type { SimulatedNode } from '../simulated-node.js'
import { type Invariant, violate } from './invariant.js'

const VOLUNTARY = ['rollout', 'scale-down', 'drain', 'rebalance']

export const endpoints: Invariant = {
  name: 'endpoints',
  watch: () => ({
    planned(world, { plan, before, observed }) {
      for (const action of plan.actions) {
        if (action.type !== 'stop-pod' || !VOLUNTARY.includes(action.reason)) continue
        // One that is not ready serves nobody, whatever a table says.
        if (observed.nodes.get(action.node)?.pods.get(action.pod)?.ready !== true) continue
        for (const node of world.nodes.values()) {
          const seen = observed.nodes.get(node.name)
          if (!node.isWorking || seen === undefined || seen.silentSince !== null) continue
          // What a host obeys it may have come to obey since it last spoke.
          if ((node.appliedNetwork?.version ?? 0) < seen.networkVersion || !serves(node, action.pod)) continue
          violate(
            world,
            'endpoints',
            `${action.name} is told to stop while ${node.name} sends it requests (plan after ${before.id.slice(0, 8)})`,
          )
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
