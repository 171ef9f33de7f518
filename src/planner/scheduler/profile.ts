/**
 * Profiles: which plug-ins there are, in Kubernetes' order, and what each score weighs (Kubernetes: semantics §3.2). A
 * cluster may have several, chosen by a pod's schedulerName; weights, strategy and default constraints are configuration.
 */
import { interPodAffinity } from './filters/inter-pod-affinity.js'
import { nodeAffinity } from './filters/node-affinity.js'
import { nodeHeard } from './filters/node-heard.js'
import { nodeName } from './filters/node-name.js'
import { nodePorts } from './filters/node-ports.js'
import { nodeResourcesFit } from './filters/node-resources-fit.js'
import { nodeUnschedulable } from './filters/node-unschedulable.js'
import { taintToleration } from './filters/taint-toleration.js'
import { topologySpread } from './filters/topology-spread.js'
import { volumeBinding } from './filters/volume-binding.js'
import type { FilterPlugin, MovingFilterPlugin, MovingScorePlugin, RowScorePlugin } from './plug-in.js'
import type { SpreadConstraint } from './pod-terms.js'
import { balancedAllocation } from './scores/balanced-allocation.js'
import { imageLocality } from './scores/image-locality.js'
import { nodePreference } from './scores/node-preference.js'
import { podPreference } from './scores/pod-preference.js'
import { resourceFit } from './scores/resource-fit.js'
import { spreadPreference } from './scores/spread-preference.js'
import { taintPreference } from './scores/taint-preference.js'

export const filters: readonly FilterPlugin[] = [
  nodeHeard,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeBinding,
]

/** After the others, as in Kubernetes. */
export const movingFilters: readonly MovingFilterPlugin[] = [topologySpread, interPodAffinity]

export const rowScores: readonly RowScorePlugin[] = [resourceFit, balancedAllocation, imageLocality]

export const movingScores: readonly MovingScorePlugin[] = [
  taintPreference,
  nodePreference,
  spreadPreference,
  podPreference,
]

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
  defaultConstraints: [byDefault('kubernetes.io/hostname', 3), byDefault('topology.kubernetes.io/zone', 5)],
}
