/** Virtual time: one queue of events, ordered by time and then by when they were scheduled. Nothing else makes time pass. */
import { AssertionError, assert } from '../base/assert.js'
import type { Instant } from '../base/instant.js'

/** Where an event goes when its host or process stands still. */
export interface Gate {
  readonly isPaused: boolean
  /** Keeps an event that has come due, for `SimulatedTime.again`. */
  hold(event: Scheduled): void
}

export interface Scheduled {
  at: Instant
  order: number
  readonly run: () => void | Promise<void>
  /** Null: it runs whatever stands still. */
  gate: Gate | null
  isCancelled: boolean
}

/** So many events at one instant mean that something schedules itself without end. */
const EVENTS_AT_ONCE_MAX = 200_000

export class SimulatedTime {
  private readonly heap: Scheduled[] = []
  private order = 0
  private atOnce = 0

  constructor(private time: Instant) {}

  get now(): Instant {
    return this.time
  }

  /** Runs a function `delayMs` from now; the returned function cancels it. With a gate, no sooner than it is open. */
  schedule(delayMs: number, run: () => void | Promise<void>, gate: Gate | null = null): () => void {
    const event = this.add(delayMs, run, gate)
    return () => {
      event.isCancelled = true
    }
  }

  /** As `schedule`, for what nothing cancels: most events by far, and cheaper. */
  later(delayMs: number, run: () => void | Promise<void>, gate: Gate | null = null): void {
    this.add(delayMs, run, gate)
  }

  /** Runs an event that a gate has held, now. */
  again(event: Scheduled): void {
    event.at = this.time
    event.order = this.order++
    event.gate = null
    this.push(event)
  }

  /** The time of the next event; null when there is none. */
  nextAt(): Instant | null {
    const { heap } = this
    while (heap.length > 0 && heap[0]!.isCancelled) this.pop()
    return heap.length === 0 ? null : heap[0]!.at
  }

  /** Moves to the next event and runs it; a promise when that goes on. There must be one (`nextAt`). */
  step(): void | Promise<void> {
    assert(this.nextAt() !== null, 'nothing is scheduled')
    const event = this.pop()!
    this.atOnce = event.at > this.time ? 0 : this.atOnce + 1
    // The text is made only when it is needed: this runs some fifty thousand times a scenario.
    if (this.atOnce >= EVENTS_AT_ONCE_MAX)
      throw new AssertionError(`time stands still at ${this.time}: an event schedules itself without end`)
    this.time = event.at
    if (event.gate?.isPaused !== true) return event.run()
    event.gate.hold(event)
    return undefined
  }

  /** Moves on to an instant before which nothing is scheduled. */
  moveTo(instant: Instant): void {
    const next = this.nextAt()
    assert(instant >= this.time && (next === null || next >= instant), 'time moves on over no event')
    this.time = instant
  }

  private add(delayMs: number, run: () => void | Promise<void>, gate: Gate | null): Scheduled {
    if (!(delayMs >= 0)) throw new AssertionError(`nothing can be scheduled ${-delayMs} ms ago`)
    const event: Scheduled = { at: this.time + Math.round(delayMs), order: this.order++, run, gate, isCancelled: false }
    this.push(event)
    return event
  }

  private push(event: Scheduled): void {
    const { heap } = this
    let at = heap.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(event, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = event
  }

  private pop(): Scheduled | undefined {
    const { heap } = this
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }
}

function isBefore(left: Scheduled, right: Scheduled): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}
