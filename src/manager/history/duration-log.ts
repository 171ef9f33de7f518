/** Keeps the last few measurements of each step, per image and per workload and template. Bounded. */
import { sortedMap } from '../../base/ordered.js'
import type { DurationSamples, DurationStep, RecordedDurations } from '../../model/recorded-durations.js'

/** Enough for a median that one slow start does not move, few enough to follow a host that became faster. */
const SAMPLES_MAX = 9
/** Entries of some 200 bytes each; the ones measured longest ago go first. */
const ENTRIES_MAX = 2_000

export class DurationLog {
  readonly #images: Map<string, DurationSamples>
  readonly #templates: Map<string, DurationSamples>
  #saved: RecordedDurations | null = null

  constructor(durations: RecordedDurations) {
    this.#images = new Map(durations.images)
    this.#templates = new Map(durations.templates)
  }

  /** One measurement of an image, by its reference. */
  addImage(reference: string, step: DurationStep, ms: number): void {
    this.#add(this.#images, reference, step, ms)
  }

  /** One measurement of a template, by templateDurationKey. */
  addTemplate(key: string, step: DurationStep, ms: number): void {
    this.#add(this.#templates, key, step, ms)
  }

  image(reference: string): DurationSamples | undefined {
    return this.#images.get(reference)
  }

  template(key: string): DurationSamples | undefined {
    return this.#templates.get(key)
  }

  /** Everything, sorted; the same object until something is added. */
  durations(): RecordedDurations {
    this.#saved ??= { images: sortedMap(this.#images), templates: sortedMap(this.#templates) }
    return this.#saved
  }

  #add(map: Map<string, DurationSamples>, key: string, step: DurationStep, ms: number): void {
    const samples = map.get(key) ?? {}
    // Put in anew: what was measured last stands last.
    map.delete(key)
    map.set(key, { ...samples, [step]: [...(samples[step] ?? []), Math.max(0, Math.round(ms))].slice(-SAMPLES_MAX) })
    const [oldest] = map.keys()
    if (map.size > ENTRIES_MAX && oldest !== undefined) map.delete(oldest)
    this.#saved = null
  }
}
