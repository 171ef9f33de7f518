/**
 * Collects the garbage of passes while nobody waits. A pass of a large cluster leaves some megabytes behind, and collecting
 * them takes about as long as the pass; some of it grows old before it is garbage, and marking what is old takes hundreds of
 * milliseconds beside several passes. Left to itself the engine does either in the middle of a later pass.
 */
import { getHeapSpaceStatistics } from 'node:v8'

/** Less than half of what the manager's young space holds (node-options.ts): no pass fills the rest. */
const YOUNG_FROM_BYTES = 24 * 1024 ** 2
/** Old objects of smaller managers are marked within a few milliseconds: the engine may choose when. */
const OLD_FROM_BYTES = 256 * 1024 ** 2
/** Old objects are collected when there are this many times as many as were last needed; the engine itself waits for four. */
const OLD_GROWTH = 2

export type Collected = 'old' | 'young' | 'nothing'

/** What is to be called whenever nothing is due; says what it collected. Without `--expose-gc` it does nothing. */
export function makeIdleCollector(): () => Collected {
  let needed = Number.POSITIVE_INFINITY
  return () => {
    const { gc } = globalThis
    if (gc === undefined) return 'nothing'
    const { young, old } = usedBytes()
    // The engine collects as well: it was needed only as long as nothing less remains.
    needed = Math.min(needed, old)
    if (old >= OLD_FROM_BYTES && old > needed * OLD_GROWTH) {
      gc()
      needed = usedBytes().old
      return 'old'
    }
    if (young < YOUNG_FROM_BYTES) return 'nothing'
    gc({ type: 'minor', execution: 'sync' })
    return 'young'
  }
}

function usedBytes(): { readonly young: number; readonly old: number } {
  let young = 0
  let old = 0
  for (const { space_name: name, space_used_size: used } of getHeapSpaceStatistics()) {
    if (name === 'new_space') young += used
    else if (name === 'old_space' || name === 'large_object_space') old += used
  }
  return { young, old }
}
