/**
 * A plan that its own check refuses, or planning that fails: a fault in Headway, which must not stop the cluster nor be
 * repeated without end. It is told as something that waits, and tried again later and later.
 */
import { formatDuration, type Instant } from '../../base/instant.js'
import type { Waiting } from '../../model/waiting.js'

export interface Refusal {
  /** `refused by rule owners: …`, with the rule of the plan checker, or `failed: …`. */
  readonly why: string
  /** Refusals in a row. */
  readonly count: number
  readonly retryAt: Instant
}

const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 60_000

/** The refusal after one more: they wait 1 s, 2, 4 … 60 s. */
export function nextRefusal(before: Refusal | null, why: string, now: Instant): Refusal {
  const count = (before?.count ?? 0) + 1
  return { why, count, retryAt: now + Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(count - 1, 16)) }
}

/** What people are told; `inForce` is the revision that is carried out meanwhile, empty when there is none but this. */
export function refusalWaiting({ why, count, retryAt }: Refusal, now: Instant, inForce: string): Waiting {
  const meanwhile =
    inForce === '' ? 'everything runs on as it is' : `commit ${inForce.slice(0, 10)} stays in force meanwhile`
  const times = count === 1 ? 'once' : `${count} times`
  const detail = `the plan was ${why} (${times}, again in ${formatDuration(retryAt - now + 999)}); ${meanwhile}. This is a fault of Headway: revert the commit, and report it with the journal (headway replay)`
  return { on: 'plan-check', key: null, detail }
}
