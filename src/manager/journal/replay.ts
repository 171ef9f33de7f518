/**
 * Runs a journal through a new core, offline: the same events at the same times lead to the same plans, byte for byte,
 * or the first plan that differs is named. No clock, engine or network is asked.
 */
import type { Instant } from '../../base/instant.js'
import { formatGeneration } from '../../model/generation.js'
import type { Plan } from '../../model/plan.js'
import { ManagerCore, type ManagerEffect } from '../core/manager-core.js'
import { type JournalRecord, markPlan, type SegmentHead } from './journal-record.js'
import { JournalError, readSegment } from './read-segment.js'
import { listSegments, type SegmentFile } from './segment-files.js'

export interface ReplayOptions {
  /** The folder that holds the journal. */
  readonly directory: string
  /** Only what is between these is shown; what leads up to `from` is run all the same. Null: from the beginning, to the end. */
  readonly from: Instant | null
  readonly to: Instant | null
  onPlan(plan: ReplayedPlan): void
  onSegment?(segment: ReplayedSegment): void
}

export interface ReplayedPlan {
  readonly plan: Plan
  readonly isReproduced: boolean
}

export interface ReplayedSegment {
  readonly file: string
  readonly from: Instant
  /** The last event that was run. */
  readonly to: Instant
  readonly events: number
  readonly plans: number
  /** False: it ends, before the time asked, where the manager or the host died, or is still being written. */
  readonly isWhole: boolean
  /** Of the program that wrote it. */
  readonly plannerVersion: string
}

/** The first plan that came out otherwise. */
export interface Mismatch {
  readonly file: string
  readonly line: number
  readonly at: Instant
  /** Ids; null where no plan was made. */
  readonly recorded: string | null
  readonly made: string | null
  /** In a sentence. */
  readonly detail: string
}

export interface ReplayResult {
  readonly segments: readonly ReplayedSegment[]
  readonly plans: number
  readonly mismatch: Mismatch | null
}

/** Replays a journal. Throws JournalError when there is none for the time asked, or one cannot be read. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { from, to, onPlan, onSegment } = options
  const files = chooseSegments(await listSegments(options.directory), options)
  const segments: ReplayedSegment[] = []
  let plans = 0
  let mismatch: Mismatch | null = null
  for (const file of files) {
    const run = new SegmentRun(file.path)
    for await (const step of run.steps(to)) {
      const isShown = from === null || step.record.at >= from
      mismatch ??= step.mismatch
      for (const plan of step.plans) if (isShown) onPlan({ plan, isReproduced: step.mismatch === null })
      if (isShown) plans += step.plans.length
      // What follows would differ as a matter of course.
      if (step.mismatch !== null) break
    }
    const segment = run.summary()
    if (segment === null) continue
    segments.push(segment)
    onSegment?.(segment)
  }
  return { segments, plans, mismatch }
}

export interface StateAt {
  readonly core: ManagerCore
  readonly clusterId: string
  readonly plannerVersion: string
  /** The last event at or before the time asked. */
  readonly at: Instant
}

/** The core as it was at a time. Throws JournalError when the journal does not reach back to it. */
export async function stateAt(directory: string, at: Instant): Promise<StateAt> {
  const files = chooseSegments(await listSegments(directory), { directory, from: at, to: at })
  for (const file of [...files].reverse()) {
    const run = new SegmentRun(file.path)
    for await (const _ of run.steps(at)) {
      // Runs to its end.
    }
    const { core, head } = run
    if (core !== null && head !== null) {
      const { clusterId, plannerVersion } = head
      return { core, clusterId, plannerVersion, at: run.lastAt }
    }
  }
  throw new JournalError(`the journal in ${directory} holds nothing of ${new Date(at).toISOString()}`)
}

