/** Times of the journal as a person writes them, and its errors with an exit code. */
import path from 'node:path'
import { JournalError } from '../manager/journal/read-segment.js'
import { CliError, codeOf, EXIT_NO, EXIT_UNREACHABLE, EXIT_USAGE, messageOf } from './cli-error.js'
import type { Context } from './context.js'
import { type CommonOptions, pathsOf } from './options.js'
import { parseDuration } from './output/format.js'

/** At three in the morning 23:40 is that of the day before; a little ahead it is a time to come, such as an end that is not reached yet. */
const AHEAD_MAX_MS = 60 * 60_000

/** A time: `2026-11-21T10:00:00Z`, `2026-11-21 10:00` and `10:00:30` (both local), or `10m` and `10m ago` for ten minutes ago. Error 2. */
export function parseInstant(context: Pick<Context, 'now'>, text: string): number {
  const ago = /^\d+$/.test(text) ? null : parseDuration(text.replace(/ ago$/, ''))
  if (ago !== null) return context.now() - ago
  const isTimeOfDay = /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$/.test(text)
  const instant = isTimeOfDay ? lastAt(context.now(), text) : Date.parse(text.replace(' ', 'T'))
  if (/^\d{4}-\d\d-\d\d/.test(text) || isTimeOfDay) if (!Number.isNaN(instant)) return instant
  throw new CliError(
    EXIT_USAGE,
    `"${text}" is no time: write 2026-11-21T10:00:00Z, 10:00:30 for the last time it was that, or 10m for ten minutes ago`,
  )
}

function lastAt(now: number, text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number)
  const day = new Date(now)
  const at = day.setHours(hours, minutes, Math.trunc(seconds), Math.round((seconds % 1) * 1_000))
  return at > now + AHEAD_MAX_MS ? day.setDate(day.getDate() - 1) : at
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
