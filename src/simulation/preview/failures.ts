/** What does not work on the cluster now, and would not work for new pods of the same kind either. */
import type { ObservedPod } from '../../model/observed-state.js'
import type { Snapshot } from '../../model/snapshot.js'

export interface Failures {
  /** Image references that cannot be pulled, with what the engine says. */
  readonly images: ReadonlyMap<string, string>
  /** Hashes of templates of which no pod is ready and one crashes or never became ready for long. */
  readonly templates: ReadonlySet<string>
}

/** A pod that runs for so long and is not ready will not be. */
const NEVER_READY_MS = 5 * 60_000

export function findFailures(snapshot: Snapshot): Failures {
  const images = new Map<string, string>()
  const failing = new Set<string>()
  const ready = new Set<string>()
  for (const node of snapshot.observed.nodes.values()) {
    for (const image of node.resolvedImages.values()) if (image.error !== '') images.set(image.reference, image.error)
    for (const pod of node.pods.values()) {
      const { templateHash } = pod.assigned
      if (pod.ready) ready.add(templateHash)
      else if (hasCrashed(pod) || isNeverReady(pod, snapshot.takenAt)) failing.add(templateHash)
      noteImages(pod, images)
    }
  }
  for (const hash of ready) failing.delete(hash)
  return { images, templates: failing }
}

function hasCrashed(pod: ObservedPod): boolean {
  return (
    pod.assigned.stop === null &&
    pod.containers.some((container) => container.reason === 'CrashLoopBackOff' || container.restarts > 1)
  )
}

function isNeverReady(pod: ObservedPod, now: number): boolean {
  return pod.assigned.stop === null && pod.startedAt !== null && now - pod.startedAt > NEVER_READY_MS
}

function noteImages(pod: ObservedPod, images: Map<string, string>): void {
  const { spec } = pod.assigned
  for (const container of pod.containers) {
    if (container.reason !== 'ImagePullBackOff' && container.reason !== 'ErrImagePull') continue
    const own = [...(spec.initContainers ?? []), ...spec.containers].find(({ name }) => name === container.name)
    if (own?.image !== undefined) images.set(own.image, container.message || container.reason)
  }
}
