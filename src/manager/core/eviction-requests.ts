/**
 * Evictions by command: asked for, handed to the next plan, and what became of them once that plan is in force. One that is
 * asked for while a plan is being committed is for the plan after it.
 */
import type { PodUid } from '../../model/assignment.js'
import type { EvictionOutcome, Plan } from '../../model/plan.js'

/** Far more than anybody waits for at a time. */
const OUTCOMES_MAX = 1_000

const TAKING_IN: EvictionOutcome = {
  type: 'refused',
  detail: 'the manager has begun and still takes in what runs',
  isLasting: false,
}

export class EvictionRequests {
  readonly #open = new Set<PodUid>()
  /** Those that the last plan was asked for. */
  #handedOver: readonly PodUid[] = []
  /** Oldest first. */
  readonly #outcomes = new Map<PodUid, EvictionOutcome>()

  /** What the next plan is to be asked for, sorted. */
  get open(): readonly PodUid[] {
    return [...this.#open].sort()
  }

  get handedOver(): readonly PodUid[] {
    return this.#handedOver
  }

  ask(pod: PodUid): void {
    this.#open.add(pod)
  }

  /** A plan was made for all that are open. */
  handOver(pods = this.open): void {
    this.#handedOver = pods
  }

  /** Another plan is in force than the one that was made: they stay open. */
  takeBack(): void {
    this.#handedOver = []
  }

  /** That plan is in force, or changes nothing: gives whether it was asked for any. One that only takes in what runs says no to all. */
  decide({ evictions }: Plan): boolean {
    const decided = this.#handedOver
    this.#handedOver = []
    for (const pod of decided) {
      this.#open.delete(pod)
      this.#outcomes.delete(pod)
      this.#outcomes.set(pod, evictions?.get(pod) ?? TAKING_IN)
    }
    for (const pod of this.#outcomes.keys()) {
      if (this.#outcomes.size <= OUTCOMES_MAX) break
      this.#outcomes.delete(pod)
    }
    return decided.length > 0
  }

  /** Null while no plan has decided on it. */
  outcome(pod: PodUid): EvictionOutcome | null {
    return this.#open.has(pod) ? null : (this.#outcomes.get(pod) ?? null)
  }
}
