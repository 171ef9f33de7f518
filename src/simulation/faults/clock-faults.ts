/** A host's clock is wrong, or jumps forth or back. */
import type { FaultFamily } from './fault-family.js'

export const clockFaults: FaultFamily = {
  name: 'clock',
  weight: 1,
  kinds: [
    {
      name: 'jump',
      weight: 1,
      isOfNode: true,
      forMs: [1_000, 120_000],
      amount: [-90_000, 90_000],
      begin: (world, { node, amount }) => {
        world.note(`the clock of ${node} jumps by ${amount} ms`)
        world.node(node).clockOffsetMs += amount
      },
      end: (world, { node, amount }) => {
        world.note(`the clock of ${node} jumps by ${-amount} ms`)
        world.node(node).clockOffsetMs -= amount
      },
    },
  ],
}
