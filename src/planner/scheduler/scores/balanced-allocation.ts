/**
 * Prefers nodes whose resources are used to like degrees, by how much the pod changes that (Kubernetes: semantics §3.4):
 * score 50 + trunc((50 + after - before) / 2), so 75 for no change. Real requests; a pod that asks for none of the resources
 * is not scored. Resources the node has none of are left out, extended ones also when the pod asks for none.
 */
import { balanceOf, balanceOfMany } from '../balance.js'
import type { Evaluation, RowScore, RowScorePlugin } from '../plug-in.js'

const PLAIN: readonly string[] = ['cpu', 'memory']

export const balancedAllocation: RowScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  prepare: (evaluation) => (isPlainBalance(evaluation) ? balanceOfTwo(evaluation) : balanceOfAny(evaluation)),
}

/** Kubernetes' default: cpu and memory. */
export function isPlainBalance({ profile: { balancedResources } }: Evaluation): boolean {
  return balancedResources.length === 2 && PLAIN.every((name) => balancedResources.includes(name))
}

function scoreOf(before: number, after: number): number {
  return 50 + Math.trunc((50 + after - before) / 2)
}

function balanceOfTwo({ request: { cpuMilli, memoryBytes }, nodes }: Evaluation): RowScore | null {
  if (cpuMilli === 0 && memoryBytes === 0) return null
  const { cpuAllocatable, cpuRequested, memoryAllocatable, memoryRequested, balance } = nodes
  const score = (row: number): number => {
    const cpu = cpuRequested[row]! + cpuMilli
    const memory = memoryRequested[row]! + memoryBytes
    return scoreOf(balance[row]!, balanceOf(cpuAllocatable[row]!, cpu, memoryAllocatable[row]!, memory))
  }
  return {
    score,
    sweep(feasible, weight, totals) {
      for (let row = 0; row < feasible.length; row++) if (feasible[row] === 1) totals[row]! += weight * score(row)
    },
  }
}

function balanceOfAny(evaluation: Evaluation): RowScore | null {
  const resources = evaluation.profile.balancedResources.flatMap((name) => balancedResource(evaluation, name) ?? [])
  if (resources.every(({ wanted }) => wanted === 0)) return null
  const balance = (row: number, isAfter: boolean): number =>
    balanceOfMany(
      resources.flatMap(({ wanted, allocatable, requested }) => {
        const all = allocatable[row]!
        const asked = requested[row]! + (isAfter ? wanted : 0)
        return all === 0 ? [] : [asked >= all ? 1 : asked / all]
      }),
    )
  return { score: (row) => scoreOf(balance(row, false), balance(row, true)) }
}

interface BalancedResource {
  readonly wanted: number
  readonly allocatable: Float64Array
  readonly requested: Float64Array
}

/** Null: left out. */
function balancedResource({ request, nodes }: Evaluation, name: string): BalancedResource | null {
  if (name === 'cpu')
    return { wanted: request.cpuMilli, allocatable: nodes.cpuAllocatable, requested: nodes.cpuRequested }
  if (name === 'memory')
    return { wanted: request.memoryBytes, allocatable: nodes.memoryAllocatable, requested: nodes.memoryRequested }
  if (name === 'ephemeral-storage') {
    const { storageAllocatable: allocatable, storageRequested: requested } = nodes
    return { wanted: request.ephemeralStorageBytes, allocatable, requested }
  }
  const wanted = request.extended.find(([resource]) => resource === name)?.[1] ?? 0
  return wanted === 0 ? null : { wanted, ...nodes.extended(name) }
}
