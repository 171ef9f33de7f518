/**
 * The preview of a change: the cluster run forward from a snapshot with and without it, and the difference between the
 * two. Pure: the same snapshot and the same desired states give the same preview.
 */
import type { DesiredState } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'
import type { RecordedDurations } from '../../model/recorded-durations.js'
import type { ReviewAnswer } from '../../model/reviewed-plan.js'
import type { Snapshot } from '../../model/snapshot.js'
import type { PredictedTimeline } from '../../model/timeline.js'
import type { Waiting } from '../../model/waiting.js'
import { changesBetween } from '../../sync/history.js'
import { previewBudgets } from './budget-previews.js'
import { checkFingerprint, FingerprintError } from './check-fingerprint.js'
import { makeFingerprint } from './fingerprint.js'
import { DEFAULT_LIMITS, Forecast, type ForecastLimits } from './forecast.js'
import { previewObjects } from './object-previews.js'
import type { UsedTime } from './operation-times.js'
import { podsOfChange, previewKept, previewPods, timelineRows, toSeconds } from './pod-previews.js'
import type { Preview, Verdict } from './preview-types.js'
import { findRisks } from './risks.js'
import type { RunPod, RunResult } from './run-record.js'
import { toTimeline } from './to-timeline.js'
import { previewPending, previewPulls, previewUnschedulable, previewWorkloads } from './workload-previews.js'

export interface PreviewInput {
  readonly snapshot: Snapshot
  readonly base: DesiredState
  readonly head: DesiredState
  /** Instead of the snapshot's. */
  readonly durations?: RecordedDurations
  readonly limits?: ForecastLimits
  /** Objects whose text reads otherwise at head though they mean the same: listed, as cosmetic. */
  readonly retouched?: ReadonlySet<ObjectKey>
}

/** More rows nobody reads; the pods are listed in full. */
const TIMELINE_ROWS_MAX = 400

interface Runs {
  readonly base: RunResult
  readonly head: RunResult
  readonly revert: RunResult
  readonly times: readonly UsedTime[]
}

/** Simulates the change; costs what it changes, and one pass over everything. */
export function previewChange(input: PreviewInput): Preview {
  const snapshot = input.durations === undefined ? input.snapshot : { ...input.snapshot, durations: input.durations }
  const { base, head } = input
  const runs = runBoth(snapshot, base, head, input.limits ?? DEFAULT_LIMITS)
  const own = podsOfChange(runs.base, runs.head)
  const changed = previewPods(own, runs.head.planned)
  const touched = touchedWorkloads(base, head, own.values(), runs.head)
  const [before, after] = [snapshot.planned, runs.head.planned]
  const kept = previewKept({ head, touched, changed: runs.head.pods, before, after })
  const pods = [...changed, ...kept]
  const objects = previewObjects({
    base,
    head,
    retouched: input.retouched ?? new Set(),
    isTouched: (key) => touchesPods(key, own.values()),
  })
  const workloads = previewWorkloads(touched, [...own.values()], runs.head)
  const changedObjects = new Set(objects.filter(({ cosmetic }) => !cosmetic).map(({ key }) => key))
  const budgets = previewBudgets({ head, run: runs.head, touched, changed: changedObjects })
  const budgetKeys = new Set(budgets.map(({ key }) => key))
  const budgetsBefore = previewBudgets({ head: base, run: runs.base, touched: new Set(), changed: budgetKeys })
  const unschedulable = previewUnschedulable(runs.base, runs.head)
  const waiting = newWaits(runs.base.waiting, runs.head.waiting)
  const converges = runs.head.convergedMs !== null || waiting.length === 0
  const risks = findRisks({
    base,
    head,
    baseRun: runs.base,
    headRun: runs.head,
    objects,
    pods: changed,
    workloads,
    budgets,
    budgetsBefore,
    unschedulable,
    converges,
  })
  const verdict: Verdict = risks.some(({ severity }) => severity === 'fail') ? 'fail' : risks.length > 0 ? 'warn' : 'ok'
  const rows = timelineRows(own)
  const restarts = restartsOf(changed)
  const pulls = previewPulls(runs.base.pulls, runs.head.pulls)
  return {
    fingerprint: makeFingerprint({ snapshot, base, head, verdict, restarts, pods: changed, touched }),
    takenAt: snapshot.takenAt,
    base: base.revision,
    head: head.revision,
    verdict,
    converges,
    objects,
    pods,
    workloads,
    budgets,
    unschedulable,
    pendingNotYours: previewPending(runs.base),
    timeline: rows.slice(0, TIMELINE_ROWS_MAX),
    timelineOmitted: Math.max(0, rows.length - TIMELINE_ROWS_MAX),
    pulls,
    times: runs.times.filter(({ step, subject }) => {
      return step === 'pull' ? pulls.some(({ image }) => image === subject) : touched.has(subject)
    }),
    risks,
    kept: countPods(snapshot) - [...runs.head.pods.values()].filter((pod) => pod.createdMs === null).length,
    updatedInPlace: [...runs.head.updated.keys()].filter((uid) => !runs.base.updated.has(uid)).length,
    seconds: toSeconds(runs.head.convergedMs ?? runs.head.endMs),
    restarts,
    revert: revertOf(runs),
    waiting,
  }
}

