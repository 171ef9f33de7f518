/** No pod runs twice: of each container of a pod, one at most runs anywhere; and no two pods that run share an address. */
import { LABEL_ADDRESS, LABEL_CLUSTER, LABEL_CONTAINER, LABEL_POD_UID } from '../../agents/core/container-names.js'
import type { SimulatedNode } from '../simulated-node.js'
import type { World } from '../world.js'
import { type Invariant, violate } from './invariant.js'

/** From an older store nobody can know what was given out since, while the host that has it cannot be reached. */
function isUnknowable(world: World, host: string): boolean {
  return world.hasOlderStore && world.manager.running?.observed.nodes.get(host)?.silentSince !== null
}

/** What a host runs whose disk has lost the order for it: with the store lost too, nobody knows of its address until it is ended. */
function isForgotten(host: SimulatedNode, uid: string | undefined): boolean {
  return host.ledger.losses > 0 && host.newestAssignment?.pods.some((pod) => pod.uid === uid) !== true
}

export const identity: Invariant = {
  name: 'identity',
  watch: () => ({
    started(world, node, container) {
      const uid = container.labels[LABEL_POD_UID]
      const name = container.labels[LABEL_CONTAINER]
      const address = container.labels[LABEL_ADDRESS] ?? ''
      for (const host of world.nodes.values()) {
        if (isUnknowable(world, host.name)) continue
        for (const other of host.engine.running()) {
          if (other.id === container.id || other.labels[LABEL_CLUSTER] !== world.clusterId) continue
          if (other.labels[LABEL_POD_UID] !== uid) {
            if (address === '' || other.labels[LABEL_ADDRESS] !== address) continue
            if (isForgotten(host, other.labels[LABEL_POD_UID])) continue
            violate(
              world,
              'identity',
              `${container.name} starts on ${node.name} with the address ${address} that ${other.name} has on ${host.name}`,
            )
          }
          if (other.labels[LABEL_CONTAINER] === name)
            violate(
              world,
              'identity',
              `${container.name} starts on ${node.name} while ${other.name} runs on ${host.name}`,
            )
        }
      }
    },
  }),
}
