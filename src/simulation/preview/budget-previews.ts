/**
 * The disruption budgets that a change touches: how many ready pods each asks for, and how few there are on the way,
 * over all workloads that it selects together.
 */
import type { DesiredObject, DesiredState } from '../../model/desired-state.js'
import type { Deployment, PodDisruptionBudget, PodTemplateSpec } from '../../model/generated/kubernetes.js'
import type { ObjectKey } from '../../model/keys.js'
import { matchesSelector } from '../../model/selector.js'
import { toSeconds } from './pod-previews.js'
import type { BudgetPreview } from './preview-types.js'
import type { RunResult } from './run-record.js'

export interface BudgetInput {
  readonly head: DesiredState
  readonly run: RunResult
  /** Workloads that the change touches. */
  readonly touched: ReadonlySet<ObjectKey>
  /** Objects that the change adds or changes. */
  readonly changed: ReadonlySet<ObjectKey>
}

/** Sorted by key; those that select pods of a touched workload, or are changed themselves and select any. */
export function previewBudgets({ head, run, touched, changed }: BudgetInput): BudgetPreview[] {
  const budgets: BudgetPreview[] = []
  for (const budget of head.objects.values()) {
    if (budget.kind !== 'PodDisruptionBudget') continue
    const isSelected = (key: ObjectKey): boolean => run.planned.workloads.has(key) && selects(budget, head, key)
    // Few workloads are touched: most budgets are done with here.
    if (!changed.has(budget.key) && ![...touched].some(isSelected)) continue
    const workloads = [...run.planned.workloads.keys()].filter(isSelected)
    if (workloads.length > 0) budgets.push(previewBudget(budget, workloads, run))
  }
  return budgets
}

function selects(budget: DesiredObject, head: DesiredState, key: ObjectKey): boolean {
  const object = head.objects.get(key)
  const selector = (budget.manifest as PodDisruptionBudget).spec?.selector
  if (selector === undefined || object === undefined || object.namespace !== budget.namespace) return false
  return matchesSelector(templateOf(object)?.metadata?.labels ?? {}, selector)
}

function previewBudget(budget: DesiredObject, workloads: readonly ObjectKey[], run: RunResult): BudgetPreview {
  const { spec = {} } = budget.manifest as PodDisruptionBudget
  const desired = workloads.reduce((sum, key) => sum + (run.planned.workloads.get(key)?.counts.desired ?? 0), 0)
  const asked =
    spec.maxUnavailable !== undefined
      ? desired - amount(spec.maxUnavailable, desired)
      : amount(spec.minAvailable ?? 0, desired)
  const readyBefore = workloads.reduce((sum, key) => sum + (run.lowest.get(key)?.atStart ?? 0), 0)
  const selected = new Set(workloads)
  let ready = readyBefore
  let lowest = { ready, atMs: 0 }
  for (const { workload, atMs, change } of run.readySteps) {
    if (!selected.has(workload)) continue
    ready += change
    if (ready < lowest.ready) lowest = { ready, atMs }
  }
  return {
    key: budget.key,
    workloads,
    needed: Math.max(0, asked),
    desired,
    readyBefore,
    lowestReady: lowest.ready,
    lowestReadyAtSeconds: toSeconds(lowest.atMs),
  }
}

/** The pod template of a workload; a bare pod is its own. */
export function templateOf(object: DesiredObject): PodTemplateSpec | undefined {
  if (object.kind === 'Pod') return object.manifest as PodTemplateSpec
  return (object.manifest as Deployment).spec?.template
}

/** A number, or a percentage rounded up, as Kubernetes does for budgets. */
function amount(value: number | string, of: number): number {
  if (typeof value === 'number') return value
  return value.endsWith('%') ? Math.ceil((Number.parseFloat(value) / 100) * of) : Number.parseInt(value, 10)
}
