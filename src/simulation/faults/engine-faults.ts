/** The container engine fails or hangs, its events never come; somebody kills or removes containers. */
import type { FaultFamily } from './fault-family.js'

const HARMS = ['kill', 'remove', 'out-of-memory'] as const

export const engineFaults: FaultFamily = {
  name: 'engine',
  weight: 4,
  kinds: [
    {
      name: 'errors',
      weight: 2,
      isOfNode: true,
      forMs: [2_000, 60_000],
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
      forMs: [500, 60_000],
      // 0: the stream breaks in the end; 1: it stays up all the while, and nobody says that it was silent.
      amount: [0, 1],
      begin: (world, { node }) => {
        world.note(`events of the engine of ${node} never come`)
        world.node(node).engine.faults.setDeaf(true)
      },
      end: (world, { node, amount }) => {
        world.note(`the engine of ${node} has events again`)
        world.node(node).engine.faults.setDeaf(false, amount === 0)
      },
    },
    {
      name: 'lost event',
      weight: 2,
      isOfNode: true,
      forMs: [10, 2_000],
      amount: [0, 20],
      begin: (world, { node, amount }) => {
        world.note(`somebody kills a container at ${node}, and no event tells of it`)
        world.node(node).engine.faults.setDeaf(true)
        world.node(node).engine.harm(amount, HARMS[amount % 3]!)
      },
      end: (world, { node }) => world.node(node).engine.faults.setDeaf(false, false),
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
