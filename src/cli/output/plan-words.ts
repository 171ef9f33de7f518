/** Words that the text and the markdown of a preview share. */
import type { UsedTime } from '../../simulation/preview/operation-times.js'
import type { ObjectPreview, Preview, RiskCode, WorkloadPreview } from '../../simulation/preview/preview-types.js'
import { formatCount, formatKeySafely } from './format.js'
import type { OrderView, OtherView, TogetherView } from './plan-view.js'
import { cutText } from './table.js'

const VALUE_LETTERS = 80
const SUBJECT_LETTERS = 60

/** `4.2s`, `95s`, `12m5s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds * 10) / 10}s`
  const whole = Math.round(seconds)
  const rest = whole % 60
  return `${Math.floor(whole / 60)}m${rest === 0 ? '' : `${rest}s`}`
}

/** A value of a field, cut; `none` where there is none. */
export function shortValue(value: string | null): string {
  return value === null ? 'none' : cutText(value, VALUE_LETTERS)
}

/** What a failure means for the change as a whole; that it does not come to rest says enough of the others. */
const failures: Partial<Record<RiskCode, string>> = {
  'held-app': 'not all of it would be applied',
  'delete-brake': 'deletions would wait for a confirmation',
  'budget-broken': 'a disruption budget would break',
}

/** The verdict in a sentence. */
export function verdictText({ converges, seconds, risks }: Preview): string {
  const codes = new Set(risks.filter(({ severity }) => severity === 'fail').map(({ code }) => code))
  const failed = Object.entries(failures).flatMap(([code, text]) => (codes.has(code as RiskCode) ? [text] : []))
  const isStuck = !converges && (codes.size === 0 || [...codes].some((code) => failures[code] === undefined))
  const end = seconds === 0 ? 'nothing that runs changes' : `converges in ${formatSeconds(seconds)}`
  const first = isStuck ? ['it would not come to rest'] : converges ? [end] : []
  const count = risks.length === 0 ? '' : `, ${formatCount(risks.length, 'risk')}`
  return `${[...first, ...failed].join(', ')}${count}`
}

/** For a plan that undoes what came after its head. */
export function backText({ base, head }: Preview): string {
  return `going back: ${base.slice(0, 10)} has ${head.slice(0, 10)} already, so this takes back what came after it`
}

/** `2 of 3 at 4.2s`, or `3 throughout`. */
export function readyText({
  readyBefore,
  lowestReady,
  lowestReadyAtSeconds,
}: Pick<WorkloadPreview, 'readyBefore' | 'lowestReady' | 'lowestReadyAtSeconds'>): string {
  if (lowestReady >= readyBefore) return `${lowestReady}`
  return `${lowestReady} at ${formatSeconds(lowestReadyAtSeconds ?? 0)}`
}

/** `3 replaced, 1 moved, 2 created`. */
export function actionCounts({ pods }: Preview): string {
  const words = { replace: 'replaced in place', move: 'moved', create: 'created', delete: 'deleted' } as const
  const counts = Object.entries(words).flatMap(([action, word]) => {
    const count = pods.filter((pod) => pod.action === action).length
    return count === 0 ? [] : [`${count} ${word}`]
  })
  return counts.length === 0 ? 'no pod changes' : `pods: ${counts.join(', ')}`
}

/** `4 restarts in 5.3s`, and what must be pulled for it: of taking the change back. */
export function revertText({ revert }: Preview): string {
  const end = revert.converges ? `in ${formatSeconds(revert.seconds)}` : 'that does not come to rest'
  const pulls = revert.pulls.map(({ image, nodes }) => `, ${image} to pull on ${formatCount(nodes.length, 'host')}`)
  return `${formatCount(revert.restarts, 'restart')} ${end}${pulls.join('')}`
}

/** Why nothing that runs follows from a change. */
export function cosmeticText({ action, fields }: ObjectPreview): string {
  if (action === 'update' && fields.length === 0) return 'cosmetic: only comments, order or defaults written out'
  return 'cosmetic: nothing that runs changes'
}

const sources: Readonly<Record<UsedTime['source'], string>> = {
  template: 'same template',
  workload: 'same workload',
  image: 'same image',
  repository: 'same image repository',
  cluster: 'this cluster',
  default: 'default, nothing measured yet',
}

/** `measured, same template, 9 times`, or `measured, same workload, last 5 bursts of starts on n1`. */
export function sourceText({ source, samples, node }: UsedTime): string {
  if (source === 'default') return sources.default
  const count = samples === 1 ? 'once' : `${samples} times`
  const last = samples === 1 ? 'last burst of starts' : `last ${samples} bursts of starts`
  return `measured, ${sources[source]}, ${node === undefined ? count : `${last} on ${node}`}`
}

/** What other branches change about it; `head` is the change's own revision. */
export function orderText(together: TogetherView | null, head: string): string {
  if (together === null) return ''
  const lines = together.others.map((other) => {
    const { verdict, conflicts, newRisks } = other
    if (conflicts.length > 0) return `${branchName(other)}: both change ${conflicts.map(formatKeySafely).join(', ')}\n`
    if (verdict === 'apart') return `${branchName(other)}: fits together\n`
    return `${branchName(other)}: fits alone, not together: ${newRisks.join('; ')}\n`
  })
  const names = new Map(together.others.map((other) => [other.revision, branchName(other)]))
  for (const { revisions, keys } of together.all?.conflicts ?? [])
    lines.push(
      `${revisions.map((id) => names.get(id)).join(' and ')}: both change ${keys.map(formatKeySafely).join(', ')}\n`,
    )
  if (together.all !== null && together.all.newRisks.length > 0)
    lines.push(`all of them: fit one by one, not together: ${together.all.newRisks.join('; ')}\n`)
  const [best] = together.orders
  if (best === undefined) return lines.join('')
  const name = (id: string): string => (id === head ? 'this change' : (names.get(id) ?? id.slice(0, 10)))
  const order =
    together.bestOrder === null
      ? 'the order makes no difference'
      : `the order that hurts least: ${together.bestOrder.map(name).join(', then ')}`
  return `${lines.join('')}${order}: ${orderCost(best, together.orders)}\n`
}

function branchName({ revision, subject }: OtherView): string {
  return `${revision.slice(0, 10)} ${cutText(subject, SUBJECT_LETTERS)}`
}

function orderCost({ restarts, seconds, fails }: OrderView, orders: readonly OrderView[]): string {
  const cost = `${formatCount(restarts, 'restart')} in ${formatSeconds(seconds)}`
  if (fails) return `${cost}, and not all of it comes to rest`
  return orders.some((other) => other.fails) ? `${cost}; in another one not all of it comes to rest` : cost
}
