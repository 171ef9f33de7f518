/** The manager's process dies, at any await of its own too; its store is lost, or found as it was some time ago. */
import type { FaultFamily } from './fault-family.js'

export const managerFaults: FaultFamily = {
  name: 'manager',
  weight: 3,
  kinds: [
    {
      name: 'crash',
      weight: 3,
      isOfNode: false,
      forMs: [50, 30_000],
      begin: (world, { forMs }) => world.crashManager({ downMs: forMs }),
    },
    {
      name: 'crash at an await',
      weight: 4,
      isOfNode: false,
      forMs: [50, 5_000],
      // A commit takes about six steps of the store.
      amount: [0, 20],
      begin: (world, { forMs, amount }) => {
        world.note(`the manager will die at step ${amount} of its store`)
        world.manager.crashAt(amount, forMs)
      },
    },
    {
      name: 'store lost',
      weight: 1,
      isOfNode: false,
      forMs: [50, 30_000],
      begin: (world, { forMs }) => world.crashManager({ downMs: forMs, store: 'lost' }),
    },
    {
      name: 'store restored from a backup',
      weight: 1,
      isOfNode: false,
      forMs: [500, 60_000],
      begin: (world) => {
        world.note('the store is backed up')
        world.later(0, () => world.manager.store.backUp())
      },
      end: (world) => world.crashManager({ downMs: 500, store: 'restored' }),
    },
    {
      name: 'pause',
      weight: 2,
      isOfNode: false,
      forMs: [500, 30_000],
      begin: (world) => {
        world.note('the manager stands still')
        world.manager.pause()
      },
      end: (world) => {
        world.note('the manager goes on')
        world.manager.resume()
      },
    },
  ],
}
