/** The first NoSchedule or NoExecute taint that is not tolerated refuses (Kubernetes: semantics §3.5). One look per distinct list of taints. */
import { firstUntolerated } from '../../../model/taint.js'
import type { FilterPlugin } from '../plug-in.js'

const EFFECTS = ['NoSchedule', 'NoExecute']

export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  filter(request, nodes, feasible, reasons) {
    const reasonOf = nodes.taintSets.map((taints) => {
      const taint = firstUntolerated(taints, request.tolerations, EFFECTS)
      return taint === null ? null : `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`
    })
    if (reasonOf.every((reason) => reason === null)) return
    for (let row = 0; row < nodes.count; row++) {
      if (feasible[row] === 0) continue
      const reason = reasonOf[nodes.taintSet[row]!] ?? null
      if (reason === null) continue
      feasible[row] = 0
      reasons.add(reason)
    }
  },
}
