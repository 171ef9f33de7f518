/** What `npm run sim` was asked for. */

export interface CommandOptions {
  readonly seed: number
  readonly seeds: number
  readonly nodes: number
  readonly minutes: number
  readonly commit: string
  readonly shrinks: boolean
  /** A folder for shrunk scenarios; empty: none. */
  readonly keep: string
  print(line: string): void
}
