/** Everything `headway status` shows: one pass over nodes, pods and objects, and nothing kept between calls. */
import { kinds } from '../../model/kinds.js'
import type { AppView, StatusView } from '../../model/status-view.js'
import { makeBudgetViews } from './budget-views.js'
import { makeNodeViews } from './node-views.js'
import { makePodViews } from './pod-views.js'
import { indexStatus } from './status-index.js'
import type { StatusInput } from './status-input.js'
import { isConverged, makeSummary } from './summary.js'
import { makeServiceViews, makeWorkloadViews } from './workload-views.js'

/** The view of a snapshot. */
export function makeStatusView(input: StatusInput): StatusView {
  const { desired } = input
  const index = indexStatus(input)
  const apps = makeAppViews(input)
  const workloads = makeWorkloadViews(input, index)
  const summary = { input, apps, workloads }
  return {
    clusterId: input.clusterId,
    revision: desired?.revision ?? '',
    converged: isConverged(summary),
    summary: makeSummary(summary),
    manager: input.manager,
    sources: input.sources,
    apps,
    nodes: makeNodeViews(input, index),
    workloads,
    pods: makePodViews(index, input),
    services: makeServiceViews(input),
    budgets: makeBudgetViews(input, index),
    waiting: input.waiting,
    problems: desired?.problems ?? [],
    notCarriedOut: notCarriedOut(input),
    brake: input.brake,
  }
}

function makeAppViews({ desired }: StatusInput): AppView[] {
  return [...(desired?.apps.values() ?? [])].map(({ id, revision, held, problems }) => ({
    id,
    revision,
    held,
    problems: problems.length,
  }))
}

function notCarriedOut({ desired }: StatusInput): string[] {
  const keys: string[] = []
  for (const object of desired?.objects.values() ?? []) {
    if (kinds[object.kind].support === 'accepted') keys.push(object.key)
  }
  return keys
}
