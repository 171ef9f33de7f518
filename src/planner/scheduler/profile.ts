/** The scheduler's plug-ins in order: filters refuse, scores are summed by weight (Kubernetes: semantics §3.2). */
import { nodeAffinity } from './filters/node-affinity.js'
import { nodeHeard } from './filters/node-heard.js'
import { nodeName } from './filters/node-name.js'
import { nodePorts } from './filters/node-ports.js'
import { nodeResourcesFit } from './filters/node-resources-fit.js'
import { nodeUnschedulable } from './filters/node-unschedulable.js'
import { taintToleration } from './filters/taint-toleration.js'
import type { FilterPlugin, RowScorePlugin, StaticScorePlugin } from './plug-in.js'
import { balancedAllocation } from './scores/balanced-allocation.js'
import { hostSpread } from './scores/host-spread.js'
import { imageLocality } from './scores/image-locality.js'
import { leastAllocated } from './scores/least-allocated.js'
import { taintPreference } from './scores/taint-preference.js'

export const filters: readonly FilterPlugin[] = [
  nodeHeard,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
]

export const staticScores: readonly StaticScorePlugin[] = [taintPreference, imageLocality]

export const rowScores: readonly RowScorePlugin[] = [leastAllocated, balancedAllocation, hostSpread]
