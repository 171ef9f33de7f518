/** Hosts join and leave for good. */
import type { FaultFamily } from './fault-family.js'

/** The host that joins, by the fault's amount. */
export function lateName(amount: number): string {
  return `late${amount}`
}

export const membershipFaults: FaultFamily = {
  name: 'membership',
  weight: 1,
  kinds: [
    {
      name: 'node added',
      weight: 2,
      isOfNode: false,
      forMs: [0, 0],
      amount: [1, 3],
      begin: (world, { amount }) => {
        const name = lateName(amount)
        if (!world.nodes.has(name)) world.addNode({ name })
      },
    },
    {
      name: 'node removed',
      weight: 1,
      isOfNode: true,
      forMs: [0, 0],
      begin: (world, { node }) => {
        // What the pods ask for must still fit.
        if (world.memberCount > 2 && world.isMember(node)) world.removeNode(node)
      },
    },
  ],
}
