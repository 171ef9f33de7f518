/** Images that are not on a host (any more) are slow to pull, or cannot be pulled for a while: there, or anywhere. */
import type { World } from '../world.js'
import type { FaultFamily } from './fault-family.js'

export const imageFaults: FaultFamily = {
  name: 'images',
  weight: 2,
  kinds: [
    {
      name: 'slow pulls',
      weight: 2,
      isOfNode: true,
      forMs: [10_000, 240_000],
      amount: [2, 40],
      begin: (world, { node, amount }) => {
        world.note(`pulls at ${node} take ${amount} times as long`)
        world.node(node).engine.cleanImages()
        world.node(node).engine.faults.pullFactor = amount
      },
      end: (world, { node }) => {
        world.note(`pulls at ${node} are as fast as ever`)
        world.node(node).engine.faults.pullFactor = 1
      },
    },
    {
      name: 'failing pulls',
      weight: 2,
      isOfNode: true,
      forMs: [10_000, 240_000],
      begin: (world, { node }) => {
        world.note(`pulls at ${node} fail`)
        world.node(node).engine.cleanImages()
        world.node(node).engine.faults.failsPulls = true
      },
      end: (world, { node }) => {
        world.note(`pulls at ${node} succeed again`)
        world.node(node).engine.faults.failsPulls = false
      },
    },
    {
      name: 'registry down',
      weight: 1,
      isOfNode: false,
      forMs: [10_000, 240_000],
      begin: (world) => setRegistry(world, true),
      end: (world) => setRegistry(world, false),
    },
  ],
}

/** Hosts that join meanwhile can pull: they have another way to it. */
function setRegistry(world: World, isDown: boolean): void {
  world.note(isDown ? 'the registry is down' : 'the registry is up again')
  for (const node of world.nodes.values()) {
    if (isDown) node.engine.cleanImages()
    node.engine.faults.isRegistryDown = isDown
  }
}
