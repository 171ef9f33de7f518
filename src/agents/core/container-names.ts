/** Names and labels of what the agent makes in the engine; by them it finds its own again (DESIGN 3, 10). */
import { stableHash } from '../../base/hash.js'
import type { AssignedPod } from '../../model/assignment.js'
import type { RuntimeContainer } from '../runtime.js'

export const LABEL_CLUSTER = 'dev.headway.cluster'
export const LABEL_POD_UID = 'dev.headway.pod-uid'
export const LABEL_POD_NAME = 'dev.headway.pod-name'
export const LABEL_POD_NAMESPACE = 'dev.headway.pod-namespace'
export const LABEL_CONTAINER = 'dev.headway.container'
export const LABEL_ATTEMPT = 'dev.headway.attempt'
export const LABEL_TEMPLATE_HASH = 'dev.headway.template-hash'
export const LABEL_SPEC = 'dev.headway.spec'
export const LABEL_ADDRESS = 'dev.headway.address'

/** A cluster's id as it may stand in names of networks, bridges and cgroups: 8 letters. */
export function clusterTag(clusterId: string): string {
  return clusterId
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 8)
}

/** The engine's name of a container: readable, unique by the pod's uid, and the same on every try of one attempt. */
export function containerName(pod: AssignedPod, container: string, attempt: number): string {
  return `headway_${container}_${pod.name}_${pod.namespace}_${pod.uid.slice(0, 8)}_${attempt}`
}

/**
 * What must be equal for a container to be adopted as this pod's: nothing that another version of Headway could write
 * in another way, so that an upgrade restarts nothing (DESIGN 4).
 */
export function adoptionHash(pod: AssignedPod, container: string): string {
  return stableHash([pod.uid, pod.templateHash, container]).slice(0, 16)
}

/**
 * False where the container was made with another address than its pod has now: nobody could reach it. This happens
 * when the manager's store and this host's ledger are lost together. Those made before the label came count as right.
 */
export function hasAddressOf(pod: AssignedPod, container: RuntimeContainer): boolean {
  const made = container.labels[LABEL_ADDRESS]
  return made === undefined || made === (pod.address ?? '')
}

/** The labels of a container. */
export function containerLabels(
  clusterId: string,
  pod: AssignedPod,
  container: string,
  attempt: number,
): Readonly<Record<string, string>> {
  return {
    [LABEL_CLUSTER]: clusterId,
    [LABEL_POD_UID]: pod.uid,
    [LABEL_POD_NAME]: pod.name,
    [LABEL_POD_NAMESPACE]: pod.namespace,
    [LABEL_CONTAINER]: container,
    [LABEL_ATTEMPT]: String(attempt),
    [LABEL_TEMPLATE_HASH]: pod.templateHash,
    [LABEL_SPEC]: adoptionHash(pod, container),
    [LABEL_ADDRESS]: pod.address ?? '',
  }
}

/** The attempt a container's label names; 0 when it is no number. */
export function attemptOf(container: RuntimeContainer): number {
  const attempt = Number(container.labels[LABEL_ATTEMPT])
  return Number.isSafeInteger(attempt) && attempt >= 0 ? attempt : 0
}
