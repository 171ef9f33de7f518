/** How alike the shares of resources are that are asked of a node: 100 when they are equal (Kubernetes: semantics §3.4). */

/** trunc((1 - |f1 - f2| / 2) * 100) with f = min(requested / allocatable, 1); 100 where the node has none of either. */
export function balanceOf(cpuAllocatable: number, cpu: number, memoryAllocatable: number, memory: number): number {
  if (cpuAllocatable === 0 || memoryAllocatable === 0) return 100
  const cpuShare = cpu >= cpuAllocatable ? 1 : cpu / cpuAllocatable
  const memoryShare = memory >= memoryAllocatable ? 1 : memory / memoryAllocatable
  return Math.trunc((1 - Math.abs(cpuShare - memoryShare) / 2) * 100)
}

/** The same of any number of shares of 0 to 1: trunc((1 - std) * 100), std the population's standard deviation. */
export function balanceOfMany(shares: readonly number[]): number {
  if (shares.length < 2) return 100
  if (shares.length === 2) return Math.trunc((1 - Math.abs(shares[0]! - shares[1]!) / 2) * 100)
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  const variance = shares.reduce((sum, share) => sum + (share - mean) * (share - mean), 0) / shares.length
  return Math.trunc((1 - Math.sqrt(variance)) * 100)
}
