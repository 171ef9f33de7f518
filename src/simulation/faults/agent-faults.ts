/** The agent's process dies and is started again, with its ledger or without. */
import type { FaultFamily } from './fault-family.js'

export const agentFaults: FaultFamily = {
  name: 'agent',
  weight: 4,
  kinds: [
    {
      name: 'crash',
      weight: 4,
      isOfNode: true,
      forMs: [50, 20_000],
      begin: (world, { node, forMs }) => world.crashAgent(node, forMs),
    },
    {
      name: 'crash without ledger',
      weight: 1,
      isOfNode: true,
      forMs: [50, 10_000],
      begin: (world, { node, forMs }) => world.crashAgent(node, forMs, true),
    },
  ],
}
