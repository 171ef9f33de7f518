/**
 * `headway wait`: exit 0 when the revision is healthy, 1 at once when it is held, 1 with the waiting list when it is
 * not there in time. Reads the sources' tips itself, so that it never races a push (DESIGN 4).
 */
import type { RevisionAnswer } from '../../model/admin-api.js'
import { type AdminClient, openAdminClient } from '../admin-client.js'
import { EXIT_DONE, EXIT_NO, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCommit, formatDurationMs, formatJson, formatProblems } from '../output/format.js'
import { openLiveText } from '../output/live.js'
import { reviewText } from '../output/review-text.js'
import { waitingLines } from '../output/waiting-lines.js'
import { readLocalTips, resolveRevision } from '../repository.js'
import { fetchSources, type RevisionProgress, waitForRevision } from '../revision-progress.js'
import { readSettings } from '../state-directory.js'

export interface WaitOptions extends CommonOptions {
  readonly revision?: string
  readonly timeout: number
}

/** Comparing simulates the commit: some hundred milliseconds, more on a busy manager. */
const REVIEW_WAIT_MS = 5_000

export async function runWait(context: Context, options: WaitOptions): Promise<ExitCode> {
  const paths = pathsOf(context, options)
  const settings = readSettings(paths)
  const client = openAdminClient(paths)
  const started = context.now()
  const interrupt = context.takeInterrupts()
  const wanted =
    options.revision === undefined ? await readLocalTips(settings) : [await resolveRevision(settings, options.revision)]
  const remaining = (): number => Math.max(1, options.timeout - (context.now() - started))
  const fetched = await fetchSources(client, { timeoutMs: remaining(), interrupt })
  const remoteTips = fetched.sources.map((source) => source.tip).filter((tip) => tip !== '')
  const revisions = wanted.length > 0 ? wanted : remoteTips
  const live = openLiveText(context, context.err)
  const show = (answer: RevisionAnswer): void => {
    if (options.output === 'text') live.showLines(answerLines(answer))
  }
  let last: { readonly revision: string; readonly progress: RevisionProgress } | null = null
  for (const revision of revisions) {
    const progress = await waitForRevision(client, revision, { timeoutMs: remaining(), interrupt }, show)
    last = { revision, progress }
    if (progress.outcome !== 'converged') break
    last = { revision, progress: await awaitReview(client, progress, Math.min(REVIEW_WAIT_MS, remaining()), interrupt) }
  }
  live.clear()
  if (last === null) return EXIT_DONE
  context.out(renderEnd(context, options, last.revision, last.progress, context.now() - started))
  return last.progress.outcome === 'converged' ? EXIT_DONE : EXIT_NO
}

/** A quick commit is healthy before it is compared with its reviewed plan: what came of that is waited for a little. */
async function awaitReview(
  client: AdminClient,
  progress: RevisionProgress,
  timeoutMs: number,
  interrupt: AbortSignal,
): Promise<RevisionProgress> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([deadline, interrupt])
  let { answer } = progress
  try {
    for (let sequence = 0; answer.reviewed?.outcome === 'checking'; ) {
      sequence = (await client.changes(sequence, signal)).sequence
      answer = await client.revision(answer.revision, signal)
    }
  } catch (error) {
    if (interrupt.aborted || !deadline.aborted) throw error
  }
  // It was healthy, whatever has come since.
  return { ...progress, answer: { ...progress.answer, ...(answer.reviewed && { reviewed: answer.reviewed }) } }
}

/** One look at a revision that is on its way. */
function answerLines(answer: RevisionAnswer): string[] {
  if (!answer.taken) return [`${formatCommit(answer.revision)} has not been taken yet`]
  const waiting = waitingLines(answer.waiting, answer.owners ?? {}).map((line) => `  ${line}`)
  return [`${formatCommit(answer.revision)} is rolling out`, ...waiting]
}

function renderEnd(
  context: Context,
  options: WaitOptions,
  revision: string,
  { outcome, answer }: RevisionProgress,
  elapsedMs: number,
): string {
  if (options.output === 'json') return formatJson({ ...answer, outcome, seconds: elapsedMs / 1_000 })
  const { colors } = context
  const commit = formatCommit(revision)
  const waiting = waitingLines(answer.waiting, answer.owners ?? {})
    .map((line) => `  ${line}\n`)
    .join('')
  const review = answer.reviewed === undefined ? '' : `  ${reviewText(answer.reviewed, colors)}\n`
  switch (outcome) {
    case 'converged':
      return `${colors.green('healthy')}: ${commit} after ${formatDurationMs(elapsedMs)}\n${review}`
    case 'unknown':
      return `${colors.red('unknown')}: no source has commit ${commit}: push it first\n`
    case 'held':
      return (
        `${colors.red('held')}: ${answer.heldApps.length === 0 ? commit : answer.heldApps.join(', ')}: ` +
        `the last good version stays until these are mended\n${formatProblems(colors, answer.problems)}`
      )
    case 'brake':
      return `${colors.yellow('deletions wait')}: all but the deletions of ${commit} is done\n${waiting}${review}`
    case 'timeout':
      return `${colors.red('not healthy')}: ${commit} after ${formatDurationMs(elapsedMs)}, waiting for\n${waiting}${review}`
  }
}
