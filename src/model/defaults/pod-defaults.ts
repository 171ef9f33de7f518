/** Defaults of pods and pod templates (Kubernetes: SetDefaults_PodSpec and SetDefaults_Pod). */
import type { Container, PodSpec, PodTemplateSpec } from '../generated/kubernetes.js'
import { defaultContainer } from './container-defaults.js'
import { mapped, mappedItems, without } from './mapped.js'
import { defaultVolume } from './volume-defaults.js'

const GRACE_SECONDS = 30

/** A pod spec with its defaults, in a template or a Pod. */
export function defaultPodSpec(spec: PodSpec): PodSpec {
  const hostNetwork = spec.hostNetwork === true
  const account = spec.serviceAccountName ?? spec.serviceAccount
  let result: PodSpec = {
    ...spec,
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    enableServiceLinks: spec.enableServiceLinks ?? true,
    restartPolicy: spec.restartPolicy ?? 'Always',
    schedulerName: spec.schedulerName ?? 'default-scheduler',
    securityContext: spec.securityContext ?? {},
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? GRACE_SECONDS,
    ...(account === undefined ? {} : { serviceAccountName: account, serviceAccount: account }),
  }
  if (result.hostUsers === true) result = without(result, 'hostUsers')
  result = mappedItems(result, 'containers', (container) => defaultContainer(container, hostNetwork))
  result = mappedItems(result, 'initContainers', (container) => defaultContainer(container, hostNetwork))
  return mappedItems(result, 'volumes', defaultVolume)
}

/** A pod template with its defaults; one without a spec stays without (validation says so). */
export function defaultTemplate(template: PodTemplateSpec): PodTemplateSpec {
  return mapped(template, 'spec', defaultPodSpec)
}

/** A Pod's spec: besides, a limit without a request is the request. On Pods only (Kubernetes: semantics §3.1). */
export function defaultOwnPodSpec(spec: PodSpec): PodSpec {
  const withRequests = mappedItems(spec, 'containers', requestsFromLimits)
  return defaultPodSpec(mappedItems(withRequests, 'initContainers', requestsFromLimits))
}

function requestsFromLimits(container: Container): Container {
  return mapped(container, 'resources', (resources) =>
    resources.limits === undefined
      ? resources
      : { ...resources, requests: { ...resources.limits, ...resources.requests } },
  )
}
