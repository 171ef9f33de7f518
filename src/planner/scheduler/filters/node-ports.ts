/** Two pods cannot open one host port: same protocol and port, and the same address or either side all (Kubernetes: semantics §3.2). */
import type { FilterPlugin } from '../plug-in.js'
import { conflicts } from '../request.js'

export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  filter(request, nodes, feasible, reasons) {
    if (request.hostPorts.length === 0) return
    for (let row = 0; row < nodes.count; row++) {
      if (feasible[row] === 0) continue
      const used = nodes.hostPorts[row]
      if (!used?.some((port) => request.hostPorts.some((wanted) => conflicts(wanted, port)))) continue
      feasible[row] = 0
      reasons.add("node(s) didn't have free ports for the requested pod ports")
    }
  },
}
