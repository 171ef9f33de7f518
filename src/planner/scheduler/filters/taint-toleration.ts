/**
 * The first NoSchedule or NoExecute taint that is not tolerated refuses (Kubernetes: semantics §3.5). One look per distinct
 * list of taints. Unlike in Kubernetes a NoExecute taint that is tolerated for some seconds only refuses too: the pod would
 * be driven away again at once, for ever.
 */
import type { Taint, Toleration } from '../../../model/generated/kubernetes.js'
import { firstUntolerated } from '../../../model/taint.js'
import { FITS, type FilterPlugin, UNRESOLVABLE } from '../plug-in.js'

export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  prepare({ request, nodes: { taintSets, taintSet } }) {
    const reasonsOf = taintSets.map((taints) => {
      const taint = refusingTaint(taints, request.tolerations)
      return taint === null ? null : [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`]
    })
    if (reasonsOf.every((reasons) => reasons === null)) return null
    return {
      check: (row) => (reasonsOf[taintSet[row]!] === null ? FITS : UNRESOLVABLE),
      explain: (row) => reasonsOf[taintSet[row]!] ?? [],
      misses: (row) =>
        taintSets[taintSet[row]!]!.filter((taint) => refusingTaint([taint], request.tolerations) !== null).map(
          ({ key, value, effect }) => `has the taint ${key}${value ? `=${value}` : ''}:${effect}`,
        ),
    }
  },
}

/** The taint that keeps a pod with these tolerations away; null when none does. */
export function refusingTaint(taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | null {
  const lasting = tolerations.filter((toleration) => toleration.tolerationSeconds === undefined)
  return firstUntolerated(taints, tolerations, ['NoSchedule']) ?? firstUntolerated(taints, lasting, ['NoExecute'])
}
