/** Timelines and durations in the store: one record a commit, the oldest dropped; lost with the store, and missed by nobody. */
import type { Instant } from '../../base/instant.js'
import {
  type DurationSamples,
  type HostStarts,
  noDurations,
  type RecordedDurations,
} from '../../model/recorded-durations.js'
import type { ReviewedPlan } from '../../model/reviewed-plan.js'
import type { PredictedTimeline, Timeline } from '../../model/timeline.js'
import type { Store } from '../../store/store.js'

const DURATIONS = '/history/durations'
const TIMELINES = '/history/timelines/'
/** Commits with timelines: some 100 KB each at the most. */
const TIMELINES_MAX = 100

/** What happened after a commit was taken, and what had been said of it. */
export interface TimelineRecord {
  readonly revision: string
  readonly takenAt: Instant
  readonly actual: Timeline
  readonly predicted: PredictedTimeline | null
  /** Why there is no prediction; empty when there is one. */
  readonly note: string
  /** Absent: no plan was named. */
  readonly reviewed?: ReviewedPlan
}

interface StoredDurations {
  readonly images: Readonly<Record<string, DurationSamples>>
  readonly templates: Readonly<Record<string, DurationSamples>>
  /** Absent: none, or written before there were any. */
  readonly starts?: Readonly<Record<string, readonly HostStarts[]>>
}

export async function loadDurations(store: Store): Promise<RecordedDurations> {
  const record = await store.get(DURATIONS)
  if (record === null) return noDurations
  const { images, templates, starts } = JSON.parse(record.value) as StoredDurations
  return {
    images: new Map(Object.entries(images)),
    templates: new Map(Object.entries(templates)),
    ...(starts !== undefined && { starts: new Map(Object.entries(starts)) }),
  }
}

export async function saveDurations(store: Store, durations: RecordedDurations): Promise<void> {
  const { images, templates, starts } = durations
  const stored: StoredDurations = {
    images: Object.fromEntries(images),
    templates: Object.fromEntries(templates),
    ...(starts !== undefined && { starts: Object.fromEntries(starts) }),
  }
  await store.transact({ compare: [], changes: [{ type: 'put', key: DURATIONS, value: JSON.stringify(stored) }] })
}

/** All records, oldest first. */
export async function loadTimelines(store: Store): Promise<readonly TimelineRecord[]> {
  const { records } = await store.range({ prefix: TIMELINES })
  return records.map(({ value }) => JSON.parse(value) as TimelineRecord)
}

export async function loadTimeline(store: Store, revision: string, takenAt: Instant): Promise<TimelineRecord | null> {
  const record = await store.get(keyOf(revision, takenAt))
  return record === null ? null : (JSON.parse(record.value) as TimelineRecord)
}

/** Puts a record, and drops the oldest when there are too many. */
export async function saveTimeline(store: Store, record: TimelineRecord): Promise<void> {
  const key = keyOf(record.revision, record.takenAt)
  const { records } = await store.range({ prefix: TIMELINES })
  const keys = records.map((known) => known.key).filter((known) => known !== key)
  const surplus = keys.slice(0, Math.max(0, keys.length + 1 - TIMELINES_MAX))
  const changes = surplus.map((old) => ({ type: 'delete', key: old }) as const)
  const put = { type: 'put', key, value: JSON.stringify(record) } as const
  await store.transact({ compare: [], changes: [put, ...changes] })
}

/** In order of time. */
function keyOf(revision: string, takenAt: Instant): string {
  return `${TIMELINES}${String(takenAt).padStart(15, '0')}-${revision}`
}
