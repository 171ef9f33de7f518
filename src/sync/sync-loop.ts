import type { Sync, SyncOptions } from './sync.js'
export async function openSyncLoop(_options: SyncOptions): Promise<Sync> {
  throw new Error('not there yet')
}
