/** `headway confirm HASH`: lets deletions go that the delete brake holds (DESIGN 7). */
import { openAdminClient } from '../admin-client.js'
import { CliError, EXIT_DONE, EXIT_NO, EXIT_USAGE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCount, formatJson } from '../output/format.js'

export async function runConfirm(context: Context, hash: string, options: CommonOptions): Promise<ExitCode> {
  if (!/^[0-9a-f]{8,}$/.test(hash))
    throw new CliError(
      EXIT_USAGE,
      `"${hash}" is no hash of a set of deletions: "headway status" prints the one to confirm`,
    )
  const client = openAdminClient(pathsOf(context, options))
  const { brake } = await client.status()
  if (brake === null) throw new CliError(EXIT_NO, 'no deletions wait for a confirmation: nothing to do')
  const answer = await client.confirm(hash)
  context.out(
    options.output === 'json'
      ? formatJson({ ...answer, keys: brake.keys })
      : `confirmed: ${formatCount(answer.confirmed, 'object is', 'objects are')} deleted\n`,
  )
  return EXIT_DONE
}
