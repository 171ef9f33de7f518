/**
 * `headway plan`: what merging a revision does to the running cluster, by simulating it forward from a snapshot. Exit 0
 * when the cluster would come to rest, 1 when it would not, a budget breaks, or the plan is not as reviewed.
 */
import type { Snapshot } from '../../model/snapshot.js'
import { checkFingerprint, FingerprintError } from '../../simulation/preview/check-fingerprint.js'
import { previewChange } from '../../simulation/preview/preview-change.js'
import type { Preview } from '../../simulation/preview/preview-types.js'
import { CliError, EXIT_DONE, EXIT_NO, EXIT_USAGE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { formatJson, formatKeySafely } from '../output/format.js'
import { renderPlanMarkdown, renderPlanProblem } from '../output/plan-markdown.js'
import { renderPlan } from '../output/plan-text.js'
import { makePlanView, type PlanExtras } from '../output/plan-view.js'
import {
  type BaseState,
  openRevisions,
  type Revisions,
  readSnapshot,
  type SourceCommit,
  type StateOptions,
} from '../plan-states.js'
import { findStateDirectory, statePaths } from '../state-directory.js'
import { findUncommitted } from '../uncommitted.js'
import { previewTogether } from './plan-together.js'

export interface PlanOptions extends StateOptions {
  readonly dir?: string
  readonly output: 'text' | 'json' | 'markdown'
  readonly head?: string
  readonly base?: string
  readonly with?: readonly string[]
  readonly check?: string
}

export async function runPlan(context: Context, options: PlanOptions): Promise<ExitCode> {
  const paths = statePaths(findStateDirectory(context, options.dir))
  const snapshot = await readSnapshot(context, paths, options)
  const revisions = await openRevisions(context, paths, snapshot, options)
  const head = await revisions.resolve(options.head ?? revisions.defaultHead)
  if (options.head === undefined && revisions.checkout !== null) warnOfUncommitted(context, revisions.checkout)
  const base = await resolveBase(revisions, head, options)
  const merged = await revisions.state(head, base)
  if (merged.conflicts.length > 0) {
    const names = merged.conflicts.map(formatKeySafely).join(', ')
    const problem = `${head.id.slice(0, 10)} and ${base.commit.id.slice(0, 10)} both change ${names}: rebase the branch first`
    // A comment on a pull request takes the place of the plan that stood there before.
    if (options.output === 'markdown') context.out(renderPlanProblem(problem))
    throw new CliError(EXIT_NO, problem)
  }
  const retouched = await revisions.retouched(head, base)
  const change = previewChange({ snapshot, base: base.state, head: merged.state, retouched })
  // Of several sources a desired state's revision is none of their commits.
  const preview: Preview = { ...change, base: base.commit.id, head: head.id }
  const extras: PlanExtras = {
    goesBack: merged.goesBack,
    check: options.check === undefined ? null : check(options.check, preview, snapshot),
    together:
      options.with === undefined || options.with.length === 0
        ? null
        : await previewTogether({ revisions, snapshot, base, head, preview, others: options.with }),
  }
  context.out(render(context, preview, extras, options.output))
  const isChecked = extras.check === null || extras.check.asReviewed
  const { others = [], all = null } = extras.together ?? {}
  const isApart = others.every((other) => other.verdict === 'apart') && (all?.newRisks ?? []).length === 0
  return preview.verdict !== 'fail' && isChecked && isApart ? EXIT_DONE : EXIT_NO
}

/** Somebody who has just edited a file would take the plan for one of that. */
function warnOfUncommitted(context: Context, checkout: string): void {
  const files = findUncommitted(checkout)
  const [first] = files
  if (first === undefined) return
  const what = files.length === 1 ? `${first} is` : `${files.length} files (${first} …) are`
  context.err(
    `headway: ${what} changed and not committed: the plan is of HEAD, without ${files.length === 1 ? 'it' : 'them'}\n`,
  )
}

/** In the head's own source: the others stay as they are. */
async function resolveBase(revisions: Revisions, head: SourceCommit, { base }: PlanOptions): Promise<BaseState> {
  const isNamed = base?.includes(':') === true
  const text = base === undefined || isNamed ? base : `${head.source}:${base}`
  const commit = text === undefined ? await revisions.liveCommit(head.source) : await revisions.resolve(text)
  if (commit.source !== head.source)
    throw new CliError(
      EXIT_USAGE,
      `--base is of source ${commit.source} and --head of source ${head.source}: name a base in ${head.source}, or leave it out`,
    )
  return { commit, state: (await revisions.state(commit, null)).state }
}

function check(fingerprint: string, preview: Preview, snapshot: Snapshot): PlanExtras['check'] {
  try {
    return checkFingerprint(fingerprint, preview, snapshot)
  } catch (error) {
    if (error instanceof FingerprintError) throw new CliError(EXIT_USAGE, error.message, { cause: error })
    throw error
  }
}

function render(context: Context, preview: Preview, extras: PlanExtras, output: PlanOptions['output']): string {
  switch (output) {
    case 'json':
      return formatJson(makePlanView(preview, extras))
    case 'markdown':
      return renderPlanMarkdown(preview, extras)
    default:
      return renderPlan(preview, extras, context.colors, context.columns)
  }
}
