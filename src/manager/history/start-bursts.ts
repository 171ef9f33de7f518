/**
 * Starts on each host as bursts: from one that begins on a host where none is under way until none is. What a burst
 * tells is how long how many were under way; how long one of them takes alone follows from several (start-sharing.ts).
 */
import type { Instant } from '../../base/instant.js'
import { compareText, groupBy } from '../../base/ordered.js'
import type { PodUid } from '../../model/assignment.js'
import type { ObjectKey } from '../../model/keys.js'
import type { HostStarts } from '../../model/recorded-durations.js'
import { STARTS_AT_ONCE } from '../../model/start-sharing.js'

/** A start that takes longer waits for something that is not the host's speed: it is not counted. */
const LONGEST_MS = 60_000
/** A burst without an end is told of in parts. */
const BURST_MAX = 64

interface Start {
  readonly workload: ObjectKey
  readonly from: Instant
}

interface EndedStart extends Start {
  readonly to: Instant
}

interface Burst {
  readonly underWay: Map<PodUid, Start>
  ended: EndedStart[]
}

export class StartBursts {
  readonly #bursts = new Map<string, Burst>()

  /** A pod was bound to a host that has its images. */
  begin(node: string, uid: PodUid, start: Start): void {
    let burst = this.#bursts.get(node)
    if (burst === undefined) {
      burst = { underWay: new Map(), ended: [] }
      this.#bursts.set(node, burst)
    }
    burst.underWay.set(uid, start)
  }

  /** Its containers run since `to`; gives what the burst tells, by workload, when this was its last start, else nothing. */
  end(node: string, uid: PodUid, to: Instant): readonly HostStarts[] {
    const burst = this.#bursts.get(node)
    const start = burst?.underWay.get(uid)
    if (burst === undefined || start === undefined) return []
    burst.underWay.delete(uid)
    if (to - start.from <= LONGEST_MS) burst.ended.push({ ...start, to })
    return this.#close(node, burst, to)
  }

  /** It will not start any more. What the burst tells, as `end`. */
  forget(node: string, uid: PodUid, now: Instant): readonly HostStarts[] {
    const burst = this.#bursts.get(node)
    if (burst === undefined || !burst.underWay.delete(uid)) return []
    return this.#close(node, burst, now)
  }

  #close(node: string, burst: Burst, now: Instant): readonly HostStarts[] {
    for (const [uid, { from }] of burst.underWay) if (now - from > LONGEST_MS) burst.underWay.delete(uid)
    if (burst.underWay.size > 0 && burst.ended.length < BURST_MAX) return []
    const told = tellStarts(burst.ended)
    burst.ended = []
    if (burst.underWay.size === 0) this.#bursts.delete(node)
    return told
  }
}

/** What starts on one host tell, by workload: in each stretch of time all that are under way share it. */
export function tellStarts(starts: readonly EndedStart[]): readonly HostStarts[] {
  const instants = [...new Set(starts.flatMap(({ from, to }) => [from, to]))].sort((left, right) => left - right)
  const told = [...groupBy(starts, ({ workload }) => workload)].map(([workload, own]) => {
    const underWayMs: number[] = []
    for (const [i, from] of instants.entries()) {
      const ms = (instants[i + 1] ?? from) - from
      const share = countAt(own, from) / Math.max(1, countAt(starts, from))
      if (ms === 0 || share === 0) continue
      const others = Math.min(STARTS_AT_ONCE, countAt(starts, from)) - 1
      while (underWayMs.length <= others) underWayMs.push(0)
      underWayMs[others] = (underWayMs[others] ?? 0) + ms * share
    }
    return { workload, count: own.length, underWayMs: underWayMs.map(Math.round) }
  })
  return told.sort((left, right) => compareText(left.workload, right.workload))
}

/** How many are under way right after an instant. */
function countAt(starts: readonly EndedStart[], instant: Instant): number {
  return starts.filter(({ from, to }) => from <= instant && instant < to).length
}
