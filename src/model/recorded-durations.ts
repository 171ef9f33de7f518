/**
 * How long things took on this cluster, so that a preview need not guess: the last few measurements of each step, per
 * image and per workload and template.
 */

/** `pull`: an image that the node lacked; `start`: bound until its containers run, pull apart; `ready`: running until ready; `stop`: ordered until gone. */
export type DurationStep = 'pull' | 'start' | 'ready' | 'stop'

/** Milliseconds per step, oldest first; a step that was never measured is absent. */
export type DurationSamples = Readonly<Partial<Record<DurationStep, readonly number[]>>>

export interface RecordedDurations {
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

/** The median of a step's measurements; null when there are none. Of an even count the lower of the middle two. */
export function medianMs(samples: DurationSamples | undefined, step: DurationStep): number | null {
  const sorted = [...(samples?.[step] ?? [])].sort((left, right) => left - right)
  return sorted[(sorted.length - 1) >> 1] ?? null
}
