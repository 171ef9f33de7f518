/**
 * The room that is kept for pods which preempted others and wait until those are gone (Kubernetes: semantics §3.9, step 5).
 * When pods of some priority come to be scheduled, all that are nominated with that priority or a higher one are counted on
 * their nodes, so that nobody of equal or lower priority takes what was made free for them; in its own turn a pod is not.
 * Nobody may come because of them either (without-nominated.ts).
 */

import { ownPods } from '../own-pods.js'
import type { Pass } from '../pass.js'
import type { NodeRow, PodRow, ReplicaSetRow } from '../plan-index.js'
import type { RowFilter } from '../scheduler/plug-in.js'
import type { ScheduleRequest } from '../scheduler/request.js'
import type { Preemptor } from './node-trial.js'
import { priorityOfPod } from './priority.js'
import { type Reservation, withoutNominated } from './without-nominated.js'

export class Nominations {
  readonly #pass: Pass
  /** Told of each row on which a pod more or less is counted, and which. */
  readonly #onChange: (row: number, pod: PodRow) => void
  readonly #reserved = new Map<PodRow, Reservation>()
  /** Pending pods by the node they were nominated to when the step began. */
  readonly #byNode = new Map<string, PodRow[]>()
  /** The same pods, highest priority first, without those that are counted already. */
  readonly #waiting: { readonly pod: PodRow; readonly priority: number }[] = []

  constructor(pass: Pass, onChange: (row: number, pod: PodRow) => void) {
    this.#pass = pass
    this.#onChange = onChange
    for (const pod of pass.index.pending.values()) {
      const { nominatedNode, stop } = pod.planned
      if (nominatedNode === undefined || stop !== null) continue
      const list = this.#byNode.get(nominatedNode)
      if (list === undefined) this.#byNode.set(nominatedNode, [pod])
      else list.push(pod)
      this.#waiting.push({ pod, priority: priorityOfPod(pass, pod).value })
    }
    this.#waiting.sort((left, right) => left.priority - right.priority)
  }

  /** Pods that were nominated to a node when the step began. */
  to(node: string): readonly PodRow[] {
    return this.#byNode.get(node) ?? []
  }

  /** A pod's turn: those of its priority are counted, itself is not. The row it was nominated to, or null. */
  turnOf(pod: PodRow, priority: number): number | null {
    const { index } = this.#pass
    for (
      let next = this.#waiting.at(-1);
      next !== undefined && next.priority >= priority;
      next = this.#waiting.at(-1)
    ) {
      this.#waiting.pop()
      const node = index.nodes.get(next.pod.planned.nominatedNode ?? '')
      const request = next.pod.replicaSet.facts?.request
      if (next.pod !== pod && node !== undefined && request !== undefined) this.reserve(next.pod, node, request)
    }
    this.#free(pod)
    return index.table.rowOf(pod.planned.nominatedNode ?? '') ?? null
  }

  /** Counts a pod on the node it is nominated to. */
  reserve(pod: PodRow, node: NodeRow, request: ScheduleRequest): void {
    const { table } = this.#pass.index
    const row = table.rowOf(node.name)
    if (row === undefined) return
    this.#free(pod)
    table.assume(row, request)
    this.#reserved.set(pod, { row, request })
    this.#onChange(row, pod)
  }

  /** How many pods of a set each row has, with those that are counted here: for rules that look at the set's own pods. */
  ownOf(set: ReplicaSetRow): ReadonlyMap<number, number> {
    const own = ownPods(this.#pass.index, set)
    for (const [pod, { row }] of this.#reserved) if (pod.replicaSet === set) own.set(row, (own.get(row) ?? 0) + 1)
    return own
  }

  /**
   * Where a class may not run while the pods that are counted here are not there yet; null when that is nowhere. `set`: the
   * one whose own pods the class counts, null when it counts none.
   */
  without(preemptor: Preemptor, set: ReplicaSetRow | null): RowFilter | null {
    if (this.#reserved.size === 0) return null
    const isOwnNominated = set !== null && [...this.#reserved.keys()].some(({ replicaSet }) => replicaSet === set)
    const own = isOwnNominated ? ownPods(this.#pass.index, set) : null
    return withoutNominated(preemptor, this.#pass.index.table, this.#reserved.values(), own)
  }

  /** Nothing is counted that is not there: for the end of the step. */
  release(): void {
    for (const pod of [...this.#reserved.keys()]) this.#free(pod)
  }

  #free(pod: PodRow): void {
    const reservation = this.#reserved.get(pod)
    if (reservation === undefined) return
    this.#reserved.delete(pod)
    this.#pass.index.table.forget(reservation.row, reservation.request)
    this.#onChange(reservation.row, pod)
  }
}
