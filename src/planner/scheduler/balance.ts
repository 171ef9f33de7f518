/** How alike the shares of cpu and memory are that are asked of a node: 100 when they are equal (Kubernetes: semantics §3.4). */

/** trunc((1 - |f1 - f2| / 2) * 100) with f = min(requested / allocatable, 1); 100 where the node has none of either. */
export function balanceOf(cpuAllocatable: number, cpu: number, memoryAllocatable: number, memory: number): number {
  if (cpuAllocatable === 0 || memoryAllocatable === 0) return 100
  const cpuShare = cpu >= cpuAllocatable ? 1 : cpu / cpuAllocatable
  const memoryShare = memory >= memoryAllocatable ? 1 : memory / memoryAllocatable
  return Math.trunc((1 - Math.abs(cpuShare - memoryShare) / 2) * 100)
}
