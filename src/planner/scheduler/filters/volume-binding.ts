/** A bound volume lives where its node affinity says: a pod that uses it runs there too (Kubernetes: semantics §3.2). */
import { termTest } from '../node-terms.js'
import { FITS, type FilterPlugin, UNRESOLVABLE } from '../plug-in.js'

const REASONS = ["node(s) didn't match PersistentVolume's node affinity"]
const MISSES = ['is not where its volumes can be reached']

export const volumeBinding: FilterPlugin = {
  name: 'VolumeBinding',
  prepare({ request: { volumeTerms = [] }, nodes }) {
    if (volumeTerms.length === 0) return null
    const volumes = volumeTerms.map((terms) => terms.map((term) => termTest(nodes, term)))
    return {
      check: (row) => (volumes.every((tests) => tests.some((test) => test(row))) ? FITS : UNRESOLVABLE),
      explain: () => REASONS,
      misses: () => MISSES,
    }
  },
}
