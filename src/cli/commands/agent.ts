/** `headway agent`: joins this host to a cluster and runs its agent in the foreground, or as a systemd service. */
import { CliError, EXIT_UNREACHABLE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'

export interface AgentOptions extends CommonOptions {
  readonly join?: string
  readonly nodeName?: string
  readonly nodeAddress?: string
  readonly service?: boolean
  readonly logFile?: string
}

export async function runAgent(context: Context, options: AgentOptions): Promise<ExitCode> {
  throw new CliError(EXIT_UNREACHABLE, `this build has no agent yet (${pathsOf(context, options).agent})`)
}
