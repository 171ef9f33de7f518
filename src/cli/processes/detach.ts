/** Starts manager and agent as processes of their own that outlive the command, with a pid file and a log file. */
import { spawn } from 'node:child_process'
import { closeSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { CliError, EXIT_UNREACHABLE } from '../cli-error.js'
import { openLogFile, rotateLog } from './log-file.js'
import { nodeOptions } from './node-options.js'
import { findProcess, type ProcessIdentity, writePidFile } from './pid-file.js'

export interface DetachedProcess {
  /** `manager` or `agent`: names the log file. */
  readonly name: string
  readonly pidFile: string
  readonly logFolder: string
  /** Arguments of the CLI. */
  readonly args: readonly string[]
  /** The CLI's main file. */
  readonly mainFile: string
}

/** The log file of a detached process. */
export function logFileOf(detached: Pick<DetachedProcess, 'name' | 'logFolder'>): string {
  return path.join(detached.logFolder, `${detached.name}.log`)
}

/** Starts the process unless the one of the pid file runs; true when it was started. */
export function startDetached(detached: DetachedProcess): boolean {
  if (findProcess(detached.pidFile) !== null) return false
  const logFile = logFileOf(detached)
  rotateLog(logFile)
  const log = openLogFile(logFile)
  const child = spawn(
    process.execPath,
    [...nodeOptions(detached.name), detached.mainFile, ...detached.args, '--log-file', logFile],
    { detached: true, stdio: ['ignore', log, log], cwd: '/' },
  )
  closeSync(log)
  if (child.pid === undefined)
    throw new CliError(EXIT_UNREACHABLE, `start the ${detached.name}: no process could be made`)
  child.on('error', () => undefined)
  writePidFile(detached.pidFile, child.pid)
  child.unref()
  return true
}

/** The error of a process that ended by itself: the last lines of its log say why. */
export function endedError(detached: DetachedProcess): CliError {
  const logFile = logFileOf(detached)
  const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n  ')
  return new CliError(EXIT_UNREACHABLE, `the ${detached.name} ended by itself; the end of ${logFile}:\n  ${tail}`)
}

/**
 * Asks `probe` until it gives a value, while the process runs. Error when the process ends before, or after `limitMs`.
 */
export async function waitForProcess<T>(
  detached: DetachedProcess,
  limitMs: number,
  probe: () => Promise<T | null>,
): Promise<T> {
  const end = Date.now() + limitMs
  for (;;) {
    const identity: ProcessIdentity | null = findProcess(detached.pidFile)
    const value = await probe()
    if (value !== null) return value
    if (identity === null) throw endedError(detached)
    if (Date.now() > end)
      throw new CliError(
        EXIT_UNREACHABLE,
        `the ${detached.name} did not answer within ${limitMs / 1_000} s: look into ${logFileOf(detached)}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