/** The segments that reach into the time asked, the one that `from` falls into first. */
function chooseSegments(
  files: readonly SegmentFile[],
  { directory, from, to }: Pick<ReplayOptions, 'directory' | 'from' | 'to'>,
): readonly SegmentFile[] {
  const oldest = files[0]
  if (oldest === undefined) {
    throw new JournalError(
      `there is no journal in ${directory}: the manager writes it into journal/ in its state directory`,
    )
  }
  if (to !== null && to < oldest.startedAt) {
    throw new JournalError(
      `the journal in ${directory} begins at ${new Date(oldest.startedAt).toISOString()}: ask for a later time`,
    )
  }
  const first =
    from === null
      ? 0
      : Math.max(
          0,
          files.findLastIndex((file) => file.startedAt <= from),
        )
  return files.slice(first).filter((file) => to === null || file.startedAt <= to)
}

interface Step {
  readonly record: JournalRecord
  readonly plans: readonly Plan[]
  readonly mismatch: Mismatch | null
}

/** One segment through one core. */
class SegmentRun {
  core: ManagerCore | null = null
  head: SegmentHead | null = null
  lastAt: Instant = 0
  #startedAt: Instant = 0
  #events = 0
  #plans = 0
  #isWhole = false

  constructor(private readonly file: string) {}

  /** Runs events up to a time. A segment whose beginning is cut off has none. */
  async *steps(to: Instant | null): AsyncGenerator<Step> {
    for await (const part of readSegment(this.file)) {
      if (part.type === 'begin') {
        this.core = ManagerCore.restore(part.state)
        this.head = part.head
        this.#startedAt = part.at
        this.lastAt = part.at
      } else if (part.type === 'end') this.#isWhole = part.isWhole
      else if (to !== null && part.record.at > to) {
        this.#isWhole = true
        return
      } else if (this.core !== null) yield this.#step(this.core, part.record, part.line)
    }
  }

  /** Null when nothing could be run. */
  summary(): ReplayedSegment | null {
    if (this.head === null) return null
    const { file, lastAt } = this
    const counts = { events: this.#events, plans: this.#plans, isWhole: this.#isWhole }
    return { file, from: this.#startedAt, to: lastAt, ...counts, plannerVersion: this.head.plannerVersion }
  }

  #step(core: ManagerCore, record: JournalRecord, line: number): Step {
    const { at } = record
    core.setClocks(record.idleSince ?? at, record.silent ?? new Map(), at)
    const effects = core.handle(record.event, at)
    const plans = effects.flatMap((effect) => (effect.type === 'commit-plan' ? [effect.plan] : []))
    this.lastAt = at
    this.#events++
    this.#plans += plans.length
    const mismatch = compare(record, plans[0] ?? null, effects)
    return { record, plans, mismatch: mismatch === null ? null : { file: this.file, line, at, ...mismatch } }
  }
}

function compare(
  { plan: recorded }: JournalRecord,
  made: Plan | null,
  effects: readonly ManagerEffect[],
): Pick<Mismatch, 'recorded' | 'made' | 'detail'> | null {
  const mark = made === null ? undefined : markPlan(made)
  const waitsAlike = recorded?.waits === undefined || mark?.waits === recorded.waits
  if (mark?.id === recorded?.id && mark?.digest === recorded?.digest && waitsAlike) return null
  const ids = { recorded: recorded?.id ?? null, made: made?.id ?? null }
  if (made === null) {
    const lines = effects.flatMap((effect) => (effect.type === 'log' ? [effect.line] : []))
    const said = lines.length === 0 ? '' : `; the core said: ${lines.join('; ')}`
    return { ...ids, detail: `the manager made plan ${ids.recorded}, the replay none${said}` }
  }
  const generation = formatGeneration(made.generation)
  if (recorded === undefined) {
    return { ...ids, detail: `the replay made plan ${made.id} (generation ${generation}), the manager none` }
  }
  const other = mark?.digest === recorded.digest ? 'lists other things that wait' : 'has other actions'
  const what = recorded.id === made.id ? other : `is ${made.id} in the replay`
  return { ...ids, detail: `plan ${recorded.id} (generation ${generation}) ${what}` }
}
