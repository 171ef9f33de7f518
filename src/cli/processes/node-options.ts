/** How node runs the processes that stay. */

/**
 * The manager's young objects get 64 MiB: with less, collecting them is the longest part of some passes of a large cluster. It takes
 * that memory only as it needs it. With `gc` at hand it collects them between passes.
 */
const MANAGER_OPTIONS: readonly string[] = ['--max-semi-space-size=64', '--expose-gc']

/** An agent shares its host with what it runs: it makes little garbage, and 16 MiB would be filled before any of it is collected. */
const AGENT_OPTIONS: readonly string[] = ['--max-semi-space-size=2']

/** Options of node itself, before the program. */
export function nodeOptions(role: string): readonly string[] {
  return ['--enable-source-maps', ...(role === 'manager' ? MANAGER_OPTIONS : AGENT_OPTIONS)]
}
