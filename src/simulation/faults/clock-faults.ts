/** A host's clock jumps forth or back, for a while, or is wrong by much for long. */
import type { World } from '../world.js'
import type { FaultFamily, FaultKind } from './fault-family.js'

export const clockFaults: FaultFamily = {
  name: 'clock',
  weight: 1,
  kinds: [
    { name: 'jump', weight: 1, isOfNode: true, forMs: [1_000, 120_000], amount: [-90_000, 90_000], ...setting() },
    {
      name: 'skew',
      weight: 1,
      isOfNode: true,
      forMs: [60_000, 1_200_000],
      amount: [-3_600_000, 3_600_000],
      ...setting(),
    },
    {
      name: "the manager's",
      weight: 1,
      isOfNode: false,
      forMs: [1_000, 300_000],
      amount: [-600_000, 90_000],
      begin: (world, { amount }) => setManager(world, amount),
      end: (world, { amount }) => setManager(world, -amount),
    },
  ],
}

function setManager(world: World, byMs: number): void {
  world.note(`the clock of the manager is set by ${byMs} ms`)
  world.manager.setClock(byMs)
}

function setting(): Pick<Required<FaultKind>, 'begin' | 'end'> {
  const set = (world: World, node: string, byMs: number): void => {
    world.note(`the clock of ${node} is set by ${byMs} ms`)
    world.node(node).clockOffsetMs += byMs
  }
  return {
    begin: (world, { node, amount }) => set(world, node, amount),
    end: (world, { node, amount }) => set(world, node, -amount),
  }
}
