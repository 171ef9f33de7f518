/**
 * A silent node takes no new pods, whatever they tolerate: nobody would start them. Nor does one for which no subnet of pod
 * addresses is left.
 */
import { TAINT_UNREACHABLE } from '../../../model/taint.js'
import { FITS, type FilterPlugin, UNRESOLVABLE } from '../plug-in.js'

const REASONS = [`node(s) had untolerated taint {${TAINT_UNREACHABLE}: }`]
const MISSES = ['is silent']
const NO_SUBNET = ['node(s) had no subnet for pods']
const LACKS_SUBNET = ['has no subnet for pods: podCIDR has none left']

export const nodeHeard: FilterPlugin = {
  name: 'NodeHeard',
  prepare({ nodes: { isOpen, closed, withoutSubnet } }) {
    if (closed === 0) return null
    return {
      check: (row) => (isOpen[row] === 1 ? FITS : UNRESOLVABLE),
      explain: (row) => (withoutSubnet.has(row) ? NO_SUBNET : REASONS),
      misses: (row) => (withoutSubnet.has(row) ? LACKS_SUBNET : MISSES),
    }
  },
}
