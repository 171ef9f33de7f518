/** `headway whatif`: what losing or adding hosts, or another revision, does to what runs. Exit 1 when a pod is stranded. */
import type { DesiredState } from '../../model/desired-state.js'
import type { Snapshot } from '../../model/snapshot.js'
import { type AddedNode, answerWhatIf, type PodAtNode, type WhatIfAnswer } from '../../planner/what-if.js'
import { CliError, EXIT_DONE, EXIT_NO, EXIT_USAGE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { parseShape } from '../node-shape.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCount, formatJson, formatKeySafely } from '../output/format.js'
import { renderTable } from '../output/table.js'
import { openRevisions, readSnapshot } from '../plan-states.js'
import { inputOfSnapshot } from '../snapshot-input.js'

export interface WhatIfOptions extends CommonOptions {
  readonly lose?: readonly string[]
  readonly add?: readonly string[]
  readonly apply?: string
  readonly snapshot?: string
  readonly repo?: string
}

export async function runWhatIf(context: Context, options: WhatIfOptions): Promise<ExitCode> {
  const { lose = [], add = [], apply } = options
  if (lose.length + add.length === 0 && apply === undefined)
    throw new CliError(EXIT_USAGE, 'what is to be different? Name hosts with --lose, shapes with --add, or --apply REV')
  const snapshot = await readSnapshot(context, pathsOf(context, options), options)
  const missing = lose.filter((name) => !snapshot.planned.nodes.has(name) && !snapshot.observed.nodes.has(name))
  if (missing.length > 0)
    throw new CliError(
      EXIT_USAGE,
      `there is no node ${missing.join(', ')}: the nodes are ${[...snapshot.planned.nodes.keys()].join(', ')}`,
    )
  const desired = apply === undefined ? null : await desiredAt(context, snapshot, options, apply)
  const question = { lose: [...new Set(lose)], add: addedNodes(snapshot, add), desired }
  const answer = answerWhatIf(inputOfSnapshot(snapshot), question)
  context.out(options.output === 'json' ? formatJson(answer) : render(answer))
  return answer.stranded.length === 0 && answer.isSettled ? EXIT_DONE : EXIT_NO
}

async function desiredAt(
  context: Context,
  snapshot: Snapshot,
  options: WhatIfOptions,
  revision: string,
): Promise<DesiredState> {
  const revisions = await openRevisions(context, pathsOf(context, options), snapshot, options)
  return (await revisions.state(await revisions.resolveOnly(revision), null)).state
}

function addedNodes(snapshot: Snapshot, shapes: readonly string[]): AddedNode[] {
  const taken = new Set([...snapshot.observed.nodes.keys(), ...snapshot.planned.nodes.keys()])
  const added: AddedNode[] = []
  for (const shape of shapes) {
    for (const node of parseShape(shape, snapshot, taken)) {
      taken.add(node.name)
      added.push(node)
    }
  }
  return added
}

function render(answer: WhatIfAnswer): string {
  const { placed, gone, stranded, preempted, nodes, isSettled } = answer
  const counts = [
    formatCount(gone.length, 'pod goes', 'pods go'),
    formatCount(placed.length, 'starts elsewhere', 'start elsewhere'),
    formatCount(stranded.length, 'finds no host', 'find no host'),
  ]
  const rest = isSettled ? '' : 'it did not come to rest in the passes that were tried: headway plan looks closer\n'
  const parts = [
    `${counts.join(', ')}\n${rest}`,
    renderTable(
      ['STRANDED', 'OWNER', 'WHY'],
      stranded.map(({ pod, owner, why }) => [pod, formatKeySafely(owner), why]),
    ),
    renderTable(
      ['EVICTED', 'OWNER', 'FOR'],
      preempted.map(({ pod, owner, by }) => [pod, formatKeySafely(owner), by]),
    ),
    renderPods('GOES', gone),
    renderPods('STARTS', placed),
    renderTable(
      ['NODE', 'PODS BEFORE', 'AFTER'],
      nodes.map(({ node, before, after }) => [
        node,
        before < 0 ? '-' : String(before),
        after < 0 ? '-' : String(after),
      ]),
    ),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function renderPods(head: string, pods: readonly PodAtNode[]): string {
  return renderTable(
    [head, 'OWNER', 'NODE'],
    pods.map(({ pod, owner, node }) => [pod, formatKeySafely(owner), node]),
  )
}
