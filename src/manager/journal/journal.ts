/**
 * Writes what the core was told into `journal/` in the state directory, so that a replay can run it again. Writing never
 * holds the loop up: events are kept by reference, and encoded and written a little at a time, soon after. A crash may
 * lose the last moment; a full disk ends the journal, not the manager.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import type { Instant } from '../../base/instant.js'
import { ValueEncoder } from '../../base/value-codec.js'
import { valueLines } from '../../base/value-lines.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { CoreState } from '../core/core-state.js'
import type { ManagerCore, ManagerEffect, ManagerEvent } from '../core/manager-core.js'
import { EventRecorder } from './event-recorder.js'
import { encodeRecord, JOURNAL_FORM, type SegmentHead, SHARED_KEYS, type UnwrittenRecord } from './journal-record.js'
import { segmentName, tidySegments } from './segment-files.js'

export interface JournalOptions {
  readonly directory: string
  readonly clusterId: string
  readonly plannerVersion: string
  now(): Instant
  log(line: string): void
  /** A segment ends after this many bytes of events (default 4 MiB), or twice its state's where that is more. */
  readonly segmentBytes?: number
  /** Or after this time (default 1 h). */
  readonly segmentMs?: number
  /** Older segments go when all are larger than this (default 64 MiB) … */
  readonly totalBytes?: number
  /** … or older (default 7 days). */
  readonly totalMs?: number
  /** How long an event may wait to be written (default 100 ms). */
  readonly flushMs?: number
}

export interface Journal {
  /** To be called with every event that the core has just handled. */
  handled(event: ManagerEvent, now: Instant, effects: readonly ManagerEffect[]): void
  /** Resolves when everything so far is written. */
  flush(): Promise<void>
  close(): Promise<void>
}

const SEGMENT_BYTES = 4 << 20
const SEGMENT_MS = 3_600_000
const TOTAL_BYTES = 64 << 20
const TOTAL_MS = 7 * 86_400_000
const FLUSH_MS = 100
/** Written at once; encoding it takes a few milliseconds. */
const CHUNK_LETTERS = 128 << 10
/** Encoding gives way to the loop after this time. */
const SLICE_MS = 5
/** A disk that hangs must not fill the memory: some minutes of a busy cluster. */
const WAITING_MAX = 50_000

type Entry =
  | { readonly type: 'record'; readonly record: UnwrittenRecord }
  | { readonly type: 'segment'; readonly state: CoreState; readonly at: Instant }

/** Opens a journal that begins with the core's state as it is now. Never throws: a journal that cannot be is logged. */
export function openJournal(core: ManagerCore, options: JournalOptions): Journal {
  return new JournalWriter(core, options)
}

class JournalWriter implements Journal {
  readonly #core: ManagerCore
  readonly #options: JournalOptions
  readonly #recorder: EventRecorder
  #waiting: Entry[] = []
  #timer: NodeJS.Timeout | undefined
  #pumping: Promise<void> | null = null
  #tidying: Promise<void> = Promise.resolve()
  #isStopped = false
  #isSegmentDue = false
  #segmentAt: Instant
  #file: FileHandle | null = null
  #openPath = ''
  #encoder = new ValueEncoder(SHARED_KEYS)
  #desired: DesiredState | null = null
  #chunk: string[] = []
  #chunkLetters = 0
  #stateBytes = 0
  #eventBytes = 0

  constructor(core: ManagerCore, options: JournalOptions) {
    this.#core = core
    this.#options = options
    this.#recorder = new EventRecorder(core)
    this.#segmentAt = options.now()
    this.#startSegment(this.#segmentAt)
  }

  handled(event: ManagerEvent, now: Instant, effects: readonly ManagerEffect[]): void {
    if (this.#isStopped) return
    const record = this.#recorder.take(event, now, effects)
    if (record === null) return
    this.#waiting.push({ type: 'record', record })
    if (this.#waiting.length > WAITING_MAX) this.#skip(now)
    else if (this.#isFull(now)) this.#startSegment(now)
    this.#schedule()
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pumping ??= this.#pump()
    return this.#pumping
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#endSegment(this.#options.now()).catch((error: unknown) => this.#stop(error))
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#tidying
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.flushMs ?? FLUSH_MS)
  }

  #isFull(now: Instant): boolean {
    const { segmentBytes = SEGMENT_BYTES, segmentMs = SEGMENT_MS } = this.#options
    if (now - this.#segmentAt > segmentMs) return true
    // Until the segment that is due is begun, the bytes counted are those of the one before.
    return !this.#isSegmentDue && this.#eventBytes > Math.max(segmentBytes, 2 * this.#stateBytes)
  }

  #startSegment(at: Instant): void {
    this.#isSegmentDue = true
    this.#segmentAt = at
    this.#waiting.push({ type: 'segment', state: this.#core.save(), at })
    this.#schedule()
  }

  /** The disk does not keep up: what waits is given up, and a new segment begins from what is known now. */
  #skip(now: Instant): void {
    this.#options.log(`journal: ${this.#waiting.length} events could not be written in time and are left out`)
    this.#waiting = []
    this.#startSegment(now)
  }

