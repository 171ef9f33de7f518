/**
 * The kinds that manifests may have: Kubernetes' own (1.36) and Headway's. A kind that is forgotten somewhere does not
 * compile, because tables over kinds are records keyed by `Kind`.
 */

/** How far a kind goes: carried out by the planner, or accepted and listed under `status.notCarriedOut`, or refused. */
export type KindSupport = 'carried-out' | 'accepted' | 'refused'

export interface KindInfo {
  readonly group: string
  /** Versions that manifests may use, the stored one first. */
  readonly versions: readonly string[]
  /** Lower-case plural, as in API paths. */
  readonly plural: string
  readonly shortNames: readonly string[]
  readonly namespaced: boolean
  readonly support: KindSupport
}

const kind = (
  group: string,
  versions: string,
  plural: string,
  shortNames: string,
  scope: 'namespaced' | 'cluster',
  support: KindSupport,
): KindInfo => ({
  group,
  versions: versions.split(' '),
  plural,
  shortNames: shortNames === '' ? [] : shortNames.split(' '),
  namespaced: scope === 'namespaced',
  support,
})

const APPS = 'apps'
const RBAC = 'rbac.authorization.k8s.io'
const NETWORKING = 'networking.k8s.io'

/** Every kind a manifest may have. Kinds that only a server makes or takes (Binding, Scale, Status …) are refused. */
export const kinds = {
  ConfigMap: kind('', 'v1', 'configmaps', 'cm', 'namespaced', 'carried-out'),
  Endpoints: kind('', 'v1', 'endpoints', 'ep', 'namespaced', 'accepted'),
  Event: kind('', 'v1', 'events', 'ev', 'namespaced', 'refused'),
  LimitRange: kind('', 'v1', 'limitranges', 'limits', 'namespaced', 'accepted'),
  Namespace: kind('', 'v1', 'namespaces', 'ns', 'cluster', 'carried-out'),
  Node: kind('', 'v1', 'nodes', 'no', 'cluster', 'carried-out'),
  PersistentVolume: kind('', 'v1', 'persistentvolumes', 'pv', 'cluster', 'accepted'),
  PersistentVolumeClaim: kind('', 'v1', 'persistentvolumeclaims', 'pvc', 'namespaced', 'accepted'),
  Pod: kind('', 'v1', 'pods', 'po', 'namespaced', 'carried-out'),
  PodTemplate: kind('', 'v1', 'podtemplates', '', 'namespaced', 'accepted'),
  ReplicationController: kind('', 'v1', 'replicationcontrollers', 'rc', 'namespaced', 'accepted'),
  ResourceQuota: kind('', 'v1', 'resourcequotas', 'quota', 'namespaced', 'accepted'),
  Secret: kind('', 'v1', 'secrets', '', 'namespaced', 'carried-out'),
  Service: kind('', 'v1', 'services', 'svc', 'namespaced', 'carried-out'),
  ServiceAccount: kind('', 'v1', 'serviceaccounts', 'sa', 'namespaced', 'accepted'),
  CustomResourceDefinition: kind(
    'apiextensions.k8s.io',
    'v1',
    'customresourcedefinitions',
    'crd crds',
    'cluster',
    'accepted',
  ),
  ControllerRevision: kind(APPS, 'v1', 'controllerrevisions', '', 'namespaced', 'refused'),
  DaemonSet: kind(APPS, 'v1', 'daemonsets', 'ds', 'namespaced', 'accepted'),
  Deployment: kind(APPS, 'v1', 'deployments', 'deploy', 'namespaced', 'carried-out'),
  ReplicaSet: kind(APPS, 'v1', 'replicasets', 'rs', 'namespaced', 'carried-out'),
  StatefulSet: kind(APPS, 'v1', 'statefulsets', 'sts', 'namespaced', 'accepted'),
  HorizontalPodAutoscaler: kind('autoscaling', 'v2 v1', 'horizontalpodautoscalers', 'hpa', 'namespaced', 'accepted'),
  CronJob: kind('batch', 'v1', 'cronjobs', 'cj', 'namespaced', 'accepted'),
  Job: kind('batch', 'v1', 'jobs', '', 'namespaced', 'accepted'),
  Lease: kind('coordination.k8s.io', 'v1', 'leases', '', 'namespaced', 'accepted'),
  EndpointSlice: kind('discovery.k8s.io', 'v1', 'endpointslices', '', 'namespaced', 'accepted'),
  Ingress: kind(NETWORKING, 'v1', 'ingresses', 'ing', 'namespaced', 'accepted'),
  IngressClass: kind(NETWORKING, 'v1', 'ingressclasses', '', 'cluster', 'accepted'),
  NetworkPolicy: kind(NETWORKING, 'v1', 'networkpolicies', 'netpol', 'namespaced', 'accepted'),
  PodDisruptionBudget: kind('policy', 'v1', 'poddisruptionbudgets', 'pdb', 'namespaced', 'carried-out'),
  ClusterRole: kind(RBAC, 'v1', 'clusterroles', '', 'cluster', 'accepted'),
  ClusterRoleBinding: kind(RBAC, 'v1', 'clusterrolebindings', '', 'cluster', 'accepted'),
  Role: kind(RBAC, 'v1', 'roles', '', 'namespaced', 'accepted'),
  RoleBinding: kind(RBAC, 'v1', 'rolebindings', '', 'namespaced', 'accepted'),
  PriorityClass: kind('scheduling.k8s.io', 'v1', 'priorityclasses', 'pc', 'cluster', 'carried-out'),
  StorageClass: kind('storage.k8s.io', 'v1', 'storageclasses', 'sc', 'cluster', 'accepted'),
  ClusterConfiguration: kind('headway.dev', 'v1', 'clusterconfigurations', '', 'cluster', 'carried-out'),
} as const satisfies Readonly<Record<string, KindInfo>>

export type Kind = keyof typeof kinds

/** True when the text names a kind that manifests may have. */
export function isKind(text: string): text is Kind {
  return Object.hasOwn(kinds, text)
}

/** The kind for a word a person types: `deploy`, `deployments`, `Deployment`, `deployment`; null when there is none. */
export function parseKind(word: string): Kind | null {
  const lower = word.toLowerCase()
  for (const [name, info] of Object.entries(kinds) as [Kind, KindInfo][]) {
    if (lower === name.toLowerCase() || lower === info.plural || info.shortNames.includes(lower)) return name
  }
  return null
}

/** The apiVersion that manifests of a kind carry, `apps/v1` or `v1`, in its stored version. */
export function apiVersionOf(name: Kind): string {
  const info: KindInfo = kinds[name]
  return info.group === '' ? info.versions[0]! : `${info.group}/${info.versions[0]}`
}
