/**
 * Prefers nodes whose cpu and memory are used to like degrees, by how much the pod changes that (Kubernetes: semantics
 * §3.4): b = trunc((1 - |f1 - f2| / 2) * 100) before and after, score 50 + trunc((50 + after - before) / 2).
 */
import type { NodeTable } from '../node-table.js'
import type { RowScorePlugin } from '../plug-in.js'

export const balancedAllocation: RowScorePlugin = {
  name: 'BalancedAllocation',
  weight: 1,
  score(request, nodes, row) {
    if (request.cpuMilli === 0 && request.memoryBytes === 0) return 0
    const before = balance(nodes, row, 0, 0)
    const after = balance(nodes, row, request.cpuMilli, request.memoryBytes)
    return 50 + Math.trunc((50 + after - before) / 2)
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
