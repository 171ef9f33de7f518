/** The link between a host and the manager is cut (one way, too), slow, says things twice, or breaks and loses what was on the way. */
import type { FaultFamily } from './fault-family.js'

export const networkFaults: FaultFamily = {
  name: 'network',
  weight: 5,
  kinds: [
    {
      name: 'cut',
      weight: 3,
      isOfNode: true,
      forMs: [200, 60_000],
      begin: (world, { node }) => world.cutNode(node),
      end: (world, { node }) => world.healNode(node),
    },
    {
      name: 'cut to the manager',
      weight: 1,
      isOfNode: true,
      forMs: [200, 40_000],
      begin: (world, { node }) => world.cutNode(node, 'to-manager'),
      end: (world, { node }) => world.healNode(node, 'to-manager'),
    },
    {
      name: 'cut to the agent',
      weight: 1,
      isOfNode: true,
      forMs: [200, 40_000],
      begin: (world, { node }) => world.cutNode(node, 'to-agent'),
      end: (world, { node }) => world.healNode(node, 'to-agent'),
    },
    {
      name: 'slow',
      weight: 2,
      isOfNode: true,
      forMs: [1_000, 40_000],
      amount: [20, 6_000],
      begin: (world, { node, amount }) => world.delayNode(node, amount),
      end: (world, { node }) => world.delayNode(node, null),
    },
    {
      name: 'repeated',
      weight: 1,
      isOfNode: true,
      forMs: [1_000, 60_000],
      begin: (world, { node }) => world.repeatNode(node, true),
      end: (world, { node }) => world.repeatNode(node, false),
    },
    {
      name: 'reset',
      weight: 3,
      isOfNode: true,
      forMs: [0, 0],
      amount: [0, 1],
      begin: (world, { node, amount }) => world.resetLink(node, amount === 0 ? null : 600),
    },
  ],
}
