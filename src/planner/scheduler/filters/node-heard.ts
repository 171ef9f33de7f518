/** A silent node takes no new pods, whatever they tolerate: nobody would start them. */
import { TAINT_UNREACHABLE } from '../../../model/taint.js'
import { FITS, type FilterPlugin, UNRESOLVABLE } from '../plug-in.js'

const REASONS = [`node(s) had untolerated taint {${TAINT_UNREACHABLE}: }`]
const MISSES = ['is silent']

export const nodeHeard: FilterPlugin = {
  name: 'NodeHeard',
  prepare({ nodes: { isOpen, closed } }) {
    if (closed === 0) return null
    return {
      check: (row) => (isOpen[row] === 1 ? FITS : UNRESOLVABLE),
      explain: () => REASONS,
      misses: () => MISSES,
    }
  },
}
