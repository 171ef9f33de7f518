/** `headway history`: the commits that the manager took, and what became of each; of one, both timelines. */
import { formatDuration } from '../../base/instant.js'
import type { HistoryDetail, HistoryEntry } from '../../model/status-view.js'
import { openAdminClient } from '../admin-client.js'
import { EXIT_DONE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCommit, formatCount, formatDurationMs, formatJson } from '../output/format.js'
import { reviewText, reviewWord } from '../output/review-text.js'
import { cutText, renderTable } from '../output/table.js'
import { renderTimelines, seconds } from '../output/timeline-text.js'
import { resolveRevision } from '../repository.js'
import { type ClusterSettings, findSettings } from '../state-directory.js'

export interface HistoryOptions extends CommonOptions {
  readonly limit: number
}

export async function runHistory(
  context: Context,
  revision: string | undefined,
  options: HistoryOptions,
): Promise<ExitCode> {
  if (revision !== undefined) return showCommit(context, revision, options)
  const entries = (await openAdminClient(pathsOf(context, options)).history()).slice(0, options.limit)
  if (options.output === 'json') context.out(formatJson(entries))
  else context.out(renderHistory(context, entries) || 'no commit has been taken yet\n')
  return EXIT_DONE
}

async function showCommit(context: Context, revision: string, options: HistoryOptions): Promise<ExitCode> {
  const paths = pathsOf(context, options)
  const settings = /^[0-9a-f]{4,}$/.test(revision) ? null : findSettings(paths)
  const commit = settings === null ? revision : await resolveNamed(settings, revision)
  const detail = await openAdminClient(paths).historyDetail(commit)
  context.out(options.output === 'json' ? formatJson(detail) : renderDetail(context, detail))
  return EXIT_DONE
}

/** `REV`, or `SOURCE:REV` in a cluster of several sources. */
async function resolveNamed(settings: ClusterSettings, revision: string): Promise<string> {
  const named = settings.sources.find(({ id }) => revision.startsWith(`${id}:`))
  if (named === undefined) return resolveRevision(settings, revision)
  return resolveRevision({ ...settings, sources: [named] }, revision.slice(named.id.length + 1))
}

const AUTHOR_COLUMNS = 24

function renderHistory(context: Context, entries: readonly HistoryEntry[]): string {
  const hasReviews = entries.some(({ reviewed }) => reviewed !== undefined)
  const plan = hasReviews ? ['PLAN'] : []
  return renderTable(
    ['COMMIT', 'AGE', 'OUTCOME', ...plan, 'TOOK', 'DEVIATION', 'CREATED', 'STOPPED', 'RESTARTS', 'AUTHOR', 'SUBJECT'],
    entries.map((entry) => [
      nameOfCommit(entry),
      formatDuration(context.now() - entry.takenAt),
      colorOutcome(context, entry),
      ...(hasReviews ? [reviewWord(entry.reviewed)] : []),
      entry.convergedAt === null ? '-' : formatDurationMs(entry.convergedAt - entry.takenAt),
      formatDeviation(entry),
      String(entry.created),
      String(entry.stopped),
      String(restartsOf(entry)),
      cutText(nameOf(entry.author), AUTHOR_COLUMNS),
      cutText(entry.subject, 60),
    ]),
  )
}

/** `3f2a91c0`; `shop:3f2a91c0` in a cluster of several sources, whose revisions are no commits. */
function nameOfCommit({ revision, source = '', commits = {} }: HistoryEntry): string {
  const commit = commits[source]
  return commit === undefined ? formatCommit(revision) : `${source}:${formatCommit(commit)}`
}

/** Of what was written before restarts were counted, the pods. */
function restartsOf({ restarts, replaced = 0 }: { readonly restarts?: number; readonly replaced?: number }): number {
  return restarts ?? replaced
}

/** The name without the address, which stands in `history REV`. */
function nameOf(author: string): string {
  return author.replace(/\s*<[^<>]*>$/, '') || author
}

function renderDetail(context: Context, detail: HistoryDetail): string {
  const { bold } = context.colors
  const { predicted } = detail
  const outcome = colorOutcome(context, detail)
  const took =
    detail.convergedAt === null ? outcome : `${outcome} after ${seconds(detail.convergedAt - detail.takenAt)}`
  const deviation = formatDeviation(detail)
  const foreseen = predicted?.convergedMs == null ? 'that it would not converge' : seconds(predicted.convergedMs)
  const said = predicted === null ? '' : `, predicted ${foreseen}${deviation === '-' ? '' : ` (${deviation})`}`
  const restarts = formatCount(restartsOf(detail), 'restart')
  const thought = predicted === null ? '' : `, predicted ${restartsOf(predicted)}`
  const review = detail.reviewed === undefined ? '' : `  ${reviewText(detail.reviewed, context.colors)}\n`
  return `${bold(`${nameOfCommit(detail)} ${detail.subject}`)}
  ${detail.author}, taken at ${new Date(detail.takenAt).toISOString()}
  ${took}${said}; ${restarts}${thought}
${review}${renderTimelines(detail)}`
}

function colorOutcome(context: Context, { outcome }: HistoryEntry): string {
  const { green, yellow, red, dim } = context.colors
  const color = { converged: green, 'rolling-out': yellow, superseded: dim, held: red, failed: red }
  return color[outcome](outcome)
}

/** `+12%`: longer than predicted. */
function formatDeviation({ deviation }: HistoryEntry): string {
  if (deviation === undefined || deviation === null) return '-'
  const percent = Math.round(deviation * 100)
  return `${percent > 0 ? '+' : ''}${percent}%`
}
