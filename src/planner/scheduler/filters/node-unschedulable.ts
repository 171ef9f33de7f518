/** Cordoned nodes take no new pods but those that tolerate it (Kubernetes: semantics §3.2). */
import { TAINT_UNSCHEDULABLE, tolerates } from '../../../model/taint.js'
import { FITS, type FilterPlugin, UNRESOLVABLE } from '../plug-in.js'

const CORDON = { key: TAINT_UNSCHEDULABLE, effect: 'NoSchedule' }
const REASONS = ['node(s) were unschedulable']
const MISSES = ['is cordoned']

export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  prepare({ request, nodes: { isUnschedulable, cordoned } }) {
    if (cordoned === 0) return null
    if (request.tolerations.some((toleration) => tolerates(toleration, CORDON))) return null
    return {
      check: (row) => (isUnschedulable[row] === 0 ? FITS : UNRESOLVABLE),
      explain: () => REASONS,
      misses: () => MISSES,
    }
  },
}
