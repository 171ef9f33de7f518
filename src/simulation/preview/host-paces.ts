/**
 * How fast hosts start pods: what a workload's starts take alone, and how much slower or faster than usual each host was
 * lately; so a loaded host, or one of other make, is known by its own last starts, whichever workloads they were of.
 */
import type { ObjectKey } from '../../model/keys.js'
import type { HostStarts, RecordedDurations } from '../../model/recorded-durations.js'
import { aloneMs, learnSlowdown, SLOWDOWN_DEFAULT } from '../../model/start-sharing.js'

/** Bursts of starts that a host did lately: enough that one does not decide, few enough to follow its load. */
const LATELY = 5
/** A host that differs by more than this had other troubles than load. */
const PACE_MAX = 8

/** What starts take alone, in milliseconds, and how many bursts say so. */
export interface UsualStart {
  readonly ms: number
  readonly samples: number
}

export interface Pace {
  /** How many times longer than usual a start takes. */
  readonly factor: number
  /** How many bursts say so; 0: none, and the factor is 1. */
  readonly samples: number
}

export class HostPaces {
  readonly #starts: ReadonlyMap<string, readonly HostStarts[]>
  readonly #slowdowns = new Map<string, number>()
  readonly #paces = new Map<string, Pace>()
  /** By workload; made when first asked for. */
  #usual: ReadonlyMap<ObjectKey, UsualStart> | null = null

  constructor({ starts = new Map() }: RecordedDurations) {
    this.#starts = starts
  }

  /** How much longer a start on a host takes for each other that is under way there, as a share. */
  slowdown(node: string): number {
    const starts = this.#starts.get(node)
    if (starts === undefined) return SLOWDOWN_DEFAULT
    let slowdown = this.#slowdowns.get(node)
    if (slowdown === undefined) {
      slowdown = learnSlowdown(starts)
      this.#slowdowns.set(node, slowdown)
    }
    return slowdown
  }

  /** What a workload's pods usually take, over all hosts; null when none was seen. */
  usual(workload: ObjectKey): UsualStart | null {
    return this.#usualTimes().get(workload) ?? null
  }

  /** What pods of any workload usually take; null when none was seen. */
  usualOfAll(): UsualStart | null {
    const times = [...this.#usualTimes().values()]
    const ms = middleMean(times.map((time) => time.ms))
    return ms === null ? null : { ms: Math.round(ms), samples: times.reduce((sum, { samples }) => sum + samples, 0) }
  }

  /** How a host starts pods lately, beside what is usual for their workloads. */
  pace(node: string): Pace {
    let pace = this.#paces.get(node)
    if (pace === undefined) {
      const lately = (this.#starts.get(node) ?? []).slice(-LATELY)
      const slowdown = this.slowdown(node)
      const factors = lately.map((start) => {
        const usualMs = this.usual(start.workload)?.ms ?? 0
        return usualMs > 0 ? aloneMs(start, slowdown) / usualMs : 1
      })
      const factor = Math.min(PACE_MAX, Math.max(1 / PACE_MAX, middleMean(factors) ?? 1))
      pace = { factor, samples: factors.length }
      this.#paces.set(node, pace)
    }
    return pace
  }

  #usualTimes(): ReadonlyMap<ObjectKey, UsualStart> {
    if (this.#usual !== null) return this.#usual
    const times = new Map<ObjectKey, number[]>()
    for (const [node, starts] of this.#starts) {
      const slowdown = this.slowdown(node)
      for (const start of starts) {
        const list = times.get(start.workload)
        if (list === undefined) times.set(start.workload, [aloneMs(start, slowdown)])
        else list.push(aloneMs(start, slowdown))
      }
    }
    this.#usual = new Map(
      [...times].map(([workload, list]) => [workload, { ms: Math.round(middleMean(list) ?? 0), samples: list.length }]),
    )
    return this.#usual
  }
}

/** The mean without the least and the greatest, of four or more; null of none. */
export function middleMean(values: readonly number[]): number | null {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length < 4 ? sorted : sorted.slice(1, -1)
  return middle.length === 0 ? null : middle.reduce((sum, value) => sum + value, 0) / middle.length
}
