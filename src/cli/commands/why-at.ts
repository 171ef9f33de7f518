/** `headway why --at`: the same answer from the manager's journal, for a time that is over. Needs no manager. */

import { type StateAt, stateAt } from '../../manager/journal/replay.js'
import { makeKey } from '../../model/keys.js'
import type { StatusView, WhyView } from '../../model/status-view.js'
import { explain } from '../../reconcile/status/explain.js'
import { findNamespaces } from '../../reconcile/status/find-namespaces.js'
import type { StatusInput } from '../../reconcile/status/status-input.js'
import { makeStatusView } from '../../reconcile/status/status-view.js'
import { CliError, EXIT_NO, EXIT_USAGE } from '../cli-error.js'
import type { Context } from '../context.js'
import { journalFolder, parseInstant, readingJournal } from '../journal-time.js'
import { findPod, findUnmadePod, namespaceOf, type ObjectReference } from '../object-reference.js'
import type { CommonOptions } from '../options.js'

export interface WhyAtOptions extends CommonOptions {
  readonly at: string
  readonly namespace?: string
  readonly journal?: string
}

/** Why the object was as it was. Error 1 when there was none, or the journal does not reach back. */
export async function explainAt(context: Context, reference: ObjectReference, options: WhyAtOptions): Promise<WhyView> {
  const at = parseInstant(context, options.at)
  if (at > context.now())
    throw new CliError(EXIT_USAGE, `${new Date(at).toISOString()} is to come: name a time that is over`)
  const state = await readingJournal(() => stateAt(journalFolder(context, options), at))
  const input = statusInput(state, at)
  const status = makeStatusView(input)
  const key = makeKey(
    reference.kind,
    ...whereAndName(status, findNamespaces(input, reference), reference, options.namespace),
  )
  const view = explain(input, key)
  if (view !== null) return view
  const name = `${reference.kind.toLowerCase()}/${reference.name}`
  throw new CliError(EXIT_NO, `there was no ${name} at ${new Date(at).toISOString()}: name another object or time`)
}

function whereAndName(
  status: StatusView,
  found: readonly string[],
  reference: ObjectReference,
  namespace: string | undefined,
): [string, string] {
  if (reference.kind !== 'Pod') return [namespaceOf(found, reference, namespace), reference.name]
  const unmade = findUnmadePod(status, reference.name, namespace)
  if (unmade !== null) return [unmade.namespace, unmade.name]
  const [where = '', name = ''] = findPod(status, reference.name, namespace).key.split('/')
  return [where, name]
}

function statusInput({ core, clusterId, plannerVersion }: StateAt, now: number): StatusInput {
  const { desired, planned, observed, waiting, brake } = core
  const manager = {
    pid: 0,
    version: plannerVersion,
    startedAt: observed.heardSince,
    epoch: core.generation.epoch,
    address: '',
    recovering: core.isRecovering,
    planId: planned.id,
  }
  return { clusterId, now, desired, planned, observed, waiting, brake, manager, sources: [], localNode: null }
}
