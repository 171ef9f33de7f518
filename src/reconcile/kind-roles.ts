/**
 * What each kind is to reconciliation. Every kind has a line here, and every `workload` a controller and a health
 * function: one that is forgotten does not compile.
 */
import type { Kind } from '../model/kinds.js'

/** `workload` runs pods now; `later-workload` is accepted and will; `plain` never runs pods itself. */
export type KindRole = 'workload' | 'later-workload' | 'plain'

export const kindRoles = {
  ConfigMap: 'plain',
  Endpoints: 'plain',
  Event: 'plain',
  LimitRange: 'plain',
  Namespace: 'plain',
  Node: 'plain',
  PersistentVolume: 'plain',
  PersistentVolumeClaim: 'plain',
  Pod: 'workload',
  PodTemplate: 'plain',
  ReplicationController: 'later-workload',
  ResourceQuota: 'plain',
  Secret: 'plain',
  Service: 'plain',
  ServiceAccount: 'plain',
  CustomResourceDefinition: 'plain',
  ControllerRevision: 'plain',
  DaemonSet: 'later-workload',
  Deployment: 'workload',
  ReplicaSet: 'workload',
  StatefulSet: 'later-workload',
  HorizontalPodAutoscaler: 'plain',
  CronJob: 'later-workload',
  Job: 'later-workload',
  Lease: 'plain',
  EndpointSlice: 'plain',
  Ingress: 'plain',
  IngressClass: 'plain',
  NetworkPolicy: 'plain',
  PodDisruptionBudget: 'plain',
  ClusterRole: 'plain',
  ClusterRoleBinding: 'plain',
  Role: 'plain',
  RoleBinding: 'plain',
  PriorityClass: 'plain',
  StorageClass: 'plain',
  ClusterConfiguration: 'plain',
} as const satisfies { readonly [K in Kind]: KindRole }

/** The kinds that run pods now. */
export type WorkloadKind = { [K in Kind]: (typeof kindRoles)[K] extends 'workload' ? K : never }[Kind]

/** True for a kind that runs pods now. */
export function isWorkloadKind(kind: Kind): kind is WorkloadKind {
  return kindRoles[kind] === 'workload'
}
