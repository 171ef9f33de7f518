/** Requests and limits in the kernel's words, and the out-of-memory score by quality of service (Kubernetes: semantics §4.3). */
import type { Container, PodSpec } from '../../model/generated/kubernetes.js'
import { containerRequests, isSidecar, parseAmounts, qosClass } from '../../model/pod-resources.js'

const SHARES_MIN = 2
const SHARES_MAX = 262_144
/** The kernel takes no smaller quota than 1 ms in each 100 ms. */
const QUOTA_MIN_MICROS = 1_000
const GUARANTEED_SCORE = -997
/** The sandbox goes last: with it goes the pod. */
export const SANDBOX_OOM_SCORE = -998

export interface KernelResources {
  readonly cpuShares: number
  readonly cpuQuotaMicros: number
  readonly memoryBytes: number
}

/** Requests and limits of a container; in a pod of one container the pod's own resources take the place of what it leaves open. */
export function kernelResources(container: Container, spec: PodSpec, isAlone: boolean): KernelResources {
  const own = containerRequests(container.resources)
  const ownLimits = parseAmounts(container.resources?.limits)
  const requests = isAlone ? { ...containerRequests(spec.resources), ...own } : own
  const limits = isAlone ? { ...parseAmounts(spec.resources?.limits), ...ownLimits } : ownLimits
  return {
    cpuShares: cpuShares(requests['cpu'] ?? 0),
    cpuQuotaMicros: cpuQuota(limits['cpu'] ?? 0),
    memoryBytes: limits['memory'] ?? 0,
  }
}

/** 1024 shares a cpu. A container without a request gets the least there is. */
export function cpuShares(milli: number): number {
  return milli === 0 ? SHARES_MIN : Math.min(SHARES_MAX, Math.max(SHARES_MIN, Math.floor((milli * 1024) / 1000)))
}

/** Microseconds in each 100 ms; 0 for no limit. */
export function cpuQuota(milli: number): number {
  return milli === 0 ? 0 : Math.max(QUOTA_MIN_MICROS, milli * 100)
}

/**
 * Guaranteed and node-critical -997, BestEffort 1000, Burstable by the share of the node's memory it requests: 1 % is
 * 990, 10 % is 900. A sidecar takes at most the value of the smallest app container.
 */
export function oomScoreAdj(container: Container, spec: PodSpec, nodeMemoryBytes: number): number {
  if (spec.priorityClassName === 'system-node-critical') return GUARANTEED_SCORE
  const qos = qosClass(spec)
  if (qos === 'Guaranteed') return GUARANTEED_SCORE
  if (qos === 'BestEffort') return 1000
  const own = burstableScore(container, nodeMemoryBytes)
  if (!isSidecar(container)) return own
  return Math.min(own, ...spec.containers.map((app) => burstableScore(app, nodeMemoryBytes)))
}

function burstableScore(container: Container, nodeMemoryBytes: number): number {
  const request = containerRequests(container.resources)['memory'] ?? 0
  const score = 1000 - Math.floor((1000 * request) / Math.max(1, nodeMemoryBytes))
  return Math.min(999, Math.max(1000 + GUARANTEED_SCORE, score))
}
