/** One `headway up` at a time starts things in a state directory; the lock of one that has died does not count. */
import { linkSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CliError, codeOf, EXIT_USAGE } from '../cli-error.js'
import type { StatePaths } from '../state-directory.js'
import { findProcess, writePidFile } from './pid-file.js'

/** Takes the lock; gives what releases it. Error 2 while another `headway up` holds it. */
export function acquireStartLock(paths: StatePaths): () => void {
  const lock = path.join(paths.directory, 'up.lock')
  const own = `${lock}.${process.pid}`
  writeFileSync(own, '')
  writePidFile(own, process.pid)
  try {
    // A link is made whole or not at all, and never over another.
    for (let attempt = 0; ; attempt++) {
      try {
        linkSync(own, lock)
        return () => rmSync(lock, { force: true })
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error
        const holder = findProcess(lock)
        if (holder !== null || attempt === 3)
          throw new CliError(
            EXIT_USAGE,
            `another "headway up" (process ${holder?.pid ?? 'unknown'}) is starting this cluster: wait for it, then "headway status"`,
          )
        rmSync(lock, { force: true })
      }
    }
  } finally {
    rmSync(own, { force: true })
  }
}
