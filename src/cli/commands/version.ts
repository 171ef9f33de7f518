/** `headway version`: of this program, and of the manager when one answers. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { openAdminClient } from '../admin-client.js'
import { EXIT_DONE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatJson } from '../output/format.js'

/** The version in package.json. */
export function readVersion(packageRoot: string): string {
  const text = readFileSync(path.join(packageRoot, 'package.json'), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

export async function runVersion(context: Context, options: CommonOptions): Promise<ExitCode> {
  const client = readVersion(context.packageRoot)
  const manager = await openAdminClient(pathsOf(context, options))
    .status(AbortSignal.timeout(2_000))
    .then((status) => status.manager.version)
    .catch(() => null)
  if (options.output === 'json') context.out(formatJson({ client, manager, node: process.version }))
  else context.out(`headway ${client}, node ${process.version}, manager ${manager ?? 'not running'}\n`)
  return EXIT_DONE
}
