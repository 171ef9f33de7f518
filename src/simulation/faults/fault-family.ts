/** What the faults of one family look like: kinds with weights, how long they last, and how they begin and end. */
import type { Fault } from '../scenario/scenario.js'
import type { World } from '../world.js'

export interface FaultKind {
  readonly name: string
  /** Against the other kinds of its family. */
  readonly weight: number
  readonly isOfNode: boolean
  /** Shortest and longest, in milliseconds; [0, 0] for what is over at once. */
  readonly forMs: readonly [number, number]
  /** Lowest and highest; what it means is the kind's own. */
  readonly amount?: readonly [number, number]
  begin(world: World, fault: NodeFault): void
  /** Makes it whole again, `forMs` later; left out for what ends by itself. */
  end?(world: World, fault: NodeFault): void
}

/** A fault whose host, if its kind has one, is there. */
export interface NodeFault extends Fault {
  readonly node: string
}

export interface FaultFamily {
  readonly name: string
  /** How often one of it happens, against the others, before the seed's own weights. */
  readonly weight: number
  readonly kinds: readonly FaultKind[]
}
