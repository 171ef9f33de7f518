/** nodeSelector and required node affinity (Kubernetes: semantics §3.6). */
import { requiredTest, unmetRequirements } from '../node-terms.js'
import { FITS, type FilterPlugin, UNRESOLVABLE } from '../plug-in.js'

const REASONS = ["node(s) didn't match Pod's node affinity/selector"]

export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  prepare({ request, nodes }) {
    const test = requiredTest(request, nodes)
    return (
      test && {
        check: (row) => (test(row) ? FITS : UNRESOLVABLE),
        explain: () => REASONS,
        misses: (row) => unmetRequirements(request, nodes, row),
      }
    )
  },
}
