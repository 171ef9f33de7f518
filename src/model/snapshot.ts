/**
 * A snapshot: everything the manager knows at one moment, as plain data, for previews on any machine. It has no secret
 * values: Secrets are in it by keyed digest, as everywhere in the core (DESIGN 18).
 */

import type { Instant } from '../base/instant.js'
import { ValueDecoder, ValueEncoder } from '../base/value-codec.js'
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
  const encoder = new ValueEncoder(SHARED_KEYS)
  const line = (path: readonly string[], value: unknown): string => {
    const text = encoder.encode(value)
    const shared = encoder.takeShared().map((part) => `{"shared":${part}}\n`)
    return `${shared.join('')}{"at":${JSON.stringify(path)},"value":${text}}\n`
  }
  yield `{"headway":"snapshot","version":${snapshot.version}}\n`
  const { desired, planned, assignments, observed, ...rest } = snapshot
  if (desired === null) yield line(['desired'], null)
  else yield* recordLines(line, ['desired'], desired)
  yield* recordLines(line, ['planned'], planned)
  yield line(['assignments'], [])
  for (const assignment of assignments) yield line(['assignments', ''], assignment)
  yield* recordLines(line, ['observed'], observed)
  for (const [name, value] of Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))) yield line([name], value)
  yield '{"end":true}\n'
}

type Line = (path: readonly string[], value: unknown) => string

/** A record field by field, its maps entry by entry. */
function* recordLines(line: Line, path: readonly string[], record: object): Generator<string> {
  yield line(path, {})
  for (const [name, value] of Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value instanceof Map) {
      yield line([...path, name], new Map())
      for (const [key, item] of value) yield line([...path, name, key], item)
    } else if (value !== undefined) yield line([...path, name], value)
  }
}

/** The snapshot of a text. Throws SnapshotError on anything that is not a whole snapshot of this form. */
export function decodeSnapshot(text: string): Snapshot {
  const decoder = new ValueDecoder()
  const root: Record<string, unknown> = {}
  let isWhole = false
  let number = 0
  for (const line of linesOf(text)) {
    number++
    try {
      const record = JSON.parse(line) as Record<string, unknown>
      if (number === 1) checkHead(record)
      else if ('shared' in record) decoder.addShared(record['shared'])
      else if ('at' in record) put(root, record['at'] as readonly string[], decoder.revive(record['value']))
      else if (record['end'] === true) isWhole = true
    } catch (error) {
      if (error instanceof SnapshotError) throw error
      throw new SnapshotError(`line ${number} of the snapshot cannot be read: ${messageOf(error)}: take a new one`)
    }
  }
  if (number === 0) checkHead({})
  if (!isWhole) throw new SnapshotError(`the snapshot ends after line ${number}, before its end: take a new one`)
  return root as unknown as Snapshot
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
    throw new SnapshotError('this is not a snapshot: make one with headway snapshot -o FILE')
  }
  if (head['version'] !== SNAPSHOT_VERSION) {
    throw new SnapshotError(
      `the snapshot has form ${String(head['version'])}, this program reads form ${SNAPSHOT_VERSION}: take it with the same version of headway`,
    )
  }
}

/** Puts a value at a path of record fields, map keys and (an empty name) the end of a list. */
function put(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const last = path.at(-1) ?? ''
  let parent: unknown = root
  for (const name of path.slice(0, -1)) parent = (parent as Record<string, unknown>)[name]
  if (parent instanceof Map) parent.set(last, value)
  else if (Array.isArray(parent)) parent.push(value)
  else if (typeof parent === 'object' && parent !== null) (parent as Record<string, unknown>)[last] = value
  else throw new Error(`${path.join('.')} has no place`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
