/** Disks fill up: the manager's store refuses writes, an agent's ledger stays unwritten, an engine pulls and creates nothing. */
import type { FaultFamily } from './fault-family.js'

export const diskFaults: FaultFamily = {
  name: 'disk',
  weight: 1,
  kinds: [
    {
      name: 'store full',
      weight: 1,
      isOfNode: false,
      forMs: [500, 30_000],
      begin: (world) => {
        world.note("the disk of the manager's store is full")
        world.manager.store.isFull = true
      },
      end: (world) => {
        world.note("the disk of the manager's store has space again")
        world.manager.store.isFull = false
      },
    },
    {
      name: 'ledger full',
      weight: 1,
      isOfNode: true,
      forMs: [500, 30_000],
      // 1: the agent dies with what it could not write.
      amount: [0, 1],
      begin: (world, { node }) => {
        world.note(`the disk of the ledger of ${node} is full`)
        world.node(node).ledger.setFull(true)
      },
      end: (world, { node, amount }) => {
        if (amount === 1) world.crashAgent(node)
        world.note(`the disk of the ledger of ${node} has space again`)
        world.node(node).ledger.setFull(false)
      },
    },
    {
      name: 'engine full',
      weight: 1,
      isOfNode: true,
      forMs: [2_000, 60_000],
      begin: (world, { node }) => {
        world.note(`the disk of the engine of ${node} is full`)
        world.node(node).engine.faults.isDiskFull = true
      },
      end: (world, { node }) => {
        world.note(`the disk of the engine of ${node} has space again`)
        world.node(node).engine.faults.isDiskFull = false
      },
    },
  ],
}
