/** `headway evict pod/X`: stops a pod now if its disruption budget allows it; its owner makes another. */
import { openAdminClient } from '../admin-client.js'
import { CliError, EXIT_DONE, EXIT_USAGE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { findPod, parseReference } from '../object-reference.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatJson } from '../output/format.js'

export interface EvictOptions extends CommonOptions {
  readonly namespace?: string
}

export async function runEvict(context: Context, object: string, options: EvictOptions): Promise<ExitCode> {
  const { kind, name } = parseReference(object)
  if (kind !== 'Pod') throw new CliError(EXIT_USAGE, `"${object}" is no pod: name one, as headway status prints them`)
  const client = openAdminClient(pathsOf(context, options))
  const pod = findPod(await client.status(), name, options.namespace)
  const answer = await client.evict(pod.uid)
  context.out(options.output === 'json' ? formatJson({ ...answer, key: pod.key }) : `${pod.key} is evicted\n`)
  return EXIT_DONE
}
