/**
 * What the checker keeps from plan to plan, so that looking at one costs what it changes: whose pods a node holds, which
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

type Tables = ReadonlyMap<ObjectKey, ServiceTable>

export class Standing {
  #nodes: PlannedState['nodes'] = emptyPlannedState.nodes
  #replicaSets: PlannedState['replicaSets'] = emptyPlannedState.replicaSets
  #tables: Tables = emptyPlannedState.network.services
  readonly #nodesOf = new Map<ObjectKey, Map<string, number>>()
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

  /** Names of the nodes that hold pods of a workload. */
  nodesOf(workload: ObjectKey): Iterable<string> {
    return this.#nodesOf.get(workload)?.keys() ?? []
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
    const were = before?.pods ?? NO_PODS
    const are = after?.pods ?? NO_PODS
    if (were === are) return
    // Most stay what and where they are: the lists are the same up to the first change and after the last.
    let first = 0
    while (first < were.length && first < are.length && were[first] === are[first]) first += 1
    let same = 0
    const most = Math.min(were.length, are.length) - first
    while (same < most && were[were.length - 1 - same] === are[are.length - 1 - same]) same += 1
    for (let i = first; i < were.length - same; i++) this.#count(were[i]!, name, -1)
    for (let i = first; i < are.length - same; i++) this.#count(are[i]!, name, 1)
  }

  #count({ workload }: PlannedPod, name: string, by: number): void {
    let nodes = this.#nodesOf.get(workload)
    if (nodes === undefined) {
      nodes = new Map()
      this.#nodesOf.set(workload, nodes)
    }
    const count = (nodes.get(name) ?? 0) + by
    if (count > 0) nodes.set(name, count)
    else nodes.delete(name)
    if (nodes.size === 0) this.#nodesOf.delete(workload)
  }

  #takeReplicaSet(key: ObjectKey, after: PlannedReplicaSet | undefined): void {
    const { podAntiAffinity } = after?.template.spec?.affinity ?? {}
    if ((podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0) this.#keepingAway.add(key)
    else this.#keepingAway.delete(key)
  }
}

const NOBODY: ReadonlySet<never> = new Set<never>()
const NO_PODS: readonly PlannedPod[] = []

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
