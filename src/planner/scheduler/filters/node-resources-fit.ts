/** Requests must fit into what the node can give and others have not asked for (Kubernetes: semantics §3.3); every lack is named. */
import type { FilterPlugin } from '../plug-in.js'

export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  filter(request, nodes, feasible, reasons) {
    const { cpuMilli, memoryBytes, ephemeralStorageBytes } = request
    const extended = request.extended.map(([name, amount]) => ({ name, amount, column: nodes.extended(name) }))
    for (let row = 0; row < nodes.count; row++) {
      if (feasible[row] === 0) continue
      if (nodes.podsCount[row]! + 1 > nodes.podsMax[row]!) {
        feasible[row] = 0
        reasons.add('Too many pods')
      }
      if (cpuMilli > 0 && cpuMilli > nodes.cpuAllocatable[row]! - nodes.cpuRequested[row]!) {
        feasible[row] = 0
        reasons.add('Insufficient cpu')
      }
      if (memoryBytes > 0 && memoryBytes > nodes.memoryAllocatable[row]! - nodes.memoryRequested[row]!) {
        feasible[row] = 0
        reasons.add('Insufficient memory')
      }
      const storage = nodes.storageAllocatable[row]! - nodes.storageRequested[row]!
      if (ephemeralStorageBytes > 0 && ephemeralStorageBytes > storage) {
        feasible[row] = 0
        reasons.add('Insufficient ephemeral-storage')
      }
      for (const { name, amount, column } of extended) {
        if (amount <= column.allocatable[row]! - column.requested[row]!) continue
        feasible[row] = 0
        reasons.add(`Insufficient ${name}`)
      }
    }
  },
}
