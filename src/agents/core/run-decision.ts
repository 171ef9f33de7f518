/** Whether a container is to run (again), and when: restart policy, init order and back-off of one container. */
import type { Instant } from '../../base/instant.js'
import type { AssignedPod } from '../../model/assignment.js'
import type { ImagePullPolicy, Operation } from './agent-effect.js'
import { type ContainerRecord, isExited, isRunning, type PodRecord } from './pod-record.js'
import { restartAt } from './restart-back-off.js'

type ContainerView = Readonly<ContainerRecord>

/** The policy that holds for a container: sidecars always, init containers never after success. */
export function restartPolicy(pod: Readonly<PodRecord>, container: ContainerView): 'Always' | 'OnFailure' | 'Never' {
  if (container.type === 'sandbox' || container.type === 'sidecar') return 'Always'
  const policy = container.spec.restartPolicy ?? pod.assigned.spec.restartPolicy ?? 'Always'
  if (policy === 'Never') return 'Never'
  return policy === 'OnFailure' || container.type === 'init' ? 'OnFailure' : 'Always'
}

/** True when the last run did not end well, or could not begin. */
export function hasFailed(container: ContainerView): boolean {
  return container.startError !== '' || (isExited(container) && container.current?.exitCode !== 0)
}

/** True when a container that does not run must be run: it never did, was never started, or its policy says again. */
export function wantsRun(pod: Readonly<PodRecord>, container: ContainerView): boolean {
  if (isRunning(container) || (container.type === 'init' && container.done)) return false
  if (container.current === null) return true
  if (container.current.state === 'created' && container.startError === '') return true
  const policy = restartPolicy(pod, container)
  return policy === 'Always' || (policy === 'OnFailure' && hasFailed(container))
}

/** When a container that has ended may be run again; null when it never ran. */
export function restartDue(container: ContainerView): Instant | null {
  const { current } = container
  if (current === null || container.type === 'sandbox' || !isExited(container)) return null
  return restartAt(container.backOff, current.finishedAt ?? 0)
}

/** Finding or pulling the image of a container. */
export function imageOperation(pod: AssignedPod, container: ContainerView): Operation {
  const reference = container.spec.image ?? ''
  const secrets = new Set((pod.spec.imagePullSecrets ?? []).map((secret) => secret.name))
  return {
    type: 'ensure-image',
    reference,
    pinned: pod.images[reference] ?? { id: '', digest: '' },
    policy: pullPolicy(container.spec.imagePullPolicy, reference),
    pullSecrets: pod.configs.flatMap((c) =>
      c.kind === 'Secret' && secrets.has(c.name) && c.digest !== null ? [c.digest] : [],
    ),
  }
}

/** Left out, it is Always for the tag `latest` and for none, else IfNotPresent. */
function pullPolicy(policy: string | undefined, reference: string): ImagePullPolicy {
  if (policy === 'Always' || policy === 'Never' || policy === 'IfNotPresent') return policy
  if (reference.includes('@')) return 'IfNotPresent'
  const tag = reference.slice(reference.lastIndexOf('/') + 1).split(':')[1] ?? 'latest'
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}
