/** Waiting until the manager has carried a revision out: what `headway wait` and `headway up` share. */
import type { FetchAnswer, RevisionAnswer } from '../model/admin-api.js'
import type { AdminClient } from './admin-client.js'
import { CliError, EXIT_UNREACHABLE } from './cli-error.js'

export type RevisionOutcome = 'converged' | 'unknown' | 'held' | 'brake' | 'timeout'

export interface RevisionProgress {
  readonly outcome: RevisionOutcome
  readonly answer: RevisionAnswer
}

/** What an answer means: null while there is still something to wait for. */
export function outcomeOf(answer: RevisionAnswer): RevisionOutcome | null {
  if (!answer.known) return 'unknown'
  if (answer.taken && answer.converged) return 'converged'
  // Until the commit is taken, held apps are those of an older one.
  if (answer.taken && answer.heldApps.length > 0) return 'held'
  // Only a person can let deletions go: once nothing else waits, time does not help.
  const waiting = answer.waiting
  if (answer.taken && waiting.length > 0 && waiting.every((item) => item.on === 'delete-brake')) return 'brake'
  return null
}

/** Makes the manager read its sources now; error 3 when one cannot be reached, or not within the limit. */
export async function fetchSources(
  client: AdminClient,
  limit: { readonly timeoutMs: number; readonly interrupt: AbortSignal },
): Promise<FetchAnswer> {
  const deadline = AbortSignal.timeout(limit.timeoutMs)
  const answer = await client.fetch(AbortSignal.any([deadline, limit.interrupt])).catch((error: unknown) => {
    if (!deadline.aborted) throw error
    throw new CliError(
      EXIT_UNREACHABLE,
      `the manager has not read its sources after ${limit.timeoutMs / 1_000} s: "headway status" shows what it knows`,
    )
  })
  const broken = answer.sources.find((source) => source.error !== '')
  if (broken !== undefined) throw new CliError(EXIT_UNREACHABLE, `source ${broken.id} cannot be read: ${broken.error}`)
  return answer
}

/**
 * Asks after the revision at every change until it has an outcome or the deadline passes; `onAnswer` hears every
 * answer before that. Throws the reason of `interrupt` when that is aborted.
 */
export async function waitForRevision(
  client: AdminClient,
  revision: string,
  limit: { readonly timeoutMs: number; readonly interrupt: AbortSignal },
  onAnswer: (answer: RevisionAnswer) => void,
): Promise<RevisionProgress> {
  const deadline = AbortSignal.timeout(limit.timeoutMs)
  const signal = AbortSignal.any([deadline, limit.interrupt])
  let answer = await client.revision(revision, limit.interrupt)
  for (let sequence = 0; ; ) {
    const outcome = outcomeOf(answer)
    if (outcome !== null) return { outcome, answer }
    onAnswer(answer)
    try {
      sequence = (await client.changes(sequence, signal)).sequence
      answer = await client.revision(revision, signal)
    } catch (error) {
      if (limit.interrupt.aborted) throw limit.interrupt.reason
      if (deadline.aborted) return { outcome: 'timeout', answer }
      throw error
    }
  }
}
