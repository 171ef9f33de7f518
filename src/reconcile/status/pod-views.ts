/** Pods as status shows them. */
import type { Instant } from '../../base/instant.js'
import { makeKey, podKey } from '../../model/keys.js'
import type { PlannedReplicaSet, PlannedState } from '../../model/planned-state.js'
import type { PodView } from '../../model/status-view.js'
import type { PodFacts } from '../controller.js'
import { podRestarts, podStatus } from './pod-status.js'
import { podWaiting } from './pod-trouble.js'
import type { StatusIndex } from './status-index.js'

/** One view a pod, by namespace and name. */
export function makePodViews(index: StatusIndex, planned: PlannedState, now: Instant): PodView[] {
  // Image names are the same for all pods of a set: read once.
  const images = new Map<string, readonly string[]>()
  return index.pods.map((pod) => {
    const set = planned.replicaSets.get(pod.planned.replicaSet)
    let names = images.get(pod.planned.replicaSet)
    if (names === undefined) {
      names = templateImages(set)
      images.set(pod.planned.replicaSet, names)
    }
    return podView(index, pod, names, set?.commit ?? '', now)
  })
}

function podView(
  index: StatusIndex,
  pod: PodFacts,
  images: readonly string[],
  setCommit: string,
  now: Instant,
): PodView {
  const { planned, observed } = pod
  const key = makeKey('Pod', planned.namespace, planned.name)
  const containerIds: string[] = []
  for (const { containerId } of observed?.containers ?? []) if (containerId !== null) containerIds.push(containerId)
  return {
    key: podKey(planned.namespace, planned.name),
    uid: planned.uid,
    workload: planned.workload,
    node: planned.node,
    address: planned.address,
    status: podStatus(pod),
    phase: observed?.phase ?? 'Pending',
    ready: isServing(pod),
    restarts: podRestarts(observed),
    containerIds,
    images,
    commit: planned.commit ?? setCommit,
    createdAt: planned.createdAt,
    waiting: podWaiting(pod, index.waitingOf.get(key)?.[0], now),
  }
}

/** Ready, as far as is known, and not on its way out. */
function isServing({ planned, observed, isNodeHeard }: PodFacts): boolean {
  return isNodeHeard && observed?.ready === true && (planned.stop === null || planned.stop.phase === 'replacing')
}

/** Images of a set's app containers, in order. */
export function templateImages(set: PlannedReplicaSet | undefined): readonly string[] {
  return (set?.template.spec?.containers ?? []).map((container) => container.image ?? '')
}
