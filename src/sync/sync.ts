/**
 * The door of sync: git sources in, desired state out. It watches every source, turns the newest commit into a
 * validated `DesiredState`, and keeps the contents of configuration in a vault that nothing else sees.
 */
import { openSyncLoop } from './sync-loop.js'
import type { Sync, SyncOptions } from './sync-types.js'

export type { SourceOptions, Sync, SyncOptions } from './sync-types.js'

/** Opens the sources and the parse cache; throws SyncError on options that cannot work. Nothing is read before start(). */
export function openSync(options: SyncOptions): Promise<Sync> {
  return openSyncLoop(options)
}
