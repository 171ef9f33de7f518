/**
 * Prefers nodes whose cpu and memory are used to like degrees, by how much the pod changes that (Kubernetes: semantics
 * §3.4): score 50 + trunc((50 + after - before) / 2), so 75 for no change. Real requests; a pod without any is not scored.
 */
import { balanceOf } from '../balance.js'
import type { RowScorePlugin } from '../plug-in.js'

export const balancedAllocation: RowScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  prepare({ request: { cpuMilli, memoryBytes }, nodes }) {
    if (cpuMilli === 0 && memoryBytes === 0) return null
    const { cpuAllocatable, cpuRequested, memoryAllocatable, memoryRequested, balance } = nodes
    const score = (row: number): number => {
      const cpu = cpuRequested[row]! + cpuMilli
      const memory = memoryRequested[row]! + memoryBytes
      const after = balanceOf(cpuAllocatable[row]!, cpu, memoryAllocatable[row]!, memory)
      return 50 + Math.trunc((50 + after - balance[row]!) / 2)
    }
    return {
      score,
      sweep(feasible, weight, totals) {
        for (let row = 0; row < feasible.length; row++) if (feasible[row] === 1) totals[row]! += weight * score(row)
      },
    }
  },
}
