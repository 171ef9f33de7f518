/**
 * Prefers nodes with more left (Kubernetes: semantics §3.4): the mean over cpu and memory of (a - r) * 100 / a, each
 * truncated; a resource the node has none of is skipped. Example: 4000m of which 2500m asked, 10 GiB of which 5: (37 + 50) / 2 = 43.
 */
import type { RowScorePlugin } from '../plug-in.js'

export const leastAllocated: RowScorePlugin = {
  name: 'LeastAllocated',
  weight: 1,
  score(request, nodes, row) {
    let sum = 0
    let resources = 0
    const cpu = nodes.cpuAllocatable[row]!
    const memory = nodes.memoryAllocatable[row]!
    if (cpu > 0) {
      sum += share(cpu, nodes.cpuScored[row]! + request.scoreCpuMilli)
      resources += 1
    }
    if (memory > 0) {
      sum += share(memory, nodes.memoryScored[row]! + request.scoreMemoryBytes)
      resources += 1
    }
    return resources === 0 ? 0 : Math.trunc(sum / resources)
  },
}

function share(allocatable: number, requested: number): number {
  return requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * 100) / allocatable)
}
