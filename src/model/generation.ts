/** Fencing: an assignment carries a generation, and an agent refuses one older than it has seen (DESIGN 11). */

/** `epoch` grows with each manager that starts from an empty or older store, `counter` with each plan. */
export interface Generation {
  readonly epoch: number
  readonly counter: number
}

export const zeroGeneration: Generation = { epoch: 0, counter: 0 }

/** Negative when left is older, 0 when equal, positive when newer. */
export function compareGenerations(left: Generation, right: Generation): number {
  return left.epoch - right.epoch || left.counter - right.counter
}

/** `3.17`. */
export function formatGeneration(generation: Generation): string {
  return `${generation.epoch}.${generation.counter}`
}
