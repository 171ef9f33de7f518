/**
 * How long things took on this cluster, so that a preview need not guess: the last few measurements of each step, per
 * image and per workload and template; and of each host the starts there, with the company they had.
 */

import type { ObjectKey } from './keys.js'

/** `pull`: an image that the node lacked; `start`: bound until its containers run, pull apart; `ready`: running until ready; `stop`: ordered until gone. */
export type DurationStep = 'pull' | 'start' | 'ready' | 'stop'

/** Milliseconds per step, oldest first; a step that was never measured is absent. */
export type DurationSamples = Readonly<Partial<Record<DurationStep, readonly number[]>>>

/** Pods of one workload that started on a host beside each other or alone, in one burst. */
export interface HostStarts {
  readonly workload: ObjectKey
  /** How many pods. */
  readonly count: number
  /** Milliseconds in which one start was under way on the host, two, three …: of those with other workloads this one's share. */
  readonly underWayMs: readonly number[]
}

export interface RecordedDurations {
  /** By node name, sorted; the newest last. Absent: none yet. */
  readonly starts?: ReadonlyMap<string, readonly HostStarts[]>
  /** By image reference as the template writes it, sorted. */
  readonly images: ReadonlyMap<string, DurationSamples>
  /** By `workload key@template hash`, sorted. */
  readonly templates: ReadonlyMap<string, DurationSamples>
}

export const noDurations: RecordedDurations = { images: new Map(), templates: new Map() }

/** The key of a template's samples. */
export function templateDurationKey(workload: string, templateHash: string): string {
  return `${workload}@${templateHash}`
}

/** The workload that a template's samples belong to. */
export function workloadOfTemplate(key: string): ObjectKey {
  return key.slice(0, key.lastIndexOf('@')) as ObjectKey
}

/** The median of a step's measurements; null when there are none. Of an even count the lower of the middle two. */
export function medianMs(samples: DurationSamples | undefined, step: DurationStep): number | null {
  const sorted = [...(samples?.[step] ?? [])].sort((left, right) => left - right)
  return sorted[(sorted.length - 1) >> 1] ?? null
}
