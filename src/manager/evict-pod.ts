/**
 * `POST /v1/evict`: a disruption budget's no is told at once; else the next plan decides, and only what it has ordered is
 * answered with yes, since others may have used up the budget in between.
 */
import type { EvictAnswer } from '../model/admin-api.js'
import type { PodUid } from '../model/assignment.js'
import { type EvictionVerdict, judgeEviction } from '../planner/judge-eviction.js'
import { AdminError } from './admin-server.js'
import type { ChangeSequence } from './change-sequence.js'
import type { ManagerCore, ManagerEvent } from './core/manager-core.js'

export interface EvictionParts {
  readonly core: ManagerCore
  readonly changes: ChangeSequence
  send(event: ManagerEvent): void
}

/** A plan is made and stored within milliseconds; only a store or a planner that fails takes longer. */
const DECISION_LIMIT_MS = 10_000

/**
 * Orders the eviction of the pod with this uid. Throws AdminError: 404 when there is no such pod, 409 when a budget refuses,
 * 504 when no plan could be made in time.
 */
export async function evictPod(parts: EvictionParts, pod: PodUid): Promise<EvictAnswer> {
  const { core, changes } = parts
  refuse(judgeEviction(core.planInput(Date.now()), pod))
  parts.send({ type: 'evict', pod })
  const end = Date.now() + DECISION_LIMIT_MS
  while (core.isEvictionOpen(pod)) {
    const left = end - Date.now()
    if (left <= 0)
      throw new AdminError(
        504,
        `the eviction is asked for, but not decided after ${DECISION_LIMIT_MS / 1000} s: see headway status`,
      )
    await changes.above(changes.value, left)
  }
  if (isGoing(core, pod)) return { pod }
  refuse(judgeEviction(core.planInput(Date.now()), pod))
  throw refusal('another disruption came first', false)
}

function refuse(verdict: EvictionVerdict): void {
  if (verdict.type === 'unknown')
    throw new AdminError(404, 'not evicted: there is no such pod (any more): see headway status')
  if (verdict.type === 'refused') throw refusal(verdict.detail, verdict.isLasting)
}

function refusal(detail: string, isLasting: boolean): AdminError {
  return new AdminError(409, `not evicted: ${detail}${isLasting ? '' : '; try again later'}`)
}

/** Gone, or on its way out. */
function isGoing({ planned }: ManagerCore, uid: PodUid): boolean {
  const ofNodes = [...planned.nodes.values()].flatMap(({ pods }) => pods)
  const pod = [...planned.pending, ...ofNodes].find((item) => item.uid === uid)
  return pod === undefined || (pod.stop !== null && pod.stop.phase !== 'replacing')
}
