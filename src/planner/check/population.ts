/**
 * How many pods of which set are on which node, kept from plan to plan so that rules between pods cost what a plan changes.
 * It follows the states it is shown by comparing references, and shares nothing with the planner's index (DESIGN 8). What
 * a node runs and no plan knows counts too, until it is gone.
 */
import { diffMaps } from '../../base/layered-map.js'
import type { AssignedPod } from '../../model/assignment.js'
import type { ObservedNode, ObservedState } from '../../model/observed-state.js'
import { emptyPlannedState, type PlannedNode, type PlannedPod, type PlannedState } from '../../model/planned-state.js'

/** The key of a replica set, or of a pod that no plan knows (`stray` and its uid). */
export type SetKey = string

/** Pods of one set on one node. */
export interface Count {
  /** Without those ordered to stop. */
  readonly serving: number
  readonly leaving: number
}

interface Seen {
  readonly pods: readonly PlannedPod[]
  readonly observed: ObservedNode['pods']
  /** Keys of strays. */
  readonly strays: readonly SetKey[]
}

const NO_PODS: readonly PlannedPod[] = []
const NO_STRAYS: readonly AssignedPod[] = []
const NO_COUNTS: ReadonlyMap<string, Count> = new Map()

export class Population {
  #planned: PlannedState['nodes'] = emptyPlannedState.nodes
  #observed: ObservedState['nodes'] = new Map()
  readonly #seen = new Map<string, Seen>()
  readonly #counts = new Map<SetKey, Map<string, Count>>()
  readonly #strays = new Map<SetKey, AssignedPod>()

  /** Brings it up to a state. Nodes that have not reported count for nothing: nobody knows their labels. */
  follow(planned: PlannedState['nodes'], observed: ObservedState['nodes']): void {
    const names = new Set<string>()
    diffMaps(this.#planned, planned, (name) => names.add(name))
    diffMaps(this.#observed, observed, (name) => names.add(name))
    this.#planned = planned
    this.#observed = observed
    for (const name of names) this.#look(name, planned.get(name), observed.get(name))
  }

  /** Every set that has a pod on a node, in no defined order. */
  keys(): Iterable<SetKey> {
    return this.#counts.keys()
  }

  /** Where the pods of a set are, by node. */
  nodesOf(key: SetKey): ReadonlyMap<string, Count> {
    return this.#counts.get(key) ?? NO_COUNTS
  }

  /** Pods that run and that no plan knows, by key. */
  strays(): ReadonlyMap<SetKey, AssignedPod> {
    return this.#strays
  }

  /** Keys of the strays of a node. */
  straysOn(name: string): readonly SetKey[] {
    return this.#seen.get(name)?.strays ?? []
  }

  #look(name: string, planned: PlannedNode | undefined, observed: ObservedNode | undefined): void {
    const before = this.#seen.get(name)
    const pods = planned?.pods ?? NO_PODS
    if (before !== undefined && before.pods === pods && before.observed === observed?.pods) return
    this.#takePods(name, before?.pods ?? NO_PODS, observed === undefined ? NO_PODS : pods)
    for (const key of before?.strays ?? []) {
      this.#count(key, name, true, -1)
      this.#strays.delete(key)
    }
    this.#seen.delete(name)
    if (observed === undefined) return
    const strays = straysAmong(pods, observed)
    for (const assigned of strays) {
      const key = strayKey(name, assigned)
      this.#strays.set(key, assigned)
      this.#count(key, name, true, 1)
    }
    this.#seen.set(name, { pods, observed: observed.pods, strays: strays.map((item) => strayKey(name, item)) })
  }

  /** Most stay what and where they are: the lists are the same up to the first change and after the last. */
  #takePods(name: string, before: readonly PlannedPod[], after: readonly PlannedPod[]): void {
    let first = 0
    const most = Math.min(before.length, after.length)
    while (first < most && before[first] === after[first]) first += 1
    let last = 0
    while (last < most - first && before[before.length - 1 - last] === after[after.length - 1 - last]) last += 1
    for (let i = first; i < before.length - last; i++)
      this.#count(before[i]!.replicaSet, name, before[i]!.stop !== null, -1)
    for (let i = first; i < after.length - last; i++)
      this.#count(after[i]!.replicaSet, name, after[i]!.stop !== null, 1)
  }

  #count(key: SetKey, name: string, isLeaving: boolean, by: number): void {
    let counts = this.#counts.get(key)
    if (counts === undefined) {
      counts = new Map()
      this.#counts.set(key, counts)
    }
    const { serving, leaving } = counts.get(name) ?? { serving: 0, leaving: 0 }
    const count = { serving: isLeaving ? serving : serving + by, leaving: isLeaving ? leaving + by : leaving }
    if (count.serving + count.leaving > 0) counts.set(name, count)
    else counts.delete(name)
    if (counts.size === 0) this.#counts.delete(key)
  }
}

/** One pod may be found on two nodes. */
function strayKey(name: string, { uid }: AssignedPod): SetKey {
  return `stray ${uid} ${name}`
}

/** What runs on a node and is not planned there. Both lists are sorted by uid; a plan that is wrong in that is refused. */
function straysAmong(pods: readonly PlannedPod[], { pods: observed }: ObservedNode): readonly AssignedPod[] {
  let found: AssignedPod[] | null = null
  let at = 0
  for (const [uid, { stopped, assigned }] of observed) {
    while (at < pods.length && pods[at]!.uid < uid) at += 1
    if (pods[at]?.uid === uid || stopped) continue
    found ??= []
    found.push(assigned)
  }
  return found ?? NO_STRAYS
}
