/**
 * `POST /v1/evict`: the next plan decides, with everything else that it disrupts, and what it has decided is the answer. So a
 * yes is true of the cluster, and costs no more than a pass does.
 */
import type { EvictAnswer } from '../model/admin-api.js'
import type { PodUid } from '../model/assignment.js'
import type { EvictionOutcome } from '../model/plan.js'
import { AdminError } from './admin-server.js'
import type { ChangeSequence } from './change-sequence.js'
import type { ManagerCore, ManagerEvent } from './core/manager-core.js'

export interface EvictionParts {
  readonly core: Pick<ManagerCore, 'evictionOutcome'>
  readonly changes: ChangeSequence
  send(event: ManagerEvent): void
}

/** A plan is made and stored within milliseconds; only a store or a planner that fails takes longer. */
const DECISION_LIMIT_MS = 10_000

/**
 * Asks for the eviction of the pod with this uid and waits for what becomes of it. Throws AdminError: 404 when there is no
 * such pod, 409 when a budget refuses, 504 when no plan could be made in time.
 */
export async function evictPod(parts: EvictionParts, pod: PodUid, limitMs = DECISION_LIMIT_MS): Promise<EvictAnswer> {
  const { core, changes } = parts
  const end = Date.now() + limitMs
  let sequence = changes.value
  parts.send({ type: 'evict', pod })
  for (;;) {
    const outcome = core.evictionOutcome(pod)
    if (outcome !== null) return answerOf(pod, outcome)
    const left = end - Date.now()
    if (left <= 0)
      throw new AdminError(
        504,
        `the eviction is asked for, but not decided after ${limitMs / 1000} s: see headway status`,
      )
    sequence = await changes.above(sequence, left)
  }
}

function answerOf(pod: PodUid, outcome: EvictionOutcome): EvictAnswer {
  if (outcome.type === 'ordered') return { pod }
  if (outcome.type === 'unknown')
    throw new AdminError(404, 'not evicted: there is no such pod (any more): see headway status')
  throw new AdminError(409, `not evicted: ${outcome.detail}${outcome.isLasting ? '' : '; try again later'}`)
}
