/**
 * Preemption (Kubernetes: semantics §3.9): a pod that fits nowhere evicts pods of lower priority from the node where that
 * costs least, and is nominated to it until they are gone. Two things differ: all potential nodes are looked at, none at
 * random, so that the same input gives the same plan; and pods that are on their way out anyway are no victims.
 *
 * It is asked in the order of the queue, so the pods that are nominated when a pod's turn comes are of equal or higher
 * priority: they are counted on their nodes for all that follow.
 */
import { formatKey } from '../../model/keys.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { setPod } from '../index-rows.js'
import { isFilteredByOwn, ownPods } from '../own-pods.js'
import { type Pass, requeue } from '../pass.js'
import type { NodeRow, PodRow, ReplicaSetRow } from '../plan-index.js'
import { profileOf } from '../scheduler/configured-profile.js'
import { type RowFilter, UNRESOLVABLE } from '../scheduler/plug-in.js'
import { defaultProfile, type Profile } from '../scheduler/profile.js'
import type { ScheduleRequest } from '../scheduler/request.js'
import { isNeverAssigned, orderStop } from '../stop-pod.js'
import { BudgetLedger } from './budget-ledger.js'
import { type Preemptor, potentialRows } from './node-trial.js'
import { Nominations } from './nominations.js'
import { isLeaving } from './preemptible-pods.js'
import { PreemptionClass } from './preemption-class.js'
import { priorityOfPod } from './priority.js'

const NO_PODS: ReadonlyMap<number, number> = new Map()

export class Preemption {
  readonly #pass: Pass
  /** With the set whose own pods the class counts, null when it counts none. */
  readonly #classes = new Map<string, { readonly kind: PreemptionClass; readonly set: ReplicaSetRow | null }>()
  readonly #nominations: Nominations
  #ledger: BudgetLedger | null = null
  #lowest: number | null = null

