/** Pulling images is slow, or fails for a while. */
import type { FaultFamily } from './fault-family.js'

export const imageFaults: FaultFamily = {
  name: 'images',
  weight: 1,
  kinds: [
    {
      name: 'slow pulls',
      weight: 1,
      isOfNode: true,
      forMs: [2_000, 60_000],
      amount: [2, 40],
      begin: (world, { node, amount }) => {
        world.note(`pulls at ${node} take ${amount} times as long`)
        world.node(node).engine.faults.pullFactor = amount
      },
      end: (world, { node }) => {
        world.node(node).engine.faults.pullFactor = 1
      },
    },
    {
      name: 'failing pulls',
      weight: 1,
      isOfNode: true,
      forMs: [2_000, 60_000],
      begin: (world, { node }) => {
        world.note(`pulls at ${node} fail`)
        world.node(node).engine.faults.failsPulls = true
      },
      end: (world, { node }) => {
        world.node(node).engine.faults.failsPulls = false
      },
    },
  ],
}
