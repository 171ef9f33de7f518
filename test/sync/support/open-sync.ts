/** A sync over some sources whose states are collected. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { DesiredState } from '../../../src/model/desired-state.js'
import type { SourceView } from '../../../src/model/status-view.js'
import { openSync, type SourceOptions, type Sync } from '../../../src/sync/sync.js'
import { waitFor } from '../../support/wait-for.js'

export const DIGEST_KEY = Buffer.from('a key for tests, of 32 bytes len')

export interface TestSync {
  readonly sync: Sync
  readonly states: DesiredState[]
  readonly log: string[]
  readonly stateDirectory: string
  views(): readonly SourceView[]
  /** Waits until desired state is at a commit. */
  reach(commit: string, limitMs?: number): Promise<DesiredState>
}

export async function startSync(sources: readonly SourceOptions[], stateDirectory?: string): Promise<TestSync> {
  const folder = stateDirectory ?? mkdtempSync(path.join(os.tmpdir(), 'headway-state-'))
  process.setMaxListeners(0)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const states: DesiredState[] = []
  const log: string[] = []
  let views: readonly SourceView[] = []
  const sync = await openSync({
    sources,
    stateDirectory: folder,
    digestKey: DIGEST_KEY,
    now: () => Date.now(),
    log: (line) => log.push(line),
    onState: (state) => states.push(state),
    onSource: (next) => {
      views = next
    },
  })
  await sync.start()
  return {
    sync,
    states,
    log,
    stateDirectory: folder,
    views: () => views,
    reach: (commit, limitMs = 5_000) =>
      waitFor(`revision ${commit}`, limitMs, () => {
        const state = sync.desired()
        return state?.revision === commit ? state : undefined
      }),
  }
}

export function localSource(url: string, more: Partial<SourceOptions> = {}): SourceOptions {
  return { id: 'main', url, branch: 'main', path: '', ...more }
}
