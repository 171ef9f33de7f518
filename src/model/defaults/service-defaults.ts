/** Defaults of Services (Kubernetes: SetDefaults_Service, and the pairing of clusterIP with clusterIPs). */
import type { Service, ServiceSpec } from '../generated/kubernetes.js'
import { mapped, mappedItems, without } from './mapped.js'

const AFFINITY_SECONDS = 10_800

export function defaultService(service: Service): Service {
  return mapped(service, 'spec', defaultServiceSpec)
}

function defaultServiceSpec(spec: ServiceSpec): ServiceSpec {
  const type = spec.type ?? 'ClusterIP'
  const sessionAffinity = spec.sessionAffinity ?? 'None'
  const isInternal = type === 'ExternalName'
  const isExternal = type === 'NodePort' || type === 'LoadBalancer'
  const clusterIP = spec.clusterIP ?? spec.clusterIPs?.[0]
  const result: ServiceSpec = {
    ...without(spec, 'sessionAffinityConfig'),
    type,
    sessionAffinity,
    ...(sessionAffinity === 'ClientIP' ? { sessionAffinityConfig: affinityConfig(spec) } : {}),
    ...(clusterIP === undefined ? {} : { clusterIP, clusterIPs: spec.clusterIPs ?? [clusterIP] }),
    ...(isExternal ? { externalTrafficPolicy: spec.externalTrafficPolicy ?? 'Cluster' } : {}),
    ...(isInternal ? {} : { internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster' }),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true } : {}),
  }
  return mappedItems(result, 'ports', (port) => ({
    ...port,
    protocol: port.protocol ?? 'TCP',
    targetPort: port.targetPort ?? port.port,
  }))
}

function affinityConfig(spec: ServiceSpec): NonNullable<ServiceSpec['sessionAffinityConfig']> {
  const timeoutSeconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS
  return { clientIP: { timeoutSeconds } }
}
