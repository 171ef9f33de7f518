/** Avoids nodes with PreferNoSchedule taints that are not tolerated (Kubernetes: semantics §3.5): 100 - 100 * taints / most. */
import { tolerates } from '../../../model/taint.js'
import type { StaticScorePlugin } from '../plug-in.js'

const EFFECT = 'PreferNoSchedule'

export const taintPreference: StaticScorePlugin = {
  name: 'TaintToleration',
  weight: 3,
  score(request, nodes, feasible, scores) {
    const tolerations = request.tolerations.filter(({ effect }) => !effect || effect === EFFECT)
    const counts = nodes.taintSets.map(
      (taints) =>
        taints.filter((taint) => taint.effect === EFFECT && !tolerations.some((item) => tolerates(item, taint))).length,
    )
    let most = 0
    for (let row = 0; row < nodes.count; row++)
      if (feasible[row] === 1) most = Math.max(most, counts[nodes.taintSet[row]!]!)
    for (let row = 0; row < nodes.count; row++)
      scores[row] = most === 0 ? 100 : 100 - Math.trunc((100 * counts[nodes.taintSet[row]!]!) / most)
  },
}
