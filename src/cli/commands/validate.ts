/**
 * `headway validate`: reads a folder, or a revision of the cluster repository, as the manager would, and prints every
 * problem with file, line and column. Needs neither manager nor engine. Exit 1 when anything would be held.
 */
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import type { DesiredState } from '../../model/desired-state.js'
import { compileFolder } from '../../sync/compile-revision.js'
import { CliError, EXIT_DONE, EXIT_NO, EXIT_USAGE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCount, formatJson, formatProblems } from '../output/format.js'
import { asCliError, compileSource, mainSource } from '../repository.js'
import { readSettings } from '../state-directory.js'

export interface ValidateOptions extends CommonOptions {
  readonly revision?: string
}

/** Validation compares no configuration with what runs: any key will do for the digests. */
const DIGEST_KEY = new Uint8Array(32)

export async function runValidate(
  context: Context,
  folder: string | undefined,
  options: ValidateOptions,
): Promise<ExitCode> {
  if (folder !== undefined && options.revision !== undefined)
    throw new CliError(EXIT_USAGE, 'give a folder or --revision, not both')
  const desired =
    options.revision === undefined
      ? await readFolder(path.resolve(context.cwd, folder ?? '.'))
      : await readRevision(context, options, options.revision)
  const errors = desired.problems.filter((problem) => problem.severity === 'error')
  const held = [...desired.apps.values()].filter((app) => app.held)
  if (options.output === 'json')
    context.out(
      formatJson({
        valid: errors.length === 0,
        objects: desired.objects.size,
        apps: [...desired.apps.values()].map((app) => ({ id: app.id, held: app.held })),
        problems: desired.problems,
      }),
    )
  else {
    const { green, red } = context.colors
    const counts = `${formatCount(desired.objects.size, 'object')} in ${formatCount(desired.apps.size, 'app')}`
    const warnings = formatCount(desired.problems.length - errors.length, 'warning')
    context.out(formatProblems(context.colors, desired.problems))
    context.out(
      errors.length === 0
        ? `${green('valid')}: ${counts}, ${warnings}\n`
        : `${red('not valid')}: ${formatCount(errors.length, 'error')}, ${warnings}; ${formatCount(held.length, 'app')} would be held: ${held.map((app) => app.id).join(', ')}\n`,
    )
  }
  return errors.length === 0 ? EXIT_DONE : EXIT_NO
}

function readFolder(folder: string): Promise<DesiredState> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new CliError(EXIT_USAGE, `${folder} is not a folder: name the one that holds the manifests`)
  return asCliError(() => compileFolder({ folder, digestKey: DIGEST_KEY }))
}

function readRevision(context: Context, options: ValidateOptions, revision: string): Promise<DesiredState> {
  const paths = pathsOf(context, options)
  return compileSource(paths, mainSource(readSettings(paths)), revision, DIGEST_KEY)
}
