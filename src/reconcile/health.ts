/** Health of workloads: one function for each kind that runs pods. */
import { deploymentHealth } from './health/deployment.js'
import type { WorkloadHealth } from './health/health-report.js'
import { podHealth } from './health/pod.js'
import { replicaSetHealth } from './health/replica-set.js'
import type { WorkloadKind } from './kind-roles.js'

export const workloadHealth = {
  Deployment: deploymentHealth,
  ReplicaSet: replicaSetHealth,
  Pod: podHealth,
} as const satisfies { readonly [K in WorkloadKind]: WorkloadHealth }
