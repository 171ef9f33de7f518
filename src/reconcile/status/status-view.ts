import type { StatusView } from '../../model/status-view.js'
import type { StatusInput } from './status-input.js'

/** Everything `headway status` shows, in one pass over nodes, pods and objects. */
export function makeStatusView(input: StatusInput): StatusView {
  return {
    clusterId: input.clusterId,
    revision: input.desired?.revision ?? '',
    converged: false,
    summary: '',
    manager: input.manager,
    sources: input.sources,
    apps: [],
    nodes: [],
    workloads: [],
    pods: [],
    services: [],
    waiting: input.waiting,
    problems: input.desired?.problems ?? [],
    notCarriedOut: [],
    brake: input.brake,
  }
}