/** Whether a change is still what was reviewed under each fingerprint: for the manager at merge. One simulation for all. */
export function reviewChange(input: PreviewInput, fingerprints: readonly string[]): readonly ReviewAnswer[] {
  const preview = previewChange(input)
  return fingerprints.map((fingerprint) => answerReview(fingerprint, preview, input.snapshot))
}

function answerReview(fingerprint: string, preview: Preview, snapshot: Snapshot): ReviewAnswer {
  try {
    const { asReviewed, changes } = checkFingerprint(fingerprint, preview, snapshot)
    return { outcome: asReviewed ? 'as-reviewed' : 'differs', changes }
  } catch (error) {
    if (!(error instanceof FingerprintError)) throw error
    return { outcome: 'unreadable', changes: [error.message] }
  }
}

/** How a desired state would come about, in the words of history. */
export function predictTimeline(snapshot: Snapshot, desired: DesiredState): PredictedTimeline {
  return toTimeline(new Forecast(snapshot).run(desired))
}

export interface OrderCost {
  readonly restarts: number
  readonly seconds: number
  /** Something on the way does not come to rest. */
  readonly fails: boolean
}

/** States taken one after the other, each when the one before has come to rest. */
export function costOfOrder(snapshot: Snapshot, states: readonly DesiredState[]): OrderCost {
  const forecast = new Forecast(snapshot)
  let restarts = 0
  let ms = 0
  let fails = false
  for (const state of states) {
    const run = forecast.run(state)
    restarts += restartsOf(previewPods(run.pods, run.planned))
    ms += run.convergedMs ?? run.endMs
    fails ||= run.convergedMs === null
  }
  return { restarts, seconds: toSeconds(ms), fails }
}

/** Without the change, with it, and back again. A cluster at rest stays the same without it: then one simulation serves all. */
function runBoth(snapshot: Snapshot, base: DesiredState, head: DesiredState, limits: ForecastLimits): Runs {
  const forecast = new Forecast(snapshot, limits)
  const without = forecast.run(base)
  const isAtRest = without.plans === 0 && without.endMs === 0
  const other = isAtRest ? forecast : new Forecast(snapshot, limits)
  other.times.forgetUsed()
  const run = other.run(head)
  const times = other.times.used()
  return { base: without, head: run, revert: other.run(base), times }
}

function touchedWorkloads(
  base: DesiredState,
  head: DesiredState,
  own: Iterable<RunPod>,
  run: RunResult,
): ReadonlySet<ObjectKey> {
  const touched = new Set<ObjectKey>()
  for (const pod of own) touched.add(pod.planned.workload)
  for (const { key } of changesBetween(base, head))
    if (run.planned.workloads.has(key) || run.lowest.has(key)) touched.add(key)
  return touched
}

function touchesPods(key: ObjectKey, own: Iterable<RunPod>): boolean {
  for (const pod of own) if (pod.planned.workload === key) return true
  return false
}

function newWaits(before: readonly Waiting[], after: readonly Waiting[]): Waiting[] {
  const known = new Set(before.map((item) => `${item.on} ${item.key ?? ''}`))
  return after.filter((item) => !known.has(`${item.on} ${item.key ?? ''}`))
}

function restartsOf(pods: readonly { readonly restarts: number }[]): number {
  return pods.reduce((sum, pod) => sum + pod.restarts, 0)
}

function revertOf({ base, revert }: Runs): Preview['revert'] {
  const restarts = restartsOf(previewPods(revert.pods, revert.planned))
  const converges = revert.convergedMs !== null || newWaits(base.waiting, revert.waiting).length === 0
  const pulls = previewPulls([], revert.pulls)
  return { restarts, seconds: toSeconds(revert.convergedMs ?? revert.endMs), converges, pulls }
}

function countPods({ planned }: Snapshot): number {
  let count = 0
  for (const node of planned.nodes.values()) count += node.pods.length
  return count
}
