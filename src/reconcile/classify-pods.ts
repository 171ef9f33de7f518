/**
 * Pods sorted into buckets, once, before anything is decided over them (STYLE 7): nothing after this looks at a pod's
 * phase again. A pod on a node that is not heard counts as not ready, for its readiness is unknown.
 */
import { earliest, type Instant } from '../base/instant.js'
import type { PodFacts } from './controller.js'

export interface PodBuckets {
  /** Ready for at least minReadySeconds (Kubernetes: semantics §5.1.1). */
  readonly available: readonly PodFacts[]
  /** Ready, but not for long enough. */
  readonly ready: readonly PodFacts[]
  /** Pending, on their way, or not ready any more. */
  readonly starting: readonly PodFacts[]
  /** On a node that is silent: neither ready nor replaced, until the planner gives them up. */
  readonly lost: readonly PodFacts[]
  /** Ended for good: failed by themselves (evicted, refused by the node), or finished. */
  readonly failed: readonly PodFacts[]
  /** Ordered to stop, and perhaps gone already. */
  readonly terminating: readonly PodFacts[]
  /** Those of the first four buckets whose template is not the current one. */
  readonly outdated: readonly PodFacts[]
  /** When the first of `ready` becomes available; null when none will by waiting alone. */
  readonly availableAt: Instant | null
}

export interface ClassifyInput {
  readonly now: Instant
  readonly minReadyMs: number
  /** Null while the desired template has no set. */
  readonly currentHash: string | null
}

type Bucket = 'available' | 'ready' | 'starting' | 'lost' | 'failed' | 'terminating'

/** Sorts pods; each bucket keeps their order. */
export function classifyPods(pods: readonly PodFacts[], input: ClassifyInput): PodBuckets {
  const buckets: Record<Bucket | 'outdated', PodFacts[]> = {
    available: [],
    ready: [],
    starting: [],
    lost: [],
    failed: [],
    terminating: [],
    outdated: [],
  }
  let availableAt: Instant | null = null
  for (const pod of pods) {
    const bucket = bucketOf(pod, input)
    buckets[bucket].push(pod)
    if (bucket === 'terminating' || bucket === 'failed') continue
    if (pod.planned.templateHash !== input.currentHash) buckets.outdated.push(pod)
    if (bucket === 'ready') availableAt = earliest(availableAt, readySince(pod) + input.minReadyMs)
  }
  return { ...buckets, availableAt }
}

/** The pods that count towards a set's size: all but those that ended or are ordered to stop. */
export function activePods(buckets: PodBuckets): readonly PodFacts[] {
  return [...buckets.available, ...buckets.ready, ...buckets.starting, ...buckets.lost]
}

/** True when nothing of a pod that was ordered to stop runs any more, as far as can be known: gone, or given up with its node. */
export function isGone({ planned, observed }: PodFacts): boolean {
  if (planned.stop === null) return false
  if (planned.stop.reason === 'node-lost' || planned.node === null) return true
  return observed !== null && (observed.stopped || isEnded(observed.phase))
}

function bucketOf(pod: PodFacts, { now, minReadyMs }: ClassifyInput): Bucket {
  if (pod.planned.stop !== null) return 'terminating'
  if (pod.observed !== null && isEnded(pod.observed.phase)) return 'failed'
  if (!pod.isNodeHeard) return 'lost'
  if (pod.observed === null || !pod.observed.ready) return 'starting'
  return minReadyMs === 0 || now - readySince(pod) >= minReadyMs ? 'available' : 'ready'
}

/** A ready pod without an instant has been ready for as long as anyone knows. */
function readySince(pod: PodFacts): Instant {
  return pod.observed?.readySince ?? pod.planned.createdAt
}

/** True for a phase that a pod never leaves. */
export function isEnded(phase: string): boolean {
  return phase === 'Failed' || phase === 'Succeeded'
}
