/** Cordoned nodes take no new pods but those that tolerate it (Kubernetes: semantics §3.2). */
import { TAINT_UNSCHEDULABLE, tolerates } from '../../../model/taint.js'
import type { FilterPlugin } from '../plug-in.js'

const cordon = { key: TAINT_UNSCHEDULABLE, effect: 'NoSchedule' }

export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  filter(request, nodes, feasible, reasons) {
    if (request.tolerations.some((toleration) => tolerates(toleration, cordon))) return
    for (let row = 0; row < nodes.count; row++) {
      if (feasible[row] === 0 || nodes.isUnschedulable[row] === 0) continue
      feasible[row] = 0
      reasons.add('node(s) were unschedulable')
    }
  },
}
