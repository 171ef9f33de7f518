/** `headway rollback [REV]`: makes the commit that takes REV (default: the newest) back, and pushes it. */
import { revertCommits } from '../../sync/writer.js'
import { EXIT_DONE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCommit, formatCount, formatJson } from '../output/format.js'
import { giveTreeTo } from '../processes/owner.js'
import { asCliError, mainSource, readSignature, targetOf } from '../repository.js'
import { readSettings } from '../state-directory.js'

export async function runRollback(
  context: Context,
  revision: string | undefined,
  options: CommonOptions,
): Promise<ExitCode> {
  const paths = pathsOf(context, options)
  const settings = readSettings(paths)
  const source = mainSource(settings)
  const answer = await asCliError(() =>
    revertCommits({
      target: targetOf(paths, source),
      revision: revision ?? source.branch,
      author: readSignature(context),
      now: context.now(),
    }),
  )
  // Under sudo the new objects are root's; the owner must be able to push beside them.
  if (source.url === paths.repository) giveTreeTo(settings.owner, paths.repository)
  if (options.output === 'json') context.out(formatJson(answer))
  else
    context.out(
      `pushed ${formatCommit(answer.commit)} to ${source.branch} of ${source.url}: ${formatCount(answer.files.length, 'file')} as before\n` +
        answer.files.map((file) => `  ${file}\n`).join('') +
        'to see it through: headway wait\n',
    )
  return EXIT_DONE
}
