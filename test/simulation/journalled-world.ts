/** Simulated runs whose managers keep a journal, each process in a folder of its own. */
import { mkdtempSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { ManagerCore, type ManagerEvent } from '../../src/manager/core/manager-core.js'
import { type Journal, type JournalOptions, openJournal } from '../../src/manager/journal/journal.js'

export interface Journals {
  /** One for each manager process, in order. */
  readonly directories: readonly string[]
  readonly log: readonly string[]
}

/** Runs something in which manager cores live and writes down what each is told. */
export async function withJournals(run: () => Promise<void>, options: Partial<JournalOptions> = {}): Promise<Journals> {
  const root = mkdtempSync('/tmp/hwjournal-')
  const log: string[] = []
  const journals = new Map<ManagerCore, Journal>()
  const directories: string[] = []
  let now = 0
  const open = (core: ManagerCore): Journal => {
    const directory = path.join(root, `process${journals.size}`)
    directories.push(directory)
    const journal = openJournal(core, {
      directory,
      clusterId: 'c',
      plannerVersion: '0.1.0',
      now: () => now,
      log: (line) => log.push(line),
      ...options,
    })
    journals.set(core, journal)
    return journal
  }
  const { handle } = ManagerCore.prototype
  ManagerCore.prototype.handle = function (this: ManagerCore, event: ManagerEvent, at: number) {
    now = at
    const journal = journals.get(this) ?? open(this)
    const effects = handle.call(this, event, at)
    journal.handled(event, at, effects)
    return effects
  }
  try {
    await run()
    for (const journal of journals.values()) await journal.close()
  } finally {
    ManagerCore.prototype.handle = handle
  }
  return { directories, log }
}

/** The files of a journal, in order. */
export function filesIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .sort()
    .map((name) => path.join(directory, name))
}
