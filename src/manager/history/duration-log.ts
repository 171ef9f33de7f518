/** Keeps the last few measurements of each step, per image and per workload and template, and the last starts of each host. Bounded. */
import { sortedMap } from '../../base/ordered.js'
import type { DurationSamples, DurationStep, HostStarts, RecordedDurations } from '../../model/recorded-durations.js'

/** Enough for a median that one slow start does not move, few enough to follow a host that became faster. */
const SAMPLES_MAX = 9
/** Entries of some 200 bytes each; the ones measured longest ago go first. */
const ENTRIES_MAX = 2_000
/** Bursts of starts of one host: enough to have some with company and some without. */
const STARTS_MAX = 24
/** Of all hosts, some 90 bytes each: of very many hosts each keeps fewer, four at least, and the ones idle for longest go first. */
const ALL_STARTS_MAX = 4_000
const STARTS_MIN = 4

export class DurationLog {
  readonly #images: Map<string, DurationSamples>
  readonly #templates: Map<string, DurationSamples>
  readonly #starts: Map<string, readonly HostStarts[]>
  #saved: RecordedDurations | null = null

  constructor(durations: RecordedDurations) {
    this.#images = new Map(durations.images)
    this.#templates = new Map(durations.templates)
    this.#starts = new Map(durations.starts ?? [])
  }

  /** One measurement of an image, by its reference. */
  addImage(reference: string, step: DurationStep, ms: number): void {
    this.#add(this.#images, reference, step, ms)
  }

  /** One measurement of a template, by templateDurationKey. */
  addTemplate(key: string, step: DurationStep, ms: number): void {
    this.#add(this.#templates, key, step, ms)
  }

  /** A burst of starts on a host. */
  addStarts(node: string, starts: HostStarts): void {
    const before = this.#starts.get(node) ?? []
    this.#starts.delete(node)
    const each = Math.max(STARTS_MIN, Math.min(STARTS_MAX, Math.floor(ALL_STARTS_MAX / (this.#starts.size + 1))))
    this.#starts.set(node, [...before, starts].slice(-each))
    const [oldest] = this.#starts.keys()
    if (this.#starts.size > ALL_STARTS_MAX / STARTS_MIN && oldest !== undefined) this.#starts.delete(oldest)
    this.#saved = null
  }

  image(reference: string): DurationSamples | undefined {
    return this.#images.get(reference)
  }

  template(key: string): DurationSamples | undefined {
    return this.#templates.get(key)
  }

  /** Everything, sorted; the same object until something is added. */
  durations(): RecordedDurations {
    this.#saved ??= {
      images: sortedMap(this.#images),
      templates: sortedMap(this.#templates),
      ...(this.#starts.size > 0 && { starts: sortedMap(this.#starts) }),
    }
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
