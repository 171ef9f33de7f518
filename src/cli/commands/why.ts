/** `headway why`: in a sentence, why a pod or object is as it is. */
import type { WhyView } from '../../model/status-view.js'
import { openAdminClient } from '../admin-client.js'
import { EXIT_DONE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { findPod, findUnmadePod, namespaceOf, type ObjectReference, parseReference } from '../object-reference.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatJson, formatWaiting } from '../output/format.js'
import { explainAt } from './why-at.js'

export interface WhyOptions extends CommonOptions {
  readonly namespace?: string
  /** A time that is over: then the journal answers. */
  readonly at?: string
  readonly journal?: string
}

export async function runWhy(context: Context, object: string, options: WhyOptions): Promise<ExitCode> {
  const reference = parseReference(object)
  const { at } = options
  const view =
    at === undefined
      ? await askManager(context, reference, options)
      : await explainAt(context, reference, { ...options, at })
  context.out(options.output === 'json' ? formatJson(view) : renderWhy(context, view))
  return EXIT_DONE
}

async function askManager(context: Context, reference: ObjectReference, options: WhyOptions): Promise<WhyView> {
  const client = openAdminClient(pathsOf(context, options))
  if (reference.kind !== 'Pod') {
    const object = `${reference.kind}/${reference.name}`
    const { namespaces } = await client.namespaces(object)
    return await client.why(object, namespaceOf(namespaces, reference, options.namespace))
  }
  const status = await client.status()
  const unmade = findUnmadePod(status, reference.name, options.namespace)
  if (unmade !== null) return await client.why(`Pod/${unmade.name}`, unmade.namespace)
  const [namespace = '', name = ''] = findPod(status, reference.name, options.namespace).key.split('/')
  return await client.why(`Pod/${name}`, namespace)
}

/** The sentence, then the facts it rests on, then what is waited for. */
function renderWhy(context: Context, view: WhyView): string {
  const { bold, yellow } = context.colors
  const width = Math.max(0, ...view.facts.map((fact) => fact.name.length))
  const facts = view.facts.map((fact) => `  ${fact.name.padEnd(width)}   ${fact.value}\n`).join('')
  const waiting = view.waiting.map((item) => `  ${yellow('waiting')} ${formatWaiting(item)}\n`).join('')
  return `${bold(view.sentence)}\n${facts}${waiting}`
}
