/** `headway history`: the commits that the manager took, and what became of each. */
import { formatDuration } from '../../base/instant.js'
import type { HistoryEntry } from '../../model/status-view.js'
import { openAdminClient } from '../admin-client.js'
import { EXIT_DONE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCommit, formatDurationMs, formatJson } from '../output/format.js'
import { cutText, renderTable } from '../output/table.js'

export interface HistoryOptions extends CommonOptions {
  readonly limit: number
}

export async function runHistory(context: Context, options: HistoryOptions): Promise<ExitCode> {
  const entries = (await openAdminClient(pathsOf(context, options)).history()).slice(0, options.limit)
  if (options.output === 'json') context.out(formatJson(entries))
  else context.out(renderHistory(context, entries) || 'no commit has been taken yet\n')
  return EXIT_DONE
}

function renderHistory(context: Context, entries: readonly HistoryEntry[]): string {
  const { green, yellow, red, dim } = context.colors
  const color = { converged: green, 'rolling-out': yellow, superseded: dim, held: red, failed: red }
  return renderTable(
    ['COMMIT', 'AGE', 'OUTCOME', 'TOOK', 'CREATED', 'STOPPED', 'AUTHOR', 'SUBJECT'],
    entries.map((entry) => [
      formatCommit(entry.revision),
      formatDuration(context.now() - entry.takenAt),
      color[entry.outcome](entry.outcome),
      entry.convergedAt === null ? '-' : formatDurationMs(entry.convergedAt - entry.takenAt),
      String(entry.created),
      String(entry.stopped),
      entry.author,
      cutText(entry.subject, 60),
    ]),
  )
}
