/** Two timelines side by side: what was predicted of a commit, and what happened. */
import type { HistoryDetail } from '../../model/status-view.js'
import type { PodTimeline, Timeline } from '../../model/timeline.js'
import { formatCount } from './format.js'
import { renderTable } from './table.js'

const STEPS = [
  ['created', 'createdMs'],
  ['bound', 'boundMs'],
  ['started', 'startedMs'],
  ['ready', 'readyMs'],
  ['stop', 'stopOrderedMs'],
  ['gone', 'goneMs'],
] as const

/** A row for each step of each pod, seconds after the commit was taken, in order of what happened. */
export function renderTimelines({ actual, predicted, note }: HistoryDetail): string {
  if (actual === null && predicted === null) return `${note}\n`
  const rows = [...pairPods(actual, predicted)].flatMap((pair) => stepRows(pair))
  rows.sort((left, right) => left.at - right.at)
  const table = renderTable(
    ['STEP', 'POD', 'NODE', 'PREDICTED', 'ACTUAL', 'REASON'],
    rows.map(({ cells }) => cells),
  )
  const omitted = Math.max(actual?.omitted ?? 0, predicted?.omitted ?? 0)
  const rest = omitted === 0 ? '' : `${formatCount(omitted, 'more pod')} not shown\n`
  const without = predicted === null && note !== '' ? `no prediction: ${note}\n` : ''
  return `${table || 'no pod was touched\n'}${rest}${without}`
}

interface Pair {
  readonly predicted: PodTimeline | null
  readonly actual: PodTimeline | null
}

/** Pods by uid, which prediction and reality share; in order of the reality, then of what only was predicted. */
function* pairPods(actual: Timeline | null, predicted: Timeline | null): Generator<Pair> {
  const expected = new Map((predicted?.pods ?? []).map((pod) => [pod.uid, pod]))
  for (const pod of actual?.pods ?? []) {
    yield { actual: pod, predicted: expected.get(pod.uid) ?? null }
    expected.delete(pod.uid)
  }
  for (const pod of expected.values()) yield { actual: null, predicted: pod }
}

function stepRows({ predicted, actual }: Pair): { readonly at: number; readonly cells: readonly string[] }[] {
  const pod = actual ?? predicted
  if (pod === null) return []
  return STEPS.flatMap(([name, field]) => {
    const [expected, happened] = [predicted?.[field] ?? null, actual?.[field] ?? null]
    const at = happened ?? expected
    if (at === null) return []
    const reason = name === 'created' || name === 'stop' ? pod.reason : ''
    const cells = [name, pod.pod, nodes(predicted, actual), seconds(expected), seconds(happened), reason]
    return [{ at, cells }]
  })
}

/** `node1`, or `node2 (node1)` where another one had been predicted. */
function nodes(predicted: PodTimeline | null, actual: PodTimeline | null): string {
  const [expected, real] = [predicted?.node ?? null, actual?.node ?? null]
  if (real === null) return expected ?? '-'
  return expected === null || expected === real ? real : `${real} (${expected})`
}

/** `3.2s`; `-` where it did not come to that. */
export function seconds(ms: number | null): string {
  return ms === null ? '-' : `${(ms / 1_000).toFixed(1)}s`
}
