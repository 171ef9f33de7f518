/** The clock that leases run on: the system's, or one that tests and the simulation advance. */

export interface StoreClock {
  /** Milliseconds that never run back; the zero point means nothing. */
  now(): number
  /** Calls back once after `delayMs`; the returned function cancels. */
  setTimer(delayMs: number, callback: () => void): () => void
}

/** setTimeout fires at once beyond 2³¹ ms, so a longer wait is cut; whoever set it looks again and waits on. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** The machine's monotonic clock. Its timers do not keep the process alive. */
export const systemClock: StoreClock = {
  now: () => performance.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, Math.ceil(delayMs)), TIMER_MAX_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export interface ManualClock extends StoreClock {
  /** Moves time on and fires what falls due, in order of time. */
  advance(ms: number): void
}

/** A clock that stands still until it is advanced. */
export function makeManualClock(): ManualClock {
  let time = 0
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>()
  return {
    now: () => time,
    setTimer(delayMs, callback) {
      const timer = { at: time + Math.max(0, delayMs), callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(ms) {
      const end = time + ms
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
        if (due === undefined) break
        timers.delete(due)
        time = due.at
        due.callback()
      }
      time = end
    },
  }
}
