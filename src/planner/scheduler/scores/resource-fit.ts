/**
 * How well a pod's requests suit a node (Kubernetes: semantics §3.4), by the profile's strategy: LeastAllocated spreads,
 * MostAllocated packs, RequestedToCapacityRatio follows a shape. r is what is asked on the node with this pod, silent
 * containers counting 100m and 200 MiB; a what the node has; divisions truncate. Resources the node has none of are
 * skipped, extended ones also when the pod asks for none. Example: 4000m with 2500m asked, 10 GiB with 5: (37 + 50) / 2 = 43.
 */
import type { NodeTable } from '../node-table.js'
import type { Evaluation, RowScore, RowScorePlugin } from '../plug-in.js'
import type { ScoringStrategy, ShapePoint } from '../profile.js'
import type { ScheduleRequest } from '../request.js'
import { isWholeAmount } from '../share.js'

/** Allocatable and requested of one resource; what a pod of the class adds. */
interface ScoredResource {
  readonly weight: number
  readonly wanted: number
  readonly allocatable: Float64Array
  readonly requested: Float64Array
}

const PLAIN: readonly string[] = ['cpu', 'memory']

type Share = (allocatable: number, requested: number) => number

export const resourceFit: RowScorePlugin = {
  name: 'NodeResourcesFit',
  prepare(evaluation) {
    const { strategy } = evaluation.profile
    const resources = scoredResources(evaluation, strategy)
    if (resources.length === 0) return null
    if (strategy.type === 'RequestedToCapacityRatio') return { score: ratioScore(resources, strategy.shape) }
    if (strategy.type === 'MostAllocated') return { score: meanScore(resources, mostAllocated) }
    return isPlain(strategy) ? leastOfTwo(evaluation) : { score: meanScore(resources, leastAllocated) }
  },
}

const leastAllocated: Share = (allocatable, requested) =>
  requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * 100) / allocatable)

const mostAllocated: Share = (allocatable, requested) =>
  Math.trunc((Math.min(requested, allocatable) * 100) / allocatable)

/** LeastAllocated over cpu and memory alike, with amounts whose percentages products find as well as quotients (share.ts). */
export function isPlainLeast({ request, nodes, profile: { strategy } }: Evaluation): boolean {
  if (strategy.type !== 'LeastAllocated' || !isPlain(strategy) || !nodes.isWhole) return false
  return isWholeAmount(request.scoreCpuMilli) && isWholeAmount(request.scoreMemoryBytes)
}

/** Kubernetes' default: cpu and memory, weighing the same. */
function isPlain({ resources }: ScoringStrategy): boolean {
  return resources.length === 2 && resources.every(({ name, weight }) => PLAIN.includes(name) && weight === 1)
}

/** LeastAllocated over cpu and memory, written out for speed. */
function leastOfTwo({ request, nodes }: Evaluation): RowScore {
  const { cpuAllocatable, cpuScored, memoryAllocatable, memoryScored } = nodes
  const { scoreCpuMilli, scoreMemoryBytes } = request
  const score = (row: number): number => {
    const cpu = cpuAllocatable[row]!
    const memory = memoryAllocatable[row]!
    const cpuFree = cpu - cpuScored[row]! - scoreCpuMilli
    const memoryFree = memory - memoryScored[row]! - scoreMemoryBytes
    const byCpu = cpuFree <= 0 ? 0 : Math.trunc((cpuFree * 100) / cpu)
    const byMemory = memoryFree <= 0 ? 0 : Math.trunc((memoryFree * 100) / memory)
    return cpu === 0 || memory === 0 ? byCpu + byMemory : Math.trunc((byCpu + byMemory) / 2)
  }
  return {
    score,
    sweep(feasible, weight, totals) {
      for (let row = 0; row < feasible.length; row++) if (feasible[row] === 1) totals[row]! += weight * score(row)
    },
  }
}

function meanScore(resources: readonly ScoredResource[], share: Share): (row: number) => number {
  return (row) => {
    let sum = 0
    let weights = 0
    for (let i = 0; i < resources.length; i++) {
      const { weight, wanted, allocatable, requested } = resources[i]!
      const all = allocatable[row]!
      if (all === 0) continue
      sum += weight * share(all, requested[row]! + wanted)
      weights += weight
    }
    return weights === 0 ? 0 : Math.trunc(sum / weights)
  }
}

/** The mean over resources that score at all, rounded. */
function ratioScore(resources: readonly ScoredResource[], shape: readonly ShapePoint[]): (row: number) => number {
  return (row) => {
    let sum = 0
    let weights = 0
    for (const { weight, wanted, allocatable, requested } of resources) {
      const all = allocatable[row]!
      if (all === 0) continue
      const asked = requested[row]! + wanted
      const score = onShape(shape, asked > all ? 100 : Math.trunc((asked * 100) / all))
      if (score <= 0) continue
      sum += weight * score
      weights += weight
    }
    return weights === 0 ? 0 : Math.round(sum / weights)
  }
}

/** Piecewise linear through the points, scores of 0 to 10 scaled to 0 to 100, flat beyond the ends. */
function onShape(shape: readonly ShapePoint[], utilization: number): number {
  for (let i = 0; i < shape.length; i++) {
    const point = shape[i]!
    if (utilization > point.utilization) continue
    const before = shape[i - 1]
    if (before === undefined) return point.score * 10
    const slope =
      ((point.score - before.score) * 10 * (utilization - before.utilization)) /
      (point.utilization - before.utilization)
    return before.score * 10 + Math.trunc(slope)
  }
  return (shape[shape.length - 1]?.score ?? 0) * 10
}

function scoredResources({ request, nodes }: Evaluation, { resources }: ScoringStrategy): ScoredResource[] {
  return resources.flatMap(({ name, weight }) => scoredResource(request, nodes, name, weight) ?? [])
}

function scoredResource(
  request: ScheduleRequest,
  nodes: NodeTable,
  name: string,
  weight: number,
): ScoredResource | null {
  if (name === 'cpu') {
    const { cpuAllocatable: allocatable, cpuScored: requested } = nodes
    return { weight, wanted: request.scoreCpuMilli, allocatable, requested }
  }
  if (name === 'memory') {
    const { memoryAllocatable: allocatable, memoryScored: requested } = nodes
    return { weight, wanted: request.scoreMemoryBytes, allocatable, requested }
  }
  if (name === 'ephemeral-storage') {
    const { storageAllocatable: allocatable, storageRequested: requested } = nodes
    return { weight, wanted: request.ephemeralStorageBytes, allocatable, requested }
  }
  const wanted = request.extended.find(([resource]) => resource === name)?.[1] ?? 0
  return wanted === 0 ? null : { weight, wanted, ...nodes.extended(name) }
}
