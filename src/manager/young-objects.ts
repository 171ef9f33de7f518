/**
 * Collects the garbage of passes while nobody waits. A pass of a large cluster leaves some megabytes behind, and collecting
 * them takes about as long as the pass: left to itself the engine does it in the middle of a later one.
 */
import { getHeapSpaceStatistics } from 'node:v8'

/** Less than half of what the manager's young space holds (node-options.ts): no pass fills the rest. */
const COLLECT_FROM_BYTES = 24 * 1024 ** 2

/** Collects young objects if there are many; true when it did. Without `--expose-gc` it does nothing. */
export function collectYoungObjects(): boolean {
  const { gc } = globalThis
  if (gc === undefined) return false
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')
  if (young === undefined || young.space_used_size < COLLECT_FROM_BYTES) return false
  gc({ type: 'minor', execution: 'sync' })
  return true
}
