/**
 * Log files of the detached processes: standard output and error are appended to one file, which is cut by copying once
 * it has grown too long, so that the open descriptors go on writing to it.
 */
import { copyFileSync, existsSync, openSync, renameSync, statSync, truncateSync } from 'node:fs'

/** 10 MiB and four older ones: as for container logs, a log never fills the disk. */
export const LOG_MAX_BYTES = 10 << 20
export const LOG_OLDER_FILES = 4
const CHECK_EVERY_MS = 10_000

/** A descriptor that appends to the file. */
export function openLogFile(file: string): number {
  return openSync(file, 'a', 0o644)
}

/** Moves `file` to `file.1` (and `.1` to `.2` …) by copy when it is longer than `maxBytes`; true when it did. */
export function rotateLog(file: string, maxBytes: number = LOG_MAX_BYTES): boolean {
  if (!existsSync(file) || statSync(file).size <= maxBytes) return false
  for (let index = LOG_OLDER_FILES - 1; index >= 1; index--)
    if (existsSync(`${file}.${index}`)) renameSync(`${file}.${index}`, `${file}.${index + 1}`)
  copyFileSync(file, `${file}.1`)
  truncateSync(file, 0)
  return true
}

/** Looks at the file every few seconds until the process ends; keeps nothing alive. */
export function watchLogSize(file: string): void {
  setInterval(() => rotateLog(file), CHECK_EVERY_MS).unref()
}
