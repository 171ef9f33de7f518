/** Kubernetes' own table cases of every filter, re-typed; the sources stand in the tables. */
import { suite } from 'uvu'
import { testFilter } from './filter-case.js'
import { interPodAffinityCases } from './inter-pod-affinity-cases.js'
import { nodeAffinityCases } from './node-affinity-cases.js'
import { nodeHeardCases, nodeNameCases } from './node-name-cases.js'
import { nodePortsCases } from './node-ports-cases.js'
import { nodeResourcesFitCases } from './node-resources-fit-cases.js'
import { nodeUnschedulableCases, taintTolerationCases } from './taint-toleration-cases.js'
import { topologySpreadCases } from './topology-spread-cases.js'
import { topologySpreadCountCases } from './topology-spread-count-cases.js'
import { topologySpreadMultipleCases } from './topology-spread-multiple-cases.js'

const filters = suite('filter cases')
testFilter(filters, 'NodeHeard', nodeHeardCases)
testFilter(filters, 'NodeUnschedulable', nodeUnschedulableCases)
testFilter(filters, 'NodeName', nodeNameCases)
testFilter(filters, 'TaintToleration', taintTolerationCases)
testFilter(filters, 'NodeAffinity', nodeAffinityCases)
testFilter(filters, 'NodePorts', nodePortsCases)
testFilter(filters, 'NodeResourcesFit', nodeResourcesFitCases)
testFilter(filters, 'PodTopologySpread', topologySpreadCases)
testFilter(filters, 'PodTopologySpread', topologySpreadMultipleCases)
testFilter(filters, 'PodTopologySpread', topologySpreadCountCases)
testFilter(filters, 'InterPodAffinity', interPodAffinityCases)
filters.run()
