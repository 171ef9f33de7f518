/**
 * Requests must fit into what the node can give and others have not asked for (Kubernetes: semantics §3.3); every lack is
 * named. A request above what the node has in all is unresolvable: no pod that goes makes it fit.
 */

import { lacksOf } from '../lacks.js'
import { FITS, type FilterPlugin, UNRESOLVABLE, UNSCHEDULABLE } from '../plug-in.js'

export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  prepare({ request, nodes }) {
    const { cpuMilli, memoryBytes, ephemeralStorageBytes } = request
    const { podsCount, podsMax, cpuAllocatable, cpuRequested, memoryAllocatable, memoryRequested } = nodes
    const extended = request.extended.map(([name, amount]) => ({ amount, column: nodes.extended(name) }))
    const fits = (row: number): boolean => {
      if (podsCount[row]! + 1 > podsMax[row]!) return false
      if (cpuMilli > 0 && cpuMilli > cpuAllocatable[row]! - cpuRequested[row]!) return false
      if (memoryBytes > 0 && memoryBytes > memoryAllocatable[row]! - memoryRequested[row]!) return false
      if (
        ephemeralStorageBytes > 0 &&
        ephemeralStorageBytes > nodes.storageAllocatable[row]! - nodes.storageRequested[row]!
      )
        return false
      for (let i = 0; i < extended.length; i++) {
        const { amount, column } = extended[i]!
        if (amount > column.allocatable[row]! - column.requested[row]!) return false
      }
      return true
    }
    const isMoreThanAll = (row: number): boolean =>
      podsMax[row]! < 1 ||
      cpuMilli > cpuAllocatable[row]! ||
      memoryBytes > memoryAllocatable[row]! ||
      ephemeralStorageBytes > nodes.storageAllocatable[row]! ||
      extended.some(({ amount, column }) => amount > column.allocatable[row]!)
    return {
      sweep(feasible) {
        for (let row = 0; row < feasible.length; row++) if (feasible[row] === 1 && !fits(row)) feasible[row] = 0
      },
      check(row) {
        if (fits(row)) return FITS
        return isMoreThanAll(row) ? UNRESOLVABLE : UNSCHEDULABLE
      },
      explain: (row) =>
        lacksOf(request, nodes, row).map(({ resource }) =>
          resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`,
        ),
    }
  },
}
