/** `headway status`: the live state, once or (`--watch`) at every change. */
import type { StatusView } from '../../model/status-view.js'
import { type AdminClient, openAdminClient } from '../admin-client.js'
import { EXIT_DONE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatJson } from '../output/format.js'
import { openLiveText } from '../output/live.js'
import { renderStatus } from '../output/status-text.js'

export interface StatusOptions extends CommonOptions {
  readonly watch?: boolean
}

export async function runStatus(context: Context, options: StatusOptions): Promise<ExitCode> {
  const client = openAdminClient(pathsOf(context, options))
  if (options.watch === true) return watchStatus(context, client, options, context.takeInterrupts())
  context.out(renderFor(context, options, await client.status()))
  return EXIT_DONE
}

function renderFor(context: Context, options: CommonOptions, status: StatusView): string {
  if (options.output === 'json') return formatJson(status)
  return renderStatus(status, { colors: context.colors, now: context.now() })
}

/** Follows the status until the signal is aborted; one JSON document a line with `-o json`. */
export async function watchStatus(
  context: Context,
  client: AdminClient,
  options: CommonOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const live = openLiveText(context, context.out)
  let sequence = 0
  let previous = ''
  while (!signal.aborted) {
    try {
      const status = await client.status(signal)
      const text = options.output === 'json' ? `${JSON.stringify(status)}\n` : renderFor(context, options, status)
      if (options.output === 'json') {
        if (text !== previous) context.out(text)
      } else live.show(text, text.trimEnd())
      previous = text
      sequence = (await client.changes(sequence, signal)).sequence
    } catch (error) {
      if (signal.aborted) break
      throw error
    }
  }
  return EXIT_DONE
}
