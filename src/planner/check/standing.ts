/**
 * What the checker keeps from plan to plan, so that looking at one costs what it changes: which pods a workload has, which
 * sets keep others away, whose a subnet is, which services name a pod. It follows the states it is shown by comparing
 * references, whatever they are and in whatever order, and shares nothing with the planner's index (DESIGN 8).
 */
import { diffMaps } from '../../base/layered-map.js'
import type { PodUid, ServiceTable } from '../../model/assignment.js'
import type { ObjectKey } from '../../model/keys.js'
import {
  emptyPlannedState,
  type PlannedNode,
  type PlannedPod,
  type PlannedReplicaSet,
  type PlannedState,
} from '../../model/planned-state.js'
import { changedSpan, NO_PODS } from './changed-span.js'

type Tables = ReadonlyMap<ObjectKey, ServiceTable>

export class Standing {
  #nodes: PlannedState['nodes'] = emptyPlannedState.nodes
  #replicaSets: PlannedState['replicaSets'] = emptyPlannedState.replicaSets
  #tables: Tables = emptyPlannedState.network.services
  /** How many lists a pod is in: one, unless a plan is wrong. */
  readonly #podsOf = new Map<ObjectKey, Map<PlannedPod, number>>()
  readonly #subnets = new Map<number, Set<string>>()
  readonly #keepingAway = new Set<ObjectKey>()
  readonly #servicesOf = new Map<PodUid, Set<ObjectKey>>()

  /** Brings it up to a state. */
  follow(state: PlannedState): void {
    diffMaps(this.#nodes, state.nodes, (name, before, after) => this.#takeNode(name, before, after))
    this.#nodes = state.nodes
    diffMaps(this.#replicaSets, state.replicaSets, (key, _, after) => this.#takeReplicaSet(key, after))
    this.#replicaSets = state.replicaSets
  }

  /** Brings it up to the tables that agents have. */
  followTables(tables: Tables): void {
    diffMaps(this.#tables, tables, (_, before, after) => {
      for (const [uid, key] of namedBy(before)) remove(this.#servicesOf, uid, key)
      for (const [uid, key] of namedBy(after)) add(this.#servicesOf, uid, key)
    })
    this.#tables = tables
  }

  /** A workload's pods that are on nodes: in no order, and each as often as lists have it. */
  *podsOf(workload: ObjectKey): Iterable<PlannedPod> {
    for (const [pod, count] of this.#podsOf.get(workload) ?? []) for (let i = 0; i < count; i++) yield pod
  }

  /** Nodes that have a subnet, by name. */
  nodesInSubnet(subnet: number): ReadonlySet<string> {
    return this.#subnets.get(subnet) ?? NOBODY
  }

  /** Replica sets with a required anti-affinity. */
  keepingAway(): ReadonlySet<ObjectKey> {
    return this.#keepingAway
  }

  /** Services whose tables name a pod. */
  servicesOf(uid: PodUid): ReadonlySet<ObjectKey> {
    return this.#servicesOf.get(uid) ?? NOBODY
  }

  #takeNode(name: string, before: PlannedNode | undefined, after: PlannedNode | undefined): void {
    if (before?.subnet !== after?.subnet) {
      if (before !== undefined) remove(this.#subnets, before.subnet, name)
      if (after !== undefined) add(this.#subnets, after.subnet, name)
    }
    const span = changedSpan(before?.pods ?? NO_PODS, after?.pods ?? NO_PODS)
    for (const pod of span.before) this.#count(pod, -1)
    for (const pod of span.after) this.#count(pod, 1)
  }

  #count(pod: PlannedPod, by: number): void {
    let pods = this.#podsOf.get(pod.workload)
    if (pods === undefined) {
      pods = new Map()
      this.#podsOf.set(pod.workload, pods)
    }
    const count = (pods.get(pod) ?? 0) + by
    if (count !== 0) pods.set(pod, count)
    else pods.delete(pod)
    if (pods.size === 0) this.#podsOf.delete(pod.workload)
  }

  #takeReplicaSet(key: ObjectKey, after: PlannedReplicaSet | undefined): void {
    const { podAntiAffinity } = after?.template.spec?.affinity ?? {}
    if ((podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0) this.#keepingAway.add(key)
    else this.#keepingAway.delete(key)
  }
}

const NOBODY: ReadonlySet<never> = new Set<never>()

function* namedBy(table: ServiceTable | undefined): Iterable<readonly [PodUid, ObjectKey]> {
  for (const { endpoints } of table?.ports ?? []) for (const { uid } of endpoints) yield [uid, table!.key]
}

function add<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([value]))
  else set.add(value)
}

function remove<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key)
  set?.delete(value)
  if (set?.size === 0) sets.delete(key)
}
