/** An invariant: a name, and what it listens to in one run. It throws when what must hold does not. */
import type { World, WorldWatcher } from '../world.js'

export interface Invariant {
  readonly name: string
  /** Makes the watcher of one run. */
  watch(): Partial<WorldWatcher>
}

/** Ends the run: the message names the invariant, so that shrinking knows whether it is the same one. */
export function violate(world: World, invariant: string, detail: string): never {
  throw world.failure(`invariant ${invariant}: ${detail}`)
}
