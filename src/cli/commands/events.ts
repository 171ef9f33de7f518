/** `headway events`: what happened within the last hour, and what began to wait; of everything, or of one object and its pods. */
import { formatDuration } from '../../base/instant.js'
import type { EventView } from '../../model/event-view.js'
import { type ObjectKey, parseKey } from '../../model/keys.js'
import { openAdminClient } from '../admin-client.js'
import { EXIT_DONE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type ObjectReference, parseReference } from '../object-reference.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatJson, formatKeySafely } from '../output/format.js'
import { renderTable } from '../output/table.js'

export interface EventsOptions extends CommonOptions {
  readonly namespace?: string
  readonly warnings?: boolean
}

export async function runEvents(
  context: Context,
  object: string | undefined,
  options: EventsOptions,
): Promise<ExitCode> {
  const reference = object === undefined ? null : parseReference(object)
  const all = await openAdminClient(pathsOf(context, options)).events()
  const events = all.filter((event) => isAsked(event, reference, options))
  if (options.output === 'json') context.out(formatJson(events))
  else context.out(renderEvents(context, events) || `${nothingFound(object, options)}\n`)
  return EXIT_DONE
}

/** Of a workload its pods' too: that a deployment makes no progress is seldom told by itself. */
function isAsked(event: EventView, reference: ObjectReference | null, { namespace, warnings }: EventsOptions): boolean {
  if (warnings === true && event.type !== 'Warning') return false
  const keys = [event.object, event.owner].flatMap((key) => (key === null ? [] : [parseKey(key)]))
  if (namespace !== undefined && !keys.some((key) => key.namespace === namespace)) return false
  return reference === null || keys.some(({ kind, name }) => kind === reference.kind && name === reference.name)
}

function nothingFound(object: string | undefined, { warnings }: EventsOptions): string {
  const what = warnings === true ? 'warning' : 'event'
  return `no ${what}${object === undefined ? '' : ` of ${object}`} within the last hour, or since the manager started`
}

function renderEvents(context: Context, events: readonly EventView[]): string {
  const { yellow } = context.colors
  return renderTable(
    ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
    events.map((event) => [
      lastSeen(context, event),
      event.type === 'Warning' ? yellow(event.type) : event.type,
      event.reason,
      nameOf(event.object),
      event.message,
    ]),
  )
}

function nameOf(object: ObjectKey | null): string {
  return object === null ? 'cluster' : formatKeySafely(object)
}

/** `5s`, or `5s (x3 over 2m)` of what came several times. */
function lastSeen(context: Context, { firstSeen, lastSeen: seen, count }: EventView): string {
  const ago = formatDuration(context.now() - seen)
  return count === 1 ? ago : `${ago} (x${count} over ${formatDuration(context.now() - firstSeen)})`
}
