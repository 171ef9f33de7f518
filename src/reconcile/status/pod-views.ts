/** Pods as status shows them. */
import { makeKey, podKey } from '../../model/keys.js'
import type { PlannedReplicaSet } from '../../model/planned-state.js'
import type { PodView } from '../../model/status-view.js'
import type { PodFacts } from '../controller.js'
import { podRestarts, podStatus } from './pod-status.js'
import { podWaiting } from './pod-trouble.js'
import { firstWaiting, type StatusIndex } from './status-index.js'
import type { StatusInput } from './status-input.js'

/** One view a pod, by namespace and name. */
export function makePodViews(index: StatusIndex, input: StatusInput): PodView[] {
  const { planned } = input
  // Image names are the same for all pods of a set: read once.
  const images = new Map<string, readonly string[]>()
  return index.pods.map((pod) => {
    const set = planned.replicaSets.get(pod.planned.replicaSet)
    let names = images.get(pod.planned.replicaSet)
    if (names === undefined) {
      names = templateImages(set)
      images.set(pod.planned.replicaSet, names)
    }
    return podView({ input, index, set }, pod, names)
  })
}

interface Surroundings {
  readonly input: StatusInput
  readonly index: StatusIndex
  /** The pod's own. */
  readonly set: PlannedReplicaSet | undefined
}

function podView({ input, index, set }: Surroundings, pod: PodFacts, images: readonly string[]): PodView {
  const { planned, observed } = pod
  const key = makeKey('Pod', planned.namespace, planned.name)
  const containerIds: string[] = []
  for (const { containerId } of observed?.containers ?? []) if (containerId !== null) containerIds.push(containerId)
  return {
    key: podKey(planned.namespace, planned.name),
    uid: planned.uid,
    workload: planned.workload,
    node: planned.node,
    address: podAddress(input, pod),
    status: podStatus(pod, index.imageTrouble(planned.replicaSet)),
    phase: observed?.phase ?? 'Pending',
    ready: isServing(pod),
    restarts: podRestarts(observed),
    containerIds,
    images,
    commit: planned.commit ?? set?.commit ?? '',
    createdAt: planned.createdAt,
    waiting: podWaiting(pod, firstWaiting(index, key), input.now),
  }
}

/** Its own, or its node's under hostNetwork; null while it has none. */
export function podAddress({ planned, observed }: StatusInput, { planned: pod }: PodFacts): string | null {
  if (pod.address !== null || pod.node === null) return pod.address
  const isHostNetwork = planned.replicaSets.get(pod.replicaSet)?.template.spec?.hostNetwork === true
  return isHostNetwork ? (observed.nodes.get(pod.node)?.facts.address ?? null) : null
}

/** Ready, as far as is known, and not on its way out. */
function isServing({ planned, observed, isNodeHeard }: PodFacts): boolean {
  return isNodeHeard && observed?.ready === true && (planned.stop === null || planned.stop.phase === 'replacing')
}

/** Images of a set's app containers, in order. */
export function templateImages(set: PlannedReplicaSet | undefined): readonly string[] {
  return (set?.template.spec?.containers ?? []).map((container) => container.image ?? '')
}
