/** Defaults of kinds that hold no pod template (Kubernetes: the defaults of each API group). */
import type {
  ClusterRoleBinding,
  CustomResourceDefinition,
  EndpointSlice,
  Endpoints,
  HPAScalingRules,
  LimitRange,
  LimitRangeItem,
  Namespace,
  NetworkPolicy,
  NetworkPolicyPort,
  PersistentVolume,
  RoleBinding,
  StorageClass,
  V2HorizontalPodAutoscaler,
} from '../generated/kubernetes.js'
import { mapped, mappedItems } from './mapped.js'

const RBAC_GROUP = 'rbac.authorization.k8s.io'

/** The label that every namespace carries, so that selectors can name it. */
export function defaultNamespace(namespace: Namespace): Namespace {
  const name = namespace.metadata?.name
  if (name === undefined) return namespace
  const labels = { ...namespace.metadata?.labels, 'kubernetes.io/metadata.name': name }
  return { ...namespace, metadata: { ...namespace.metadata, labels } }
}

export function defaultPersistentVolume(volume: PersistentVolume): PersistentVolume {
  return mapped(volume, 'spec', (spec) => ({
    ...spec,
    persistentVolumeReclaimPolicy: spec.persistentVolumeReclaimPolicy ?? 'Retain',
    volumeMode: spec.volumeMode ?? 'Filesystem',
  }))
}

export function defaultStorageClass(storage: StorageClass): StorageClass {
  return {
    ...storage,
    reclaimPolicy: storage.reclaimPolicy ?? 'Delete',
    volumeBindingMode: storage.volumeBindingMode ?? 'Immediate',
  }
}

export function defaultNetworkPolicy(policy: NetworkPolicy): NetworkPolicy {
  const port = (one: NetworkPolicyPort): NetworkPolicyPort => ({ ...one, protocol: one.protocol ?? 'TCP' })
  return mapped(policy, 'spec', (spec) => {
    const types = spec.egress === undefined ? ['Ingress'] : ['Ingress', 'Egress']
    const withIngress = mappedItems({ ...spec, policyTypes: spec.policyTypes ?? types }, 'ingress', (rule) =>
      mappedItems(rule, 'ports', port),
    )
    return mappedItems(withIngress, 'egress', (rule) => mappedItems(rule, 'ports', port))
  })
}

/** Both bindings: the group of a role is always RBAC's; of a subject, RBAC's for users and groups. */
export function defaultRoleBinding<T extends RoleBinding | ClusterRoleBinding>(binding: T): T {
  const subjects = binding.subjects?.map((subject) =>
    subject.apiGroup === undefined && subject.kind !== 'ServiceAccount'
      ? { ...subject, apiGroup: RBAC_GROUP }
      : subject,
  )
  const roleRef = { ...binding.roleRef, apiGroup: binding.roleRef.apiGroup || RBAC_GROUP }
  return { ...binding, roleRef, ...(subjects === undefined ? {} : { subjects }) }
}

export function defaultEndpoints(endpoints: Endpoints): Endpoints {
  return mappedItems(endpoints, 'subsets', (subset) =>
    mappedItems(subset, 'ports', (port) => ({ ...port, protocol: port.protocol ?? 'TCP' })),
  )
}

export function defaultEndpointSlice(slice: EndpointSlice): EndpointSlice {
  return mappedItems(slice, 'ports', (port) => ({ ...port, protocol: port.protocol ?? 'TCP' }))
}

/** For containers: no default is the maximum, no default request the default, else the minimum. */
export function defaultLimitRange(range: LimitRange): LimitRange {
  const item = (limit: LimitRangeItem): LimitRangeItem => {
    if (limit.type !== 'Container') return limit
    const ceiling = { ...limit.max, ...limit.default }
    const floor = { ...limit.min, ...ceiling, ...limit.defaultRequest }
    return {
      ...limit,
      ...(Object.keys(ceiling).length === 0 ? {} : { default: ceiling }),
      ...(Object.keys(floor).length === 0 ? {} : { defaultRequest: floor }),
    }
  }
  return mapped(range, 'spec', (spec) => mappedItems(spec, 'limits', item))
}

export function defaultCustomResourceDefinition(definition: CustomResourceDefinition): CustomResourceDefinition {
  const { names } = definition.spec
  return {
    ...definition,
    spec: {
      ...definition.spec,
      conversion: definition.spec.conversion ?? { strategy: 'None' },
      names: {
        ...names,
        singular: names.singular ?? names.kind.toLowerCase(),
        listKind: names.listKind ?? `${names.kind}List`,
      },
    },
  }
}

/** Cpu at 80 % when no metric is given; the rates of semantics §5.8 where behaviour is begun but not finished. */
export function defaultAutoscaler(autoscaler: V2HorizontalPodAutoscaler): V2HorizontalPodAutoscaler {
  if (autoscaler.apiVersion !== 'autoscaling/v2')
    return mapped(autoscaler, 'spec', (spec) => ({ ...spec, minReplicas: spec.minReplicas ?? 1 }))
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 }
  const pods = { type: 'Pods', value: 4, periodSeconds: 15 }
  const rules = (given: HPAScalingRules | undefined, otherwise: HPAScalingRules): HPAScalingRules => ({
    ...otherwise,
    ...given,
  })
  return mapped(autoscaler, 'spec', (spec) =>
    mapped({ ...spec, minReplicas: spec.minReplicas ?? 1, metrics: spec.metrics ?? [cpu] }, 'behavior', (behavior) => ({
      scaleUp: rules(behavior.scaleUp, {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [pods, percent],
      }),
      scaleDown: rules(behavior.scaleDown, { selectPolicy: 'Max', policies: [percent] }),
    })),
  )
}
