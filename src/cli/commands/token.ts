/** `headway token`: a one-time token with which another host joins, as the command to run there. */
import { formatInstant } from '../../base/instant.js'
import { openAdminClient } from '../admin-client.js'
import { CliError, EXIT_DONE, EXIT_USAGE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatJson } from '../output/format.js'

export interface TokenOptions extends CommonOptions {
  readonly ttl: number
}

export async function runToken(context: Context, options: TokenOptions): Promise<ExitCode> {
  if (options.ttl === 0) throw new CliError(EXIT_USAGE, 'a token for no time lets nobody in: write --ttl 1h')
  const answer = await openAdminClient(pathsOf(context, options)).token(options.ttl)
  const command = `headway agent --join ${answer.join}`
  if (options.output === 'json') context.out(formatJson({ ...answer, command }))
  else {
    context.out(`${command}\n`)
    context.err(`for one host, until ${formatInstant(answer.expiresAt)}; run it there as root\n`)
  }
  return EXIT_DONE
}
