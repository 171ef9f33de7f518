/** The container engine fails or hangs, its events never come; somebody kills or removes containers. */
import type { FaultFamily } from './fault-family.js'

export const engineFaults: FaultFamily = {
  name: 'engine',
  weight: 4,
  kinds: [
    {
      name: 'errors',
      weight: 2,
      isOfNode: true,
      forMs: [1_000, 30_000],
      amount: [5, 100],
      begin: (world, { node, amount }) => {
        world.note(`${amount} % of the engine's operations at ${node} fail`)
        world.node(node).engine.faults.errorShare = amount / 100
      },
      end: (world, { node }) => {
        world.note(`the engine of ${node} is well again`)
        world.node(node).engine.faults.errorShare = 0
      },
    },
    {
      name: 'hang',
      weight: 2,
      isOfNode: true,
      forMs: [500, 90_000],
      begin: (world, { node }) => {
        world.note(`the engine of ${node} hangs`)
        world.node(node).engine.faults.setHanging(true)
      },
      end: (world, { node }) => {
        world.note(`the engine of ${node} goes on`)
        world.node(node).engine.faults.setHanging(false)
      },
    },
    {
      name: 'no events',
      weight: 2,
      isOfNode: true,
      forMs: [500, 20_000],
      begin: (world, { node }) => {
        world.note(`events of the engine of ${node} never come`)
        world.node(node).engine.faults.setDeaf(true)
      },
      end: (world, { node }) => {
        world.note(`the engine of ${node} has events again`)
        world.node(node).engine.faults.setDeaf(false)
      },
    },
    {
      name: 'killed container',
      weight: 2,
      isOfNode: true,
      forMs: [0, 0],
      amount: [0, 20],
      begin: (world, { node, amount }) => {
        world.note(`somebody kills a container at ${node}`)
        world.node(node).engine.harm(amount, amount % 2 === 0 ? 'kill' : 'out-of-memory')
      },
    },
    {
      name: 'removed container',
      weight: 1,
      isOfNode: true,
      forMs: [0, 0],
      amount: [0, 20],
      begin: (world, { node, amount }) => {
        world.note(`somebody removes a container at ${node}`)
        world.node(node).engine.harm(amount, 'remove')
      },
    },
  ],
}
