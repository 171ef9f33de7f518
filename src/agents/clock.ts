/** The clock of the shell: the only place of the agent where time is read. */
import type { Instant } from '../base/instant.js'

export interface Clock {
  now(): Instant
}

export const systemClock: Clock = { now: () => Date.now() }

/** Where the agent writes what people may want to read. */
export interface AgentLog {
  info(message: string): void
  warning(message: string): void
}
