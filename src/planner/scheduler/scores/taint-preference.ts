/** Avoids nodes with PreferNoSchedule taints that are not tolerated (Kubernetes: semantics §3.5): 100 - 100 * taints / most. */
import { tolerates } from '../../../model/taint.js'
import { fixedScore } from '../normalise.js'
import type { MovingScorePlugin } from '../plug-in.js'

const EFFECT = 'PreferNoSchedule'

export const taintPreference: MovingScorePlugin = {
  name: 'TaintToleration',
  prepare({ request, nodes }) {
    const tolerations = request.tolerations.filter(({ effect }) => !effect || effect === EFFECT)
    const counts = nodes.taintSets.map(
      (taints) =>
        taints.filter((taint) => taint.effect === EFFECT && !tolerations.some((item) => tolerates(item, taint))).length,
    )
    if (counts.every((count) => count === 0)) return null
    const raw = new Int32Array(nodes.count)
    for (let row = 0; row < nodes.count; row++) raw[row] = counts[nodes.taintSet[row]!]!
    return fixedScore(raw, (value, _least, most) => (most === 0 ? 100 : 100 - Math.trunc((100 * value) / most)))
  },
}
