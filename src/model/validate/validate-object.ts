/** What Kubernetes' validation enforces beyond types, for one object by itself. References to other objects are not looked at. */
import { type ClusterConfiguration, defaultClusterConfiguration } from '../cluster-configuration.js'
import type { Manifest } from '../desired-state.js'
import type { Pod, PodTemplate } from '../generated/kubernetes.js'
import type { Kind } from '../kinds.js'
import { readClusterConfiguration } from './cluster-configuration.js'
import { validateConfigMap, validateSecret } from './configuration-objects.js'
import type { Finding } from './finding.js'
import { validateMetadata } from './metadata.js'
import {
  validateAutoscaler,
  validateClaim,
  validateDisruptionBudget,
  validateIngress,
  validateNetworkPolicy,
  validateNode,
  validatePriorityClass,
} from './other-kinds.js'
import { validatePodSpec, validateTemplate } from './pod-spec.js'
import { makeReport, type Report, required } from './report.js'
import { validateService } from './service.js'
import {
  validateCronJob,
  validateDaemonSet,
  validateDeployment,
  validateJob,
  validateReplicaSet,
  validateReplicationController,
  validateStatefulSet,
} from './workloads.js'

export { validateChange } from './validate-change.js'

/** Takes an object of its kind. Typed by kind inside; the table only needs to be complete. */
// biome-ignore lint/suspicious/noExplicitAny: the kind decides the type
type Validator = (object: any, report: Report) => void

const nothingMore: Validator = () => {}

const validators: Readonly<Record<Exclude<Kind, 'Service' | 'ClusterConfiguration'>, Validator>> = {
  ConfigMap: validateConfigMap,
  Endpoints: nothingMore,
  Event: nothingMore,
  LimitRange: nothingMore,
  Namespace: nothingMore,
  Node: validateNode,
  PersistentVolume: nothingMore,
  PersistentVolumeClaim: validateClaim,
  Pod: (pod: Pod, report) => {
    if (pod.spec === undefined) report.add(required(), 'spec')
    else validatePodSpec(pod.spec, report.at('spec'))
  },
  PodTemplate: (object: PodTemplate, report) => {
    if (object.template !== undefined) validateTemplate(object.template, report.at('template'))
  },
  ReplicationController: validateReplicationController,
  ResourceQuota: nothingMore,
  Secret: validateSecret,
  ServiceAccount: nothingMore,
  CustomResourceDefinition: nothingMore,
  ControllerRevision: nothingMore,
  DaemonSet: validateDaemonSet,
  Deployment: validateDeployment,
  ReplicaSet: validateReplicaSet,
  StatefulSet: validateStatefulSet,
  HorizontalPodAutoscaler: validateAutoscaler,
  CronJob: validateCronJob,
  Job: validateJob,
  Lease: nothingMore,
  EndpointSlice: nothingMore,
  Ingress: validateIngress,
  IngressClass: nothingMore,
  NetworkPolicy: validateNetworkPolicy,
  PodDisruptionBudget: validateDisruptionBudget,
  ClusterRole: nothingMore,
  ClusterRoleBinding: nothingMore,
  Role: nothingMore,
  RoleBinding: nothingMore,
  PriorityClass: validatePriorityClass,
  StorageClass: nothingMore,
}

/**
 * Every finding about an object that fits its schema, after defaults (apply-defaults.ts): each is an error. The cluster's
 * configuration bounds node ports and service addresses.
 */
export function validateObject(
  kind: Kind,
  manifest: Manifest,
  configuration: ClusterConfiguration = defaultClusterConfiguration,
): Finding[] {
  const findings: Finding[] = []
  const report = makeReport(findings)
  validateMetadata(kind, manifest.metadata, report.at('metadata'))
  if (kind === 'Service') validateService(manifest, configuration, report)
  else if (kind === 'ClusterConfiguration') findings.push(...readClusterConfiguration(manifest).findings)
  else validators[kind](manifest, report)
  return findings
}