  constructor(pass: Pass) {
    this.#pass = pass
    this.#nominations = new Nominations(pass, (row, { replicaSet }) => {
      // What it knows of its own pods does not hold any more.
      for (const [key, { kind, set }] of this.#classes)
        if (set === replicaSet) this.#classes.delete(key)
        else kind.forget(kind.isOverDomains ? null : row)
    })
  }

  /** A pod's turn in the queue has come: the row it is nominated to, which is to be tried first, or null. */
  turnOf(pod: PodRow): number | null {
    return this.#nominations.turnOf(pod, priorityOfPod(this.#pass, pod).value)
  }

  /** Who a set's pods are to the scheduler now: where its hard defaults count its own pods, with those that are nominated. */
  preemptorOf(set: ReplicaSetRow, request: ScheduleRequest, profile: Profile): Preemptor {
    const isFiltered = isFilteredByOwn(request, profile)
    return { request, profile, own: isFiltered ? this.#nominations.ownOf(set) : ownPods(this.#pass.index, set) }
  }

  /** The same pods as far as filters ask for them: none but under hard defaults. */
  filteredOwn(set: ReplicaSetRow, request: ScheduleRequest, profile: Profile): ReadonlyMap<number, number> {
    return isFilteredByOwn(request, profile) ? this.#nominations.ownOf(set) : NO_PODS
  }

  /** Where pods of a class may not run since others are nominated only, not there; for the table as it is now. */
  withoutNominated(preemptor: Preemptor, set: ReplicaSetRow): RowFilter | null {
    const { request, profile } = preemptor
    return this.#nominations.without(preemptor, isFilteredByOwn(request, profile) ? set : null)
  }

  /** A pod found no node, and why: evicts for it if that helps, and gives what there is to say now. */
  attempt(pod: PodRow, request: ScheduleRequest, why: string): string {
    const { value, mayPreempt } = priorityOfPod(this.#pass, pod)
    if (value <= this.#lowestPriority()) {
      this.#nominate(pod, null)
      return why
    }
    const size = this.#pass.index.table.size
    const nominated = this.#stillNominated(pod, request, value)
    if (nominated !== null) return `${why}. Nominated to node ${pod.planned.nominatedNode ?? ''}: ${nominated}`
    if (!mayPreempt) {
      this.#nominate(pod, null)
      return `${why}. preemption: not eligible due to preemptionPolicy=Never.`
    }
    const kind = this.#classOf(pod.replicaSet, request, value)
    const best = kind.best()
    if (best === null) {
      this.#nominate(pod, null)
      return `${why}. preemption: 0/${size} nodes are available: ${kind.explain()}`
    }
    const node = best.node
    const text = this.#evict(pod, node, best.victims)
    this.#nominations.reserve(pod, node, request)
    if (best.usesBudgets || kind.isOverDomains) for (const { kind: other } of this.#classes.values()) other.forget(null)
    return `${why}. Nominated to node ${node.name}: ${text}`
  }

  /** Takes nominated pods out of the table again: they are not there yet. */
  release(): void {
    this.#nominations.release()
  }

  /** Not eligible while what makes room for it is still going (step 1); empty room that others took makes it so again. */
  #stillNominated(pod: PodRow, request: ScheduleRequest, priority: number): string | null {
    const { index } = this.#pass
    const node = index.nodes.get(pod.planned.nominatedNode ?? '')
    const row = node === undefined ? undefined : index.table.rowOf(node.name)
    if (node === undefined || row === undefined) return null
    const kind = this.#classOf(pod.replicaSet, request, priority)
    if (!kind.isPotential(row)) return null
    const going = [...node.pods.values()].filter(
      (item) => isLeaving(item) && priorityOfPod(this.#pass, item).value < priority,
    )
    if (going.length === 0) return null
    const trial = kind.trial(
      row,
      going.filter((item) => item.replicaSet.facts !== null),
    )
    const fits = trial.fits()
    trial.end()
    if (!fits) return null
    this.#nominations.reserve(pod, node, request)
    return `${going.length === 1 ? '1 pod makes' : `${going.length} pods make`} room there`
  }

  #evict(pod: PodRow, node: NodeRow, victims: readonly PodRow[]): string {
    const { actions } = this.#pass
    const ledger = this.#budgets()
    const names = victims.map(({ planned, workload }) => `${planned.name} (${formatKey(workload.key)})`)
    const reason = victims.length === 0 ? 'pods that are going make room there' : `evicts ${names.join(', ')}`
    this.#nominate(pod, node)
    if (victims.length === 0) return reason
    actions.push({
      type: 'preempt',
      pod: pod.uid,
      name: pod.planned.name,
      node: node.name,
      victims: victims.map((item) => ({ pod: item.uid, name: item.planned.name, owner: item.workload.key })),
      reason,
    })
    for (const victim of victims) {
      ledger.take(victim)
      // One that no agent was told of leaves its room at once.
      if (isNeverAssigned(victim)) requeue(this.#pass, this.#pass.input.now)
      orderStop(this.#pass, victim, 'preemption')
    }
    return reason
  }

  /** Records where the pod is to run, and takes that back from those of lower priority that waited for the same node. */
  #nominate(pod: PodRow, node: NodeRow | null): void {
    const { index } = this.#pass
    const before = pod.planned.nominatedNode
    if (before === node?.name) return
    setPod(
      index,
      pod.uid,
      node === null ? withoutNomination(pod.planned) : { ...pod.planned, nominatedNode: node.name },
    )
    if (node === null) return
    const priority = priorityOfPod(this.#pass, pod).value
    for (const other of this.#nominations.to(node.name)) {
      if (other === pod || priorityOfPod(this.#pass, other).value >= priority) continue
      if (other.planned.nominatedNode !== node.name || other.node !== null) continue
      setPod(index, other.uid, withoutNomination(other.planned))
    }
  }

  #classOf(set: ReplicaSetRow, request: ScheduleRequest, priority: number): PreemptionClass {
    const { index, configuration } = this.#pass
    const profile = profileOf(configuration, request.schedulerName) ?? defaultProfile
    const isOwnCounted = isFilteredByOwn(request, profile)
    const key = `${priority} ${request.classKey}${isOwnCounted ? ` ${set.key}` : ''}`
    let known = this.#classes.get(key)?.kind
    if (known === undefined) {
      const preemptor = { request, profile, own: this.filteredOwn(set, request, profile) }
      const potential = potentialRows(preemptor, index.table)
      const besides = this.withoutNominated(preemptor, set)
      if (besides !== null)
        potential.rows.forEach((_, row) => {
          if (besides.check(row) === UNRESOLVABLE) potential.rows[row] = 0
        })
      known = new PreemptionClass({ pass: this.#pass, preemptor, priority, potential, ledger: this.#budgets() })
      this.#classes.set(key, { kind: known, set: isOwnCounted ? set : null })
    }
    return known
  }

  #budgets(): BudgetLedger {
    this.#ledger ??= new BudgetLedger(this.#pass)
    return this.#ledger
  }

  /** Of all pods that have a node: without a lower one nobody can be preempted, and nothing needs to be looked at. */
  #lowestPriority(): number {
    if (this.#lowest === null) {
      this.#lowest = Number.POSITIVE_INFINITY
      for (const set of this.#pass.index.replicaSets.values())
        for (const pod of set.pods.values()) {
          if (pod.node === null) continue
          this.#lowest = Math.min(this.#lowest, priorityOfPod(this.#pass, pod).value)
          break
        }
    }
    return this.#lowest
  }
}

/** A pod that is to run anywhere again; the same if it was nominated nowhere. */
export function withoutNomination(planned: PlannedPod): PlannedPod {
  // Seldom there; leaving a field out is slow.
  if (planned.nominatedNode === undefined) return planned
  const { nominatedNode: _, ...rest } = planned
  return rest
}
