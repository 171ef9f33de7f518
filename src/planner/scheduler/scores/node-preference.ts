/** Preferred node affinity (Kubernetes: semantics §3.6): the sum of the weights of matching terms, 100 * sum / most. */
import { termTest } from '../node-terms.js'
import { fixedScore } from '../normalise.js'
import type { MovingScorePlugin } from '../plug-in.js'

export const nodePreference: MovingScorePlugin = {
  name: 'NodeAffinity',
  prepare({ request, nodes }) {
    const terms = request.preferredNodes.filter(({ weight }) => Number.isFinite(weight) && weight > 0)
    if (terms.length === 0) return null
    const raw = new Int32Array(nodes.count)
    for (const { weight, preference } of terms) {
      const test = termTest(nodes, preference)
      for (let row = 0; row < nodes.count; row++) if (test(row)) raw[row]! += weight
    }
    return fixedScore(raw, (value, _least, most) => (most === 0 ? 0 : Math.trunc((100 * value) / most)))
  },
}
