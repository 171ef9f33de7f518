/** Only what Headway itself applied is deleted, and no container is touched that does not carry this cluster's id. */
import { LABEL_CLUSTER } from '../../agents/core/container-names.js'
import { type Invariant, violate } from './invariant.js'

export const inventory: Invariant = {
  name: 'inventory',
  watch: () => ({
    planned(world, { plan, before, after }) {
      for (const [key, entry] of plan.delta.inventory)
        if (entry === null && !before.inventory.has(key))
          violate(world, 'inventory', `${key} is deleted and was never applied`)
      for (const action of plan.actions) {
        if (action.type !== 'stop-pod' || action.reason !== 'prune') continue
        const pod = before.nodes.get(action.node)?.pods.find(({ uid }) => uid === action.pod)
        if (pod?.stop === null && !before.inventory.has(pod.workload))
          violate(world, 'inventory', `${action.name} is pruned and ${pod.workload} was never applied`)
        if (pod?.stop === null && after.inventory.has(pod.workload))
          violate(world, 'inventory', `${action.name} is pruned while the deletion of ${pod.workload} waits`)
      }
    },
    operates(world, node, operation) {
      if (!('containerId' in operation)) return
      const container = node.engine.inspect(operation.containerId)
      if (container !== null && container.labels[LABEL_CLUSTER] !== world.clusterId)
        violate(
          world,
          'inventory',
          `${node.name} is to ${operation.type} ${container.name}, which is not of this cluster`,
        )
    },
  }),
}
