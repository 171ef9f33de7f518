/**
 * `headway diff [BEFORE] [AFTER]`: the objects and fields that differ between two revisions; by default between what is
 * desired now and the branch's tip, with one revision between that and the tip. Exit 1 when anything differs.
 */
import { changesBetween, type ObjectChange } from '../../sync/history.js'
import { openAdminClient } from '../admin-client.js'
import { EXIT_DONE, EXIT_NO, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCommit, formatJson, formatKeySafely } from '../output/format.js'
import { compileSource, mainSource, readCommit, repositoryFolder } from '../repository.js'
import { readSettings, type SourceSetting, type StatePaths } from '../state-directory.js'

export async function runDiff(
  context: Context,
  before: string | undefined,
  after: string | undefined,
  options: CommonOptions,
): Promise<ExitCode> {
  const paths = pathsOf(context, options)
  const source = mainSource(readSettings(paths))
  const folder = repositoryFolder(paths, source)
  const from = (await readCommit(folder, before ?? (await readDesired(paths, source)))).id
  const to = (await readCommit(folder, after ?? source.branch)).id
  // The same key on both sides: equal values of Secrets have equal digests, and no value is ever shown.
  const digestKey = new Uint8Array(32)
  const changes =
    from === to
      ? []
      : changesBetween(
          await compileSource(paths, source, from, digestKey),
          await compileSource(paths, source, to, digestKey),
        )
  if (options.output === 'json') context.out(formatJson({ before: from, after: to, changes }))
  else context.out(renderChanges(context, from, to, changes))
  return changes.length === 0 ? EXIT_DONE : EXIT_NO
}

/** The commit that desired state was made from. */
async function readDesired(paths: StatePaths, source: SourceSetting): Promise<string> {
  const status = await openAdminClient(paths).status()
  return status.sources.find((view) => view.id === source.id)?.commit || status.revision || source.branch
}

function renderChanges(context: Context, from: string, to: string, changes: readonly ObjectChange[]): string {
  const { green, red, yellow, bold } = context.colors
  const head = `${bold(formatCommit(from))} -> ${bold(formatCommit(to))}\n`
  if (changes.length === 0) return `${head}nothing differs\n`
  const marks = { create: green('+ create'), change: yellow('~ change'), delete: red('- delete') }
  const blocks = changes.map((change) => {
    const where = `${change.file}:${change.line}`
    const fields = change.action === 'change' ? change.fields : []
    const lines = fields.map(
      (field) => `    ${field.path}: ${red(formatValue(field.before))} -> ${green(formatValue(field.after))}\n`,
    )
    return `${marks[change.action]} ${formatKeySafely(change.key)} (${where})\n${lines.join('')}`
  })
  return `${head}${blocks.join('')}`
}

function formatValue(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value)
}
