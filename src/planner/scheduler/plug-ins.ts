/** Which plug-ins there are, in Kubernetes' order (Kubernetes: semantics §3.2). A new one is a line here. */
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
import { volumeZone } from './filters/volume-zone.js'
import type { FilterPlugin, MovingFilterPlugin, MovingScorePlugin, RowScorePlugin } from './plug-in.js'
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
  volumeZone,
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
