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
  ],
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
