/**
 * No container is made or started for a superseded generation: the newest assignment that came to a host has the pod, and
 * does not order it to stop. The generation an agent has accepted never goes back, unless its disk forgot it.
 */
import type { Assignment } from '../../model/assignment.js'
import { compareGenerations, formatGeneration } from '../../model/generation.js'
import { type Invariant, violate } from './invariant.js'

export const superseded: Invariant = {
  name: 'superseded',
  watch() {
    const newest = new Map<string, { readonly assignment: Assignment; readonly losses: number }>()
    return {
      assigned(world, node, assignment, core) {
        const { losses } = node.ledger
        const known = newest.get(node.name)
        const isNewer =
          known === undefined ||
          known.losses !== losses ||
          compareGenerations(assignment.generation, known.assignment.generation) >= 0
        if (isNewer) newest.set(node.name, { assignment, losses })
        const accepted = core.ledger().assignment?.generation
        const expected = newest.get(node.name)!.assignment.generation
        if (accepted === undefined || compareGenerations(accepted, expected) < 0)
          violate(
            world,
            'superseded',
            `${node.name} holds generation ${accepted === undefined ? 'none' : formatGeneration(accepted)} after ${formatGeneration(expected)} came`,
          )
      },
      operates(world, node, operation) {
        if (operation.type !== 'create') return
        const known = newest.get(node.name)
        if (known === undefined || known.losses !== node.ledger.losses) return
        const { uid, name } = operation.plan.pod
        const pod = known.assignment.pods.find((item) => item.uid === uid)
        const generation = formatGeneration(known.assignment.generation)
        if (pod === undefined)
          violate(
            world,
            'superseded',
            `${node.name} makes a container of ${name}, which is not in its assignment ${generation}`,
          )
        if (pod.stop !== null)
          violate(
            world,
            'superseded',
            `${node.name} makes a container of ${name}, which is to stop since ${generation}`,
          )
      },
    }
  },
}
