/** Hosts lose power, or stand still for a while. */
import type { FaultFamily } from './fault-family.js'

export const hostFaults: FaultFamily = {
  name: 'host',
  weight: 2,
  kinds: [
    {
      name: 'power cut',
      weight: 2,
      isOfNode: true,
      forMs: [500, 90_000],
      begin: (world, { node }) => world.killNode(node),
      end: (world, { node }) => world.bootNode(node),
    },
    {
      name: 'pause',
      weight: 1,
      isOfNode: true,
      forMs: [500, 60_000],
      begin: (world, { node }) => world.pauseNode(node),
      end: (world, { node }) => world.resumeNode(node),
    },
  ],
}
