/**
 * Profiles: what each score weighs, and how resources are scored (Kubernetes: semantics §3.2). A cluster may have several,
 * chosen by a pod's schedulerName; weights, strategy and default constraints are configuration.
 */
import type { SpreadConstraint } from './pod-terms.js'

export interface ShapePoint {
  /** 0 to 100. */
  readonly utilization: number
  /** 0 to 10. */
  readonly score: number
}

export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
  readonly resources: readonly { readonly name: string; readonly weight: number }[]
  /** For the ratio; by utilization, ascending. */
  readonly shape: readonly ShapePoint[]
}

export interface Profile {
  readonly schedulerName: string
  /** By the names of the plug-ins; 0 turns a score off. */
  readonly weights: Readonly<Record<string, number>>
  readonly strategy: ScoringStrategy
  /** Names of the resources whose shares BalancedAllocation keeps alike. */
  readonly balancedResources: readonly string[]
  readonly defaultConstraints: readonly SpreadConstraint[]
}

function byDefault(topologyKey: string, maxSkew: number): SpreadConstraint {
  return {
    pods: null,
    topologyKey,
    maxSkew,
    minDomains: 1,
    isHard: false,
    honorsAffinity: true,
    honorsTaints: false,
  }
}

/** Kubernetes' own. */
export const defaultProfile: Profile = {
  schedulerName: 'default-scheduler',
  weights: {
    TaintToleration: 3,
    NodeAffinity: 2,
    PodTopologySpread: 2,
    InterPodAffinity: 2,
    NodeResourcesFit: 1,
    NodeResourcesBalancedAllocation: 1,
    ImageLocality: 1,
  },
  strategy: {
    type: 'LeastAllocated',
    resources: [
      { name: 'cpu', weight: 1 },
      { name: 'memory', weight: 1 },
    ],
    shape: [],
  },
  balancedResources: ['cpu', 'memory'],
  defaultConstraints: [byDefault('kubernetes.io/hostname', 3), byDefault('topology.kubernetes.io/zone', 5)],
}
