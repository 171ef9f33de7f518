/** What starts beside each other would have taken alone: each start's own work, told apart from waiting and sharing. */
import type { Instant } from '../../base/instant.js'
import type { PodUid } from '../../model/assignment.js'
import { STARTS_AT_ONCE, startSlowness } from '../../model/start-sharing.js'

/** A time in which so much slowed a start down. */
interface Share {
  readonly from: Instant
  readonly to: Instant
  readonly slowness: number
}

interface Start {
  readonly uid: PodUid
  /** In which it was under way, in order of time. */
  readonly shares: Share[]
}

interface Host {
  readonly cores: number
  /** In the order in which they were bound: the first few are under way, the others wait. */
  readonly starts: Start[]
  countedAt: Instant
}

export class StartWork {
  readonly #hosts = new Map<string, Host>()

  /** A pod was bound to a host, which begins to start it. */
  begin(node: string, cores: number, uid: PodUid, at: Instant): void {
    let host = this.#hosts.get(node)
    if (host === undefined || host.starts.length === 0) {
      host = { cores, starts: [], countedAt: at }
      this.#hosts.set(node, host)
    }
    count(host, at)
    host.starts.push({ uid, shares: [] })
  }

  /** It has started: what that would have taken alone, in milliseconds; null for a start that was not followed. */
  end(node: string, uid: PodUid, at: Instant): number | null {
    const host = this.#hosts.get(node)
    const start = host?.starts.find((candidate) => candidate.uid === uid)
    if (host === undefined || start === undefined) return null
    count(host, at)
    this.forget(node, uid)
    // The report of it may have come later than it happened: what came after is not its own.
    return start.shares.reduce((sum, { from, to, slowness }) => {
      return sum + Math.max(0, Math.min(to, at) - from) / slowness
    }, 0)
  }

  /** It will not start any more. */
  forget(node: string, uid: PodUid): void {
    const host = this.#hosts.get(node)
    if (host === undefined) return
    const at = host.starts.findIndex((start) => start.uid === uid)
    if (at >= 0) host.starts.splice(at, 1)
    if (host.starts.length === 0) this.#hosts.delete(node)
  }
}

function count(host: Host, now: Instant): void {
  const { cores, starts, countedAt: from } = host
  if (now <= from) return
  const underWay = starts.slice(0, STARTS_AT_ONCE)
  const slowness = startSlowness(underWay.length, cores)
  for (const start of underWay) start.shares.push({ from, to: now, slowness })
  host.countedAt = now
}
