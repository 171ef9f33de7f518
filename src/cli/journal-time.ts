/** Times of the journal as a person writes them, and its errors with an exit code. */
import path from 'node:path'
import { JournalError } from '../manager/journal/read-segment.js'
import { CliError, codeOf, EXIT_NO, EXIT_UNREACHABLE, EXIT_USAGE, messageOf } from './cli-error.js'
import type { Context } from './context.js'
import { type CommonOptions, pathsOf } from './options.js'
import { parseDuration } from './output/format.js'

/** A time: `2026-11-21T10:00:00Z`, `2026-11-21 10:00` and `10:00:30` (both local), or `10m` and `10m ago` for ten minutes ago. Error 2. */
export function parseInstant(context: Context, text: string): number {
  const ago = /^\d+$/.test(text) ? null : parseDuration(text.replace(/ ago$/, ''))
  if (ago !== null) return context.now() - ago
  const isTimeOfDay = /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$/.test(text)
  const instant = isTimeOfDay ? todayAt(context.now(), text) : Date.parse(text.replace(' ', 'T'))
  if (/^\d{4}-\d\d-\d\d/.test(text) || isTimeOfDay) if (!Number.isNaN(instant)) return instant
  throw new CliError(
    EXIT_USAGE,
    `"${text}" is no time: write 2026-11-21T10:00:00Z, 10:00:30 for today, or 10m for ten minutes ago`,
  )
}

function todayAt(now: number, text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number)
  const day = new Date(now)
  return day.setHours(hours, minutes, Math.trunc(seconds), Math.round((seconds % 1) * 1_000))
}

/** `--journal`, else journal/ in the state directory. */
export function journalFolder(context: Context, options: CommonOptions & { readonly journal?: string }): string {
  if (options.journal !== undefined) return path.resolve(context.cwd, options.journal)
  return path.join(pathsOf(context, options).directory, 'journal')
}

/** Runs what reads a journal: what goes wrong becomes an error with an exit code. */
export async function readingJournal<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof JournalError) throw new CliError(EXIT_NO, error.message, { cause: error })
    const isRefused = codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM'
    if (!isRefused) throw error
    const advice = 'it belongs to another user: run this command as the one who ran "headway up"'
    throw new CliError(EXIT_UNREACHABLE, `read the journal: ${messageOf(error)}: ${advice}`, { cause: error })
  }
}
