/** A silent node takes no new pods, whatever they tolerate: nobody would start them. */
import { TAINT_UNREACHABLE } from '../../../model/taint.js'
import type { FilterPlugin } from '../plug-in.js'

export const nodeHeard: FilterPlugin = {
  name: 'NodeHeard',
  filter(_request, nodes, feasible, reasons) {
    for (let row = 0; row < nodes.count; row++) {
      if (feasible[row] === 0 || nodes.isOpen[row] === 1) continue
      feasible[row] = 0
      reasons.add(`node(s) had untolerated taint {${TAINT_UNREACHABLE}: }`)
    }
  },
}
