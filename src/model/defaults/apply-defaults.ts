/**
 * Kubernetes' defaulting, so that every other part sees complete objects, and so that equal meaning gives an equal hash
 * (DESIGN 4): nulls, zero values and what only servers set are gone, quantities are canonical, defaults are written out.
 */
import type { Manifest } from '../desired-state.js'
import type { PersistentVolumeClaim, Pod, PodTemplate, PriorityClass, Secret } from '../generated/kubernetes.js'
import { apiVersionOf, type Kind } from '../kinds.js'
import { rootDefinition } from './drop-nulls.js'
import { mapped } from './mapped.js'
import { normalize } from './normalize.js'
import {
  defaultAutoscaler,
  defaultCustomResourceDefinition,
  defaultEndpointSlice,
  defaultEndpoints,
  defaultLimitRange,
  defaultNamespace,
  defaultNetworkPolicy,
  defaultPersistentVolume,
  defaultRoleBinding,
  defaultStorageClass,
} from './other-defaults.js'
import { defaultOwnPodSpec, defaultTemplate } from './pod-defaults.js'
import { defaultService } from './service-defaults.js'
import { defaultClaimSpec } from './volume-defaults.js'
import {
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultReplicationController,
  defaultStatefulSet,
} from './workload-defaults.js'

/** Takes an object of its kind in normal form. Typed by kind inside; the table only needs to be complete. */
// biome-ignore lint/suspicious/noExplicitAny: the kind decides the type
type Defaulter = (object: any) => unknown

const same: Defaulter = (object) => object

const defaulters: Readonly<Record<Kind, Defaulter>> = {
  ConfigMap: same,
  Endpoints: defaultEndpoints,
  Event: same,
  LimitRange: defaultLimitRange,
  Namespace: defaultNamespace,
  Node: same,
  PersistentVolume: defaultPersistentVolume,
  PersistentVolumeClaim: (claim: PersistentVolumeClaim) => mapped(claim, 'spec', defaultClaimSpec),
  Pod: (pod: Pod) => mapped(pod, 'spec', defaultOwnPodSpec),
  PodTemplate: (object: PodTemplate) => mapped(object, 'template', defaultTemplate),
  ReplicationController: defaultReplicationController,
  ResourceQuota: same,
  Secret: (secret: Secret) => ({ ...secret, type: secret.type ?? 'Opaque' }),
  Service: defaultService,
  ServiceAccount: same,
  CustomResourceDefinition: defaultCustomResourceDefinition,
  ControllerRevision: same,
  DaemonSet: defaultDaemonSet,
  Deployment: defaultDeployment,
  ReplicaSet: defaultReplicaSet,
  StatefulSet: defaultStatefulSet,
  HorizontalPodAutoscaler: defaultAutoscaler,
  CronJob: defaultCronJob,
  Job: defaultJob,
  Lease: same,
  EndpointSlice: defaultEndpointSlice,
  Ingress: same,
  IngressClass: same,
  NetworkPolicy: defaultNetworkPolicy,
  PodDisruptionBudget: same,
  ClusterRole: same,
  ClusterRoleBinding: defaultRoleBinding,
  Role: same,
  RoleBinding: defaultRoleBinding,
  PriorityClass: (object: PriorityClass) => ({
    ...object,
    preemptionPolicy: object.preemptionPolicy ?? 'PreemptLowerPriority',
  }),
  StorageClass: defaultStorageClass,
  ClusterConfiguration: same,
}

/**
 * The object with every default of its kind, in normal form. The manifest must fit its schema (validate-schema.ts).
 * Idempotent; a manifest with its defaults written out gives the same result. The namespace is not its concern.
 */
export function applyDefaults(kind: Kind, manifest: Manifest): Manifest {
  const definition = rootDefinition(manifest.apiVersion, kind) ?? rootDefinition(apiVersionOf(kind), kind)
  const normal = definition === undefined ? manifest : normalize(manifest, definition)
  return defaulters[kind](normal) as Manifest
}
