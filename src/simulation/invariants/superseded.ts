/**
 * No container is made or started for a superseded generation: the newest assignment that came to a host has the pod, and
 * does not order it to stop. The generation an agent has accepted never goes back, unless its disk forgot it.
 */
import { LABEL_POD_UID } from '../../agents/core/container-names.js'
import { compareGenerations, formatGeneration } from '../../model/generation.js'
import { type Invariant, violate } from './invariant.js'

export const superseded: Invariant = {
  name: 'superseded',
  watch: () => ({
    assigned(world, node, _assignment, core) {
      const expected = node.newestAssignment?.generation
      const accepted = core.ledger().assignment?.generation
      if (expected === undefined || (accepted !== undefined && compareGenerations(accepted, expected) >= 0)) return
      const held = accepted === undefined ? 'nothing' : formatGeneration(accepted)
      violate(world, 'superseded', `${node.name} holds ${held} after generation ${formatGeneration(expected)} came`)
    },
    operates(world, node, operation) {
      const newest = node.newestAssignment
      if ((operation.type !== 'create' && operation.type !== 'start') || newest === null) return
      const container = operation.type === 'start' ? node.engine.inspect(operation.containerId) : null
      if (operation.type === 'start' && container === null) return
      const uid = operation.type === 'create' ? operation.plan.pod.uid : container?.labels[LABEL_POD_UID]
      const pod = newest.pods.find((item) => item.uid === uid)
      if (pod !== undefined && pod.stop === null) return
      const name = operation.type === 'create' ? operation.plan.pod.name : container?.name
      const why = pod === undefined ? 'does not have it' : 'orders it to stop'
      const generation = formatGeneration(newest.generation)
      violate(
        world,
        'superseded',
        `${node.name} is to ${operation.type} a container of ${name}; its newest assignment ${generation} ${why}`,
      )
    },
  }),
}