  /** Never throws. Ends only when nothing waits any more. */
  async #pump(): Promise<void> {
    // So that `#pumping` is set before it is cleared.
    await Promise.resolve()
    let sliceEndsAt = performance.now() + SLICE_MS
    const breathe = async (): Promise<void> => {
      if (this.#chunkLetters < CHUNK_LETTERS && performance.now() < sliceEndsAt) return
      await this.#write()
      await new Promise((resolve) => setImmediate(resolve))
      sliceEndsAt = performance.now() + SLICE_MS
    }
    try {
      while (this.#waiting.length > 0 && !this.#isStopped) {
        const entries = this.#waiting
        this.#waiting = []
        for (const entry of entries) {
          if (entry.type === 'segment') await this.#writeState(entry.state, entry.at, breathe)
          else this.#writeRecord(entry.record)
          await breathe()
        }
        await this.#write()
      }
    } catch (error) {
      this.#stop(error)
    }
    this.#pumping = null
  }

  #writeRecord(record: UnwrittenRecord): void {
    const text = encodeRecord(this.#encoder, record, this.#desired)
    if (record.event.type === 'desired') this.#desired = record.event.desired
    this.#eventBytes += text.length
    this.#put(text)
  }

  async #writeState(state: CoreState, at: Instant, breathe: () => Promise<void>): Promise<void> {
    await this.#endSegment(at)
    await this.#openFile(at)
    this.#encoder = new ValueEncoder(SHARED_KEYS)
    this.#desired = state.desired
    this.#stateBytes = 0
    this.#eventBytes = 0
    this.#isSegmentDue = false
    const { clusterId, plannerVersion } = this.#options
    const head: SegmentHead = { headway: 'journal', form: JOURNAL_FORM, clusterId, plannerVersion, at }
    this.#put(`${JSON.stringify(head)}\n`)
    for (const line of valueLines(this.#encoder, state)) {
      this.#stateBytes += line.length
      this.#put(line)
      await breathe()
    }
    this.#put(`{"begin":${at}}\n`)
    this.#tidy()
  }

  async #openFile(at: Instant): Promise<void> {
    const { directory } = this.#options
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    let number = 0
    const nameAt = (): string => path.join(directory, segmentName(at, number))
    while (existsSync(nameAt()) || existsSync(`${nameAt()}.gz`)) number++
    this.#openPath = nameAt()
    this.#file = await open(this.#openPath, 'ax', 0o600)
  }

  async #endSegment(at: Instant): Promise<void> {
    if (this.#file === null) return
    this.#put(`{"end":${at}}\n`)
    await this.#write()
    await this.#file.close()
    this.#file = null
  }

  #put(text: string): void {
    this.#chunk.push(text)
    this.#chunkLetters += text.length
  }

  async #write(): Promise<void> {
    if (this.#chunkLetters === 0 || this.#file === null) return
    const text = this.#chunk.join('')
    this.#chunk = []
    this.#chunkLetters = 0
    await this.#file.appendFile(text)
  }

  #tidy(): void {
    const { directory, totalBytes = TOTAL_BYTES, totalMs = TOTAL_MS, log } = this.#options
    const isOpen = (file: string): boolean => file === this.#openPath
    this.#tidying = this.#tidying
      .then(() => tidySegments(directory, { now: this.#options.now(), totalBytes, totalMs, isOpen }))
      .catch((error: unknown) => log(`journal: old segments cannot be tidied up: ${messageOf(error)}`))
  }

  #stop(error: unknown): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#waiting = []
    this.#chunk = []
    this.#chunkLetters = 0
    const { directory, log } = this.#options
    log(`journal: ${messageOf(error)}: nothing more is written to ${directory}; make room and restart the manager`)
    this.#file?.close().catch(() => {})
    this.#file = null
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
