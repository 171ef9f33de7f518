/** A pod that names its node runs there or nowhere (Kubernetes: semantics §3.2). */
import type { FilterPlugin } from '../plug-in.js'

export const nodeName: FilterPlugin = {
  name: 'NodeName',
  filter(request, nodes, feasible, reasons) {
    if (request.nodeName === '') return
    for (let row = 0; row < nodes.count; row++) {
      if (feasible[row] === 0 || nodes.names[row] === request.nodeName) continue
      feasible[row] = 0
      reasons.add("node(s) didn't match the requested node name")
    }
  },
}
