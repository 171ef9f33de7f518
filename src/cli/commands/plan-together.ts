/** The change beside other open branches: whether they fit together, and which order hurts least. */
import type { DesiredState } from '../../model/desired-state.js'
import type { Snapshot } from '../../model/snapshot.js'
import { mergeStates } from '../../simulation/preview/align-states.js'
import { costOfOrder, previewChange } from '../../simulation/preview/preview-change.js'
import type { Preview } from '../../simulation/preview/preview-types.js'
import { CliError, EXIT_USAGE } from '../cli-error.js'
import type { AllView, OrderView, OtherView, TogetherView } from '../output/plan-view.js'
import type { BaseState, Revisions, SourceCommit } from '../plan-states.js'

export interface TogetherInput {
  readonly revisions: Revisions
  readonly snapshot: Snapshot
  readonly base: BaseState
  readonly head: SourceCommit
  /** Of the head alone. */
  readonly preview: Preview
  readonly others: readonly string[]
}

/** Orders of so many branches are all tried: 24 with the change itself. */
const BRANCHES_MAX = 4

export async function previewTogether(input: TogetherInput): Promise<TogetherView> {
  const { revisions, head } = input
  const others = await Promise.all(input.others.map((revision) => revisions.resolve(revision)))
  if (others.length + 1 > BRANCHES_MAX)
    throw new CliError(EXIT_USAGE, `--with takes up to ${BRANCHES_MAX - 1} revisions: name those that touch the same`)
  const compared: Compared[] = []
  for (const other of others) compared.push(await compare(input, other))
  // What conflicts cannot be merged as it is, in whatever order.
  const fitting = others.filter((_, i) => compared[i]?.view.conflicts.length === 0)
  const known = compared.flatMap(({ failures: own }) => own)
  const all = fitting.length < 2 ? null : await compareAll(input, fitting, known)
  const orders: OrderView[] = []
  for (const order of fitting.length === 0 ? [] : permutations([head, ...fitting])) {
    const tried = await tryOrder(input, order)
    if (tried !== null) orders.push(tried)
  }
  orders.sort(
    (left, right) =>
      Number(left.fails) - Number(right.fails) || left.restarts - right.restarts || left.seconds - right.seconds,
  )
  const [best] = orders
  const worst = orders.at(-1)
  const isSame = best === undefined || worst === undefined || cost(best) === cost(worst)
  return { others: compared.map(({ view }) => view), all, orders, bestOrder: isSame ? null : best.revisions }
}

function cost(order: OrderView): string {
  return `${order.fails} ${order.restarts} ${order.seconds}`
}

type Failures = ReadonlyMap<string, Failure>

interface Compared {
  readonly view: OtherView
  /** Of the head, of the other, and of both. */
  readonly failures: readonly Failures[]
}

/** The head and one other: what fails together though neither fails alone. */
async function compare(
  { revisions, snapshot, base, head, preview }: TogetherInput,
  other: SourceCommit,
): Promise<Compared> {
  const common = { revision: other.id, subject: other.subject }
  const alone = await revisions.state(other, base)
  const merged = await revisions.state(head, base)
  // Both are changes on the base: it is their ancestor.
  const both = mergeStates(merged.state, base.state, alone.state)
  if (both.conflicts.length > 0 || alone.conflicts.length > 0) {
    const conflicts = [...new Set([...alone.conflicts, ...both.conflicts])].sort()
    return { view: { ...common, verdict: 'conflict', conflicts, newRisks: [] }, failures: [] }
  }
  const known = [preview, previewChange({ snapshot, base: base.state, head: alone.state })].map(failures)
  const together = failures(previewChange({ snapshot, base: base.state, head: both.state }))
  const newRisks = newFailures(known, together)
  const verdict = newRisks.length === 0 ? 'apart' : 'conflict'
  return { view: { ...common, verdict, conflicts: [], newRisks }, failures: [...known, together] }
}

/** All that can be merged at once: what fails only then, and which of the others are in each other's way. */
async function compareAll(
  { revisions, snapshot, base, head }: TogetherInput,
  others: readonly SourceCommit[],
  known: readonly Failures[],
): Promise<AllView> {
  let { state } = await revisions.state(head, base)
  const conflicts: AllView['conflicts'][number][] = []
  const taken: { readonly id: string; readonly state: DesiredState }[] = []
  for (const other of others) {
    const own = await revisions.state(other, base)
    for (const before of taken) {
      const keys = mergeStates(before.state, base.state, own.state).conflicts
      if (keys.length > 0) conflicts.push({ revisions: [before.id, other.id], keys })
    }
    taken.push({ id: other.id, state: own.state })
    state = mergeStates(state, base.state, own.state).state
  }
  if (conflicts.length > 0) return { conflicts, newRisks: [] }
  return {
    conflicts,
    newRisks: newFailures(known, failures(previewChange({ snapshot, base: base.state, head: state }))),
  }
}

function newFailures(known: readonly Failures[], together: Failures): string[] {
  return [...together]
    .filter(([what, { count }]) => known.every((before) => (before.get(what)?.count ?? 0) < count))
    .map(([, { text }]) => text)
}

interface Failure {
  readonly text: string
  /** Pods that fit nowhere; 1 of whatever else. */
  readonly count: number
}

/** What fails, by what it is and of which object: the words name hosts and amounts, which other pods change. */
function failures({ risks, unschedulable, pods }: Preview): Failures {
  const owners = new Map(pods.map((pod) => [pod.newKey ?? pod.key, pod.owner]))
  const failed = new Map<string, Failure>()
  for (const { severity, code, key, text } of risks) {
    if (severity !== 'fail') continue
    const what = `${code} ${key ?? text}`
    const isPods = code === 'unschedulable' && key !== null
    const count = isPods ? unschedulable.filter((pod) => owners.get(pod.key) === key).length : 1
    failed.set(what, { text: failed.get(what)?.text ?? text, count })
  }
  return failed
}

/** One after the other, each merged when the one before has come to rest; null when two of them conflict. */
async function tryOrder(
  { revisions, snapshot, base }: TogetherInput,
  order: readonly SourceCommit[],
): Promise<OrderView | null> {
  const states = [base.state]
  for (const commit of order) {
    const own = await revisions.state(commit, base)
    const { state, conflicts } = mergeStates(states.at(-1) ?? base.state, base.state, own.state)
    if (conflicts.length > 0) return null
    states.push(state)
  }
  return { revisions: order.map((commit) => commit.id), ...costOfOrder(snapshot, states) }
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
}
