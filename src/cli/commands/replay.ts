/** `headway replay`: runs the manager's journal through the planner again, offline, and says whether every plan comes out the same. */

import { type Mismatch, type ReplayedPlan, type ReplayResult, replay } from '../../manager/journal/replay.js'
import { formatGeneration } from '../../model/generation.js'
import type { Plan } from '../../model/plan.js'
import type { Waiting } from '../../model/waiting.js'
import { describeAction } from '../../simulation/describe-plan.js'
import { CliError, EXIT_DONE, EXIT_NO, EXIT_USAGE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { journalFolder, parseInstant, readingJournal } from '../journal-time.js'
import type { CommonOptions } from '../options.js'
import { formatCommit, formatCount, formatJson, formatWaiting } from '../output/format.js'
import { readVersion } from './version.js'

export interface ReplayCommandOptions extends CommonOptions {
  readonly from?: string
  readonly to?: string
  readonly journal?: string
}

export async function runReplay(context: Context, options: ReplayCommandOptions): Promise<ExitCode> {
  const isJson = options.output === 'json'
  const from = options.from === undefined ? null : parseInstant(context, options.from)
  const to = options.to === undefined ? null : parseInstant(context, options.to)
  if (from !== null && to !== null && from > to)
    throw new CliError(EXIT_USAGE, `--from ${timeText(from)} is after --to ${timeText(to)}: swap them`)
  const plans: unknown[] = []
  let waiting: readonly Waiting[] = []
  const result = await readingJournal(() =>
    replay({
      directory: journalFolder(context, options),
      from,
      to,
      onPlan: (replayed) => {
        if (isJson) plans.push(planForPrograms(replayed))
        else context.out(renderPlan(context, replayed, waiting))
        waiting = replayed.plan.waiting
      },
    }),
  )
  const isReproduced = result.mismatch === null
  if (isJson) context.out(formatJson({ reproduced: isReproduced, ...result, plans }))
  else context.out(renderResult(context, result))
  return isReproduced ? EXIT_DONE : EXIT_NO
}

function planForPrograms({ plan, isReproduced }: ReplayedPlan): unknown {
  const { id, parent, revision, madeAt, actions, waiting, brake } = plan
  const generation = formatGeneration(plan.generation)
  const described = actions.map((action) => ({ ...action, text: describeAction(action) }))
  return { id, parent, revision, madeAt, generation, reproduced: isReproduced, actions: described, waiting, brake }
}

/** The plan, its actions, and what newly waits since the one before. */
function renderPlan(context: Context, { plan, isReproduced }: ReplayedPlan, before: readonly Waiting[]): string {
  const { bold, yellow, red, dim } = context.colors
  const known = new Set(before.map(formatWaiting))
  const time = timeText(plan.madeAt)
  const mark = isReproduced ? '' : red('  not as it was made')
  const lines = [`${bold(time)}  plan ${dim(plan.id.slice(0, 8))}  ${headOf(plan)}${mark}`]
  for (const action of plan.actions) lines.push(`  ${describeAction(action)}`)
  for (const text of plan.waiting.map(formatWaiting)) if (!known.has(text)) lines.push(`  ${yellow('waiting')} ${text}`)
  return `${lines.join('\n')}\n`
}

function headOf({ generation, revision }: Plan): string {
  return `generation ${formatGeneration(generation)}, commit ${formatCommit(revision)}`
}

function renderResult(context: Context, { segments, plans, mismatch }: ReplayResult): string {
  const { green, red } = context.colors
  const version = readVersion(context.packageRoot)
  const lines: string[] = []
  for (const { file, isWhole, to, plannerVersion } of segments) {
    const end = timeText(to)
    if (!isWhole) lines.push(`${file} ends at ${end}: it is still being written, or its manager was killed`)
    if (plannerVersion !== version) {
      lines.push(`${file} was written by headway ${plannerVersion}, this is ${version}: plans may differ for that`)
    }
  }
  if (mismatch !== null) lines.push(red(renderMismatch(mismatch)))
  else lines.push(plans === 0 ? noPlanText(segments) : green(`${formatCount(plans, 'plan')}, every one reproduced`))
  return `${lines.join('\n')}\n`
}

function noPlanText(segments: ReplayResult['segments']): string {
  const [first, last] = [segments[0], segments.at(-1)]
  const held =
    first === undefined || last === undefined
      ? ''
      : ` (events from ${timeText(first.from)} to ${timeText(last.to)} were run)`
  return `no plan was made in that time${held}`
}

function timeText(at: number): string {
  return new Date(at).toISOString()
}

function renderMismatch({ file, line, at, detail }: Mismatch): string {
  return `not reproduced: at ${timeText(at)} ${detail} (${file}:${line})`
}
