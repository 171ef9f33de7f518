/**
 * Prefers nodes whose cpu and memory are used to like degrees, by how much the pod changes that (Kubernetes: semantics
 * §3.4): b = trunc((1 - std) * 100) before and after, score 50 + trunc((50 + after - before) / 2); std is half the
 * difference of two shares, the population's for more, 0 for fewer. Real requests; a pod without any is not scored.
 */
import type { NodeTable } from '../node-table.js'
import type { RowScorePlugin } from '../plug-in.js'

export const balancedAllocation: RowScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  prepare({ request: { cpuMilli, memoryBytes }, nodes }) {
    if (cpuMilli === 0 && memoryBytes === 0) return null
    return (row) => {
      const before = balance(nodes, row, 0, 0)
      const after = balance(nodes, row, cpuMilli, memoryBytes)
      return 50 + Math.trunc((50 + after - before) / 2)
    }
  },
}

function balance(nodes: NodeTable, row: number, cpu: number, memory: number): number {
  const cpuAllocatable = nodes.cpuAllocatable[row]!
  const memoryAllocatable = nodes.memoryAllocatable[row]!
  if (cpuAllocatable === 0 || memoryAllocatable === 0) return 100
  const cpuShare = Math.min((nodes.cpuRequested[row]! + cpu) / cpuAllocatable, 1)
  const memoryShare = Math.min((nodes.memoryRequested[row]! + memory) / memoryAllocatable, 1)
  return Math.trunc((1 - Math.abs(cpuShare - memoryShare) / 2) * 100)
}
