/**
 * The first NoSchedule or NoExecute taint that is not tolerated refuses (Kubernetes: semantics §3.5). One look per distinct
 * list of taints. Unlike in Kubernetes a NoExecute taint that is tolerated for some seconds only refuses too: the pod would
 * be driven away again at once, for ever.
 */
import { firstUntolerated } from '../../../model/taint.js'
import type { FilterPlugin } from '../plug-in.js'

export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  filter(request, nodes, feasible, reasons) {
    const lasting = request.tolerations.filter((toleration) => toleration.tolerationSeconds === undefined)
    const reasonOf = nodes.taintSets.map((taints) => {
      const taint =
        firstUntolerated(taints, request.tolerations, ['NoSchedule']) ??
        firstUntolerated(taints, lasting, ['NoExecute'])
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
