/**
 * The journal's lines. A segment is a head, the core's state (value-lines.ts), `{"begin":…}`, then one line for each
 * event, and at an orderly end `{"end":…}`. No line holds a secret value: the core never sees one.
 */
import { createHash } from 'node:crypto'
import { hashText } from '../../base/hash.js'
import type { Instant } from '../../base/instant.js'
import type { ValueDecoder, ValueEncoder } from '../../base/value-codec.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { Plan } from '../../model/plan.js'
import type { Waiting } from '../../model/waiting.js'
import type { ManagerEvent } from '../core/manager-core.js'
import { type DesiredDelta, diffDesired, patchDesired } from './desired-delta.js'

/** Grows when the lines' form changes. */
export const JOURNAL_FORM = 1

/** Pods' records come again in every report, specs in every pod, facts in every hello. */
export const SHARED_KEYS: readonly string[] = ['assigned', 'spec', 'template', 'facts']

export interface SegmentHead {
  readonly headway: 'journal'
  readonly form: number
  readonly clusterId: string
  /** Version of the program that wrote it: another one may plan differently. */
  readonly plannerVersion: string
  readonly at: Instant
}

/** One event as the core took it, and what a replay needs besides and is to be compared with. */
export interface JournalRecord {
  readonly at: Instant
  readonly event: ManagerEvent
  /** When the core had handled the event before, where the gap was long enough to be a stall. */
  readonly idleSince?: Instant
  /** Nodes that this event found silent, with when they were last heard. */
  readonly silent?: ReadonlyMap<string, Instant>
  /** The plan that this event led to. */
  readonly plan?: PlanMark
}

/** A record that is not written yet: its plan is there by reference, and marked when there is time to write. */
export interface UnwrittenRecord extends Omit<JournalRecord, 'plan'> {
  readonly made?: Plan
}

/** What is kept of a plan: a replay makes the rest again. */
export interface PlanMark {
  readonly id: string
  /** Over actions, brake and requeueAt. */
  readonly digest: string
  /** Over everything that waits, in order. Absent: written before it was kept. */
  readonly waits?: string
}

/** The mark of a plan. */
export function markPlan(plan: Plan): PlanMark {
  const digest = hashText(JSON.stringify([plan.actions, plan.brake, plan.requeueAt]))
  return { id: plan.id, digest, waits: digestWaits(plan.waiting) }
}

/** Everything that waits is listed in each plan, tens of thousands at worst: hashed by what is quickest at that. */
function digestWaits(waiting: readonly Waiting[]): string {
  const text = waiting.map(({ on, key, detail }) => `${on}\n${key ?? ''}\n${detail}`).join('\n')
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** A record as one line, shared parts before it; `desired` is the state before the event. */
export function encodeRecord(encoder: ValueEncoder, record: UnwrittenRecord, desired: DesiredState | null): string {
  const { made, event, ...rest } = record
  const written = {
    ...rest,
    event: event.type === 'desired' ? { type: 'desired', delta: diffDesired(desired, event.desired) } : event,
    ...(made !== undefined && { plan: markPlan(made) }),
  }
  const text = encoder.encode(written)
  const shared = encoder.takeShared().map((part) => `{"shared":${part}}\n`)
  return `${shared.join('')}{"event":${text}}\n`
}

/** The record of what JSON.parse made of such a line's `event`; throws on what is no record. */
export function decodeRecord(decoder: ValueDecoder, value: unknown, desired: DesiredState | null): JournalRecord {
  const record = decoder.revive(value) as JournalRecord & { readonly event: { readonly delta?: DesiredDelta } }
  if (typeof record?.at !== 'number' || typeof record.event?.type !== 'string') throw new Error('it is no event')
  const { delta } = record.event
  return delta === undefined ? record : { ...record, event: { type: 'desired', desired: patchDesired(desired, delta) } }
}
