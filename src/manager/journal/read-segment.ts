/** Reads one segment of a journal: the core's state it begins with, then its events, one after the other. */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'
import type { Instant } from '../../base/instant.js'
import { ValueDecoder } from '../../base/value-codec.js'
import { takeValueLine } from '../../base/value-lines.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { CoreState } from '../core/core-state.js'
import { decodeRecord, JOURNAL_FORM, type JournalRecord, type SegmentHead } from './journal-record.js'

/** A journal that cannot be read: `file:line: what`, and what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError'
}

export type SegmentPart =
  | { readonly type: 'begin'; readonly head: SegmentHead; readonly state: CoreState; readonly at: Instant }
  | { readonly type: 'event'; readonly record: JournalRecord; readonly line: number }
  /** `isWhole`: the segment was closed in order; else it ends where the process or the power did. */
  | { readonly type: 'end'; readonly isWhole: boolean }

/** The parts of a segment, in order. Throws JournalError at the first line that is damaged. */
export async function* readSegment(file: string): AsyncGenerator<SegmentPart> {
  const reader = new SegmentReader(file)
  let isWhole = false
  for await (const { text, number, isLast } of linesOf(file)) {
    // A crash cuts the last line off anywhere.
    if (isLast) break
    const part = reader.take(text, number)
    if (part === null) continue
    if (part.type !== 'end') yield part
    else isWhole = true
  }
  yield { type: 'end', isWhole }
}

class SegmentReader {
  readonly #decoder = new ValueDecoder()
  readonly #root: { value: unknown } = { value: null }
  #head: SegmentHead | null = null
  #hasBegun = false
  #desired: DesiredState | null = null

  constructor(private readonly file: string) {}

  take(text: string, number: number): SegmentPart | null {
    try {
      const record = JSON.parse(text) as Record<string, unknown>
      if (this.#head === null) {
        this.#head = readHead(record)
        return null
      }
      return this.#takeRecord(this.#head, record, number)
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      throw new JournalError(
        `${this.file}:${number}: ${what}: the segment is damaged from here; remove it, or replay up to here with --to`,
      )
    }
  }

  #takeRecord(head: SegmentHead, record: Record<string, unknown>, line: number): SegmentPart | null {
    if (typeof record['begin'] === 'number') {
      const state = this.#root.value as CoreState
      this.#hasBegun = true
      this.#desired = state.desired
      return { type: 'begin', head, state, at: record['begin'] }
    }
    if ('event' in record && this.#hasBegun) {
      const event = decodeRecord(this.#decoder, record['event'], this.#desired)
      if (event.event.type === 'desired') this.#desired = event.event.desired
      return { type: 'event', record: event, line }
    }
    if (typeof record['end'] === 'number') return { type: 'end', isWhole: true }
    if (!takeValueLine(this.#decoder, this.#root, record)) throw new Error('no line of a journal is like this')
    return null
  }
}

function readHead(record: Record<string, unknown>): SegmentHead {
  if (record['headway'] !== 'journal') throw new Error('this is no journal')
  if (record['form'] !== JOURNAL_FORM) {
    throw new Error(`the journal has form ${String(record['form'])}, this program reads form ${JOURNAL_FORM}`)
  }
  return record as unknown as SegmentHead
}

interface Line {
  readonly text: string
  readonly number: number
  /** What follows the last newline. */
  readonly isLast: boolean
}

async function* linesOf(file: string): AsyncGenerator<Line> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let number = 0
  try {
    for await (const chunk of openStream(file)) {
      const lines = `${rest}${decoder.write(chunk)}`.split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) yield { text, number: ++number, isLast: false }
    }
  } catch (error) {
    const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
    if (error instanceof JournalError) throw error
    // A compressed file that is cut off is read as far as it goes.
    if (code !== 'Z_BUF_ERROR') {
      const what = error instanceof Error ? error.message : String(error)
      throw new JournalError(`${file}:${number + 1}: ${what}: the segment is damaged from here`)
    }
  }
  if (rest !== '') yield { text: rest, number: number + 1, isLast: true }
}

function openStream(file: string): AsyncIterable<Buffer> {
  const raw = createReadStream(file)
  if (!file.endsWith('.gz')) return raw
  const gunzip = createGunzip()
  // Errors come out of the reading end; leaving off early closes the file too.
  pipeline(raw, gunzip, () => {})
  return gunzip
}
