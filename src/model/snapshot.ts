/**
 * A snapshot: everything the manager knows at one moment, as plain data, for previews on any machine. It has no secret
 * values: Secrets are in it by keyed digest, as everywhere in the core (DESIGN 18).
 */

import type { Instant } from '../base/instant.js'
import { ValueDecoder, ValueEncoder } from '../base/value-codec.js'
import { takeValueLine, valueLines } from '../base/value-lines.js'
import type { Assignment } from './assignment.js'
import type { DesiredState } from './desired-state.js'
import type { Generation } from './generation.js'
import type { ObservedState } from './observed-state.js'
import type { DeleteBrake } from './plan.js'
import type { PlannedState } from './planned-state.js'
import type { RecordedDurations } from './recorded-durations.js'
import type { Waiting } from './waiting.js'

/** Grows when the form changes; a snapshot of another form is refused. */
export const SNAPSHOT_VERSION = 1

export interface Snapshot {
  readonly version: typeof SNAPSHOT_VERSION
  readonly takenAt: Instant
  readonly clusterId: string
  /** Version of the program that took it: another one may plan differently. */
  readonly plannerVersion: string
  /** Null before the sources were first read. */
  readonly desired: DesiredState | null
  readonly planned: PlannedState
  /** By node name, sorted: what agents were last told. */
  readonly assignments: readonly Assignment[]
  readonly observed: ObservedState
  /** The newest generation given out. */
  readonly generation: Generation
  /** Hash of the delete brake's set that was confirmed by command. */
  readonly confirmed: string | null
  readonly isRecovering: boolean
  /** Of the newest plan. */
  readonly waiting: readonly Waiting[]
  readonly brake: DeleteBrake | null
  readonly durations: RecordedDurations
}

/** What is wrong with a snapshot's text, and what to do. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
}

/** Specs and templates are the same for all pods of a replica set. */
const SHARED_KEYS = ['spec', 'template']

/** The snapshot as text, deterministic to the byte. */
export function encodeSnapshot(snapshot: Snapshot): string {
  return [...snapshotPieces(snapshot)].join('')
}

/**
 * The same text in pieces, each quick to make: a large cluster's snapshot is written without holding up what else the
 * process does. A first line names the form; then each line is a shared part or a field, in order.
 */
export function* snapshotPieces(snapshot: Snapshot): Generator<string> {
  yield `{"headway":"snapshot","version":${snapshot.version}}\n`
  yield* valueLines(new ValueEncoder(SHARED_KEYS), snapshot)
  yield '{"end":true}\n'
}

/** The snapshot of a text. Throws SnapshotError on anything that is not a whole snapshot of this form. */
export function decodeSnapshot(text: string): Snapshot {
  const decoder = new ValueDecoder()
  const root: { value: unknown } = { value: null }
  let isWhole = false
  let number = 0
  for (const line of linesOf(text)) {
    number++
    try {
      const record = JSON.parse(line) as Record<string, unknown>
      if (number === 1) checkHead(record)
      else if (record['end'] === true) isWhole = true
      else if (!takeValueLine(decoder, root, record)) throw new Error('it is of no known kind')
    } catch (error) {
      if (error instanceof SnapshotError) throw error
      throw new SnapshotError(`line ${number} of the snapshot cannot be read: ${messageOf(error)}: take a new one`)
    }
  }
  if (number === 0) checkHead({})
  if (!isWhole) throw new SnapshotError(`the snapshot ends after line ${number}, before its end: take a new one`)
  return root.value as Snapshot
}

function* linesOf(text: string): Generator<string> {
  let from = 0
  while (from < text.length) {
    const end = text.indexOf('\n', from)
    yield text.slice(from, end < 0 ? text.length : end)
    from = end < 0 ? text.length : end + 1
  }
}

function checkHead(head: Record<string, unknown>): void {
  if (head['headway'] !== 'snapshot') {
    throw new SnapshotError('this is not a snapshot: make one')
  }
  if (head['version'] !== SNAPSHOT_VERSION) {
    throw new SnapshotError(
      `the snapshot has form ${String(head['version'])}, this program reads form ${SNAPSHOT_VERSION}: take it with the same version of headway`,
    )
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
