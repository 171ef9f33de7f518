/**
 * Pid files that tell a process from another that got its number later: they hold the start time too, in clock ticks
 * since boot, as /proc says it.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { codeOf } from '../cli-error.js'

export interface ProcessIdentity {
  readonly pid: number
  /** Field 22 of /proc/PID/stat. */
  readonly startTicks: string
}

/** The identity of a running process; null when there is none with this pid, or it is a zombie. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null
  }
  // The command's name may hold blanks and brackets: fields are counted from its closing bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields[0]
  const startTicks = fields[19]
  if (startTicks === undefined || state === 'Z' || state === 'X') return null
  return { pid, startTicks }
}

/** Writes the pid file of a running process; error when it has ended already. */
export function writePidFile(file: string, pid: number): void {
  const identity = identifyProcess(pid)
  if (identity === null) throw new Error(`process ${pid} has ended already`)
  writeFileSync(`${file}.next`, `${JSON.stringify(identity)}\n`)
  renameSync(`${file}.next`, file)
}

/** The process a pid file speaks of, when it still runs; null otherwise. */
export function findProcess(file: string): ProcessIdentity | null {
  let identity: ProcessIdentity
  try {
    identity = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity
  } catch {
    return null
  }
  const current = identifyProcess(identity.pid)
  return current !== null && current.startTicks === identity.startTicks ? current : null
}

/** True while that very process runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startTicks === identity.startTicks
}

/**
 * Ends the process of a pid file: TERM, then KILL after `graceMs`; removes the file. False when none ran. Error EPERM
 * when it belongs to another user.
 */
export async function stopProcess(file: string, graceMs: number): Promise<boolean> {
  const identity = findProcess(file)
  if (identity !== null) {
    sendSignal(identity, 'SIGTERM')
    if (!(await hasEnded(identity, graceMs))) {
      sendSignal(identity, 'SIGKILL')
      await hasEnded(identity, 5_000)
    }
  }
  rmSync(file, { force: true })
  return identity !== null
}

/** Waits until the process has ended; false when it has not after `limitMs`. */
export async function hasEnded(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  const end = Date.now() + limitMs
  while (isAlive(identity)) {
    if (Date.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}

function sendSignal(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    if (isAlive(identity)) process.kill(identity.pid, signal)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}
