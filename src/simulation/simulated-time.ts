/** Virtual time: one queue of events, ordered by time and then by when they were scheduled. Nothing else makes time pass. */
import { assert } from '../base/assert.js'
import type { Instant } from '../base/instant.js'

interface Scheduled {
  readonly at: Instant
  readonly order: number
  readonly run: () => void | Promise<void>
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

  /** Runs a function `delayMs` from now; the returned function cancels it. */
  schedule(delayMs: number, run: () => void | Promise<void>): () => void {
    assert(delayMs >= 0, `nothing can be scheduled ${-delayMs} ms ago`)
    const event: Scheduled = { at: this.time + Math.round(delayMs), order: this.order++, run, isCancelled: false }
    this.push(event)
    return () => {
      event.isCancelled = true
    }
  }

  /** The time of the next event; null when there is none. */
  nextAt(): Instant | null {
    while (this.heap[0]?.isCancelled === true) this.pop()
    return this.heap[0]?.at ?? null
  }

  /** Moves to the next event and runs it; a promise when that goes on. There must be one (`nextAt`). */
  step(): void | Promise<void> {
    const next = this.nextAt()
    assert(next !== null, 'nothing is scheduled')
    const event = this.pop()!
    this.atOnce = event.at > this.time ? 0 : this.atOnce + 1
    assert(this.atOnce < EVENTS_AT_ONCE_MAX, `time stands still at ${this.time}: an event schedules itself without end`)
    this.time = event.at
    return event.run()
  }

  /** Moves on to an instant before which nothing is scheduled. */
  moveTo(instant: Instant): void {
    const next = this.nextAt()
    assert(instant >= this.time && (next === null || next >= instant), 'time moves on over no event')
    this.time = instant
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
