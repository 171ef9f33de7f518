/**
 * Which pod goes when a set shrinks (Kubernetes: semantics §5.1.4). One step is ours: a pod that is not available yet
 * goes before one that is, since the rollout's arithmetic counts on unavailable pods going first.
 */
import type { Instant } from '../base/instant.js'
import { wholeLog2 } from '../base/logarithm.js'
import { compareText } from '../base/ordered.js'
import type { PodUid } from '../model/assignment.js'
import type { PodFacts } from './controller.js'

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'
const NANOSECONDS = 1e6

export interface ScaleDownCandidate {
  readonly uid: PodUid
  readonly node: string | null
  readonly phase: 'Pending' | 'Unknown' | 'Running'
  readonly isReady: boolean
  readonly isAvailable: boolean
  readonly deletionCost: number
  /** How many pods of the same workload are on its node, this one included; 0 without a node. */
  readonly siblings: number
  readonly readySince: Instant | null
  readonly restarts: number
  readonly createdAt: Instant
}

export interface CandidateInput {
  readonly now: Instant
  /** Of the whole workload; siblings are counted over them. */
  readonly related: readonly PodFacts[]
  readonly available: ReadonlySet<PodUid>
  /** Of a set, by key: the deletion cost stands there. */
  readonly annotations: (replicaSet: string) => Readonly<Record<string, string>>
}

/** Sorts candidates so that the first is the first to go. */
export function orderForScaleDown(candidates: readonly ScaleDownCandidate[], now: Instant): ScaleDownCandidate[] {
  return [...candidates].sort((left, right) => compareForScaleDown(left, right, now))
}

/** The facts that the order looks at. */
export function scaleDownCandidates(pods: readonly PodFacts[], input: CandidateInput): ScaleDownCandidate[] {
  const perNode = new Map<string, number>()
  for (const { planned } of input.related) {
    if (planned.node !== null) perNode.set(planned.node, (perNode.get(planned.node) ?? 0) + 1)
  }
  return pods.map((pod) => {
    const { planned, observed } = pod
    return {
      uid: planned.uid,
      node: planned.node,
      phase: podPhase(pod),
      isReady: pod.isNodeHeard && observed?.ready === true,
      isAvailable: input.available.has(planned.uid),
      deletionCost: parseCost(input.annotations(planned.replicaSet)[DELETION_COST]),
      siblings: planned.node === null ? 0 : (perNode.get(planned.node) ?? 0),
      readySince: observed?.readySince ?? null,
      restarts: Math.max(0, ...(observed?.containers ?? []).filter((c) => c.type !== 'init').map((c) => c.restarts)),
      createdAt: planned.createdAt,
    }
  })
}

const PHASE_ORDER = { Pending: 0, Unknown: 1, Running: 2 } as const

function compareForScaleDown(left: ScaleDownCandidate, right: ScaleDownCandidate, now: Instant): number {
  return (
    Number(left.node !== null) - Number(right.node !== null) ||
    PHASE_ORDER[left.phase] - PHASE_ORDER[right.phase] ||
    Number(left.isReady) - Number(right.isReady) ||
    Number(left.isAvailable) - Number(right.isAvailable) ||
    left.deletionCost - right.deletionCost ||
    right.siblings - left.siblings ||
    compareReadyTime(left, right, now) ||
    right.restarts - left.restarts ||
    compareAge(left.createdAt, right.createdAt, now) ||
    compareText(left.uid, right.uid)
  )
}

/** Ready for less time first, on a logarithmic scale; within one step of it by uid, so that the choice is not always the youngest. */
function compareReadyTime(left: ScaleDownCandidate, right: ScaleDownCandidate, now: Instant): number {
  if (!left.isReady || !right.isReady) return 0
  if (left.readySince === right.readySince) return 0
  if (left.readySince === null) return -1
  if (right.readySince === null) return 1
  return compareAge(left.readySince, right.readySince, now) || compareText(left.uid, right.uid)
}

function compareAge(left: Instant, right: Instant, now: Instant): number {
  return logarithmicRank(now - left) - logarithmicRank(now - right)
}

/** The whole part of the binary logarithm of the nanoseconds, as Kubernetes ranks ages; −1 for none. */
function logarithmicRank(ms: number): number {
  return ms > 0 ? wholeLog2(ms * NANOSECONDS) : -1
}

function podPhase({ observed, isNodeHeard }: PodFacts): 'Pending' | 'Unknown' | 'Running' {
  if (observed === null || observed.phase === 'Pending') return 'Pending'
  return isNodeHeard && observed.phase === 'Running' ? 'Running' : 'Unknown'
}

/** A cost that is no 32-bit integer counts as 0. */
function parseCost(text: string | undefined): number {
  if (text === undefined || !/^(0|[+-]?[1-9]\d*)$/.test(text)) return 0
  const cost = Number(text)
  return Math.abs(cost) <= 2_147_483_647 ? cost : 0
}
