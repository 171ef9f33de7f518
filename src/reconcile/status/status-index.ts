/** One pass over everything that status is made from: pods beside their reports, by workload and by node. */
import { compareText } from '../../base/ordered.js'
import { defaultClusterConfiguration } from '../../model/cluster-configuration.js'
import type { ObjectKey } from '../../model/keys.js'
import type { PlannedPod, PlannedReplicaSet } from '../../model/planned-state.js'
import type { Waiting } from '../../model/waiting.js'
import type { PodFacts } from '../controller.js'
import { newestSet } from '../template-revision.js'
import { type ImageTrouble, imageTroubleOf, unresolvedImages } from './image-trouble.js'
import type { StatusInput } from './status-input.js'

export interface StatusIndex {
  /** By namespace and name. */
  readonly pods: readonly PodFacts[]
  readonly podsOf: ReadonlyMap<ObjectKey, readonly PodFacts[]>
  readonly podsOn: ReadonlyMap<string, readonly PodFacts[]>
  /** The newest revision of each workload. */
  readonly newestSetOf: ReadonlyMap<ObjectKey, PlannedReplicaSet>
  /** By what waits; those of the whole cluster are under the empty key. */
  readonly waitingOf: ReadonlyMap<string, readonly Waiting[]>
  isHeard(node: string): boolean
  /** What keeps pods of a set from an image; null when nothing does. */
  imageTrouble(replicaSet: ObjectKey): ImageTrouble | null
}

/** What the planner says of a pod first. A Pod manifest's one replica that is not ready says nothing of why. */
export function firstWaiting({ waitingOf }: StatusIndex, key: ObjectKey): Waiting | undefined {
  const all = waitingOf.get(key) ?? []
  return all.find(({ on }) => on !== 'ready-replicas') ?? all[0]
}

/** Indexes a snapshot. */
export function indexStatus(input: StatusInput): StatusIndex {
  const { planned, observed } = input
  const heard = heardNodes(input)
  const isHeard = (node: string): boolean => heard.has(node)
  const pods: PodFacts[] = []
  const podsOf = new Map<ObjectKey, PodFacts[]>()
  const podsOn = new Map<string, PodFacts[]>()
  const take = (pod: PlannedPod): PodFacts => {
    const report = pod.node === null ? undefined : observed.nodes.get(pod.node)?.pods.get(pod.uid)
    const facts = { planned: pod, observed: report ?? null, isNodeHeard: pod.node === null || isHeard(pod.node) }
    pods.push(facts)
    append(podsOf, pod.workload, facts)
    return facts
  }
  for (const node of planned.nodes.values()) podsOn.set(node.name, node.pods.map(take))
  for (const pod of planned.pending) take(pod)
  pods.sort((left, right) => comparePods(left.planned, right.planned))
  const setsOf = new Map<ObjectKey, PlannedReplicaSet[]>()
  for (const set of planned.replicaSets.values()) append(setsOf, set.workload, set)
  const newestSetOf = new Map<ObjectKey, PlannedReplicaSet>()
  for (const [workload, sets] of setsOf) {
    const newest = newestSet(sets)
    if (newest !== null) newestSetOf.set(workload, newest)
  }
  const waitingOf = new Map<string, Waiting[]>()
  for (const waiting of input.waiting) append(waitingOf, waiting.key ?? '', waiting)
  const errors = unresolvedImages(planned, observed)
  const troubles = new Map<ObjectKey, ImageTrouble | null>()
  const imageTrouble = (key: ObjectKey): ImageTrouble | null => {
    let trouble = troubles.get(key)
    if (trouble === undefined) {
      trouble = imageTroubleOf(planned.replicaSets.get(key), errors)
      troubles.set(key, trouble)
    }
    return trouble
  }
  return { pods, podsOf, podsOn, newestSetOf, waitingOf, isHeard, imageTrouble }
}

function comparePods(left: PlannedPod, right: PlannedPod): number {
  return (
    compareText(left.namespace, right.namespace) ||
    compareText(left.name, right.name) ||
    compareText(left.uid, right.uid)
  )
}

/** Nodes that were heard less than the limit ago; never counted from before the manager began to listen (DESIGN 12). */
function heardNodes({ observed, desired, now }: StatusInput): ReadonlySet<string> {
  const limit = (desired?.configuration ?? defaultClusterConfiguration).nodeSilenceMs
  const unheard = new Set(observed.unheard)
  const heard = new Set<string>()
  for (const [name, node] of observed.nodes) {
    if (unheard.has(name)) continue
    const { silentSince } = node
    if (silentSince === null || now - Math.max(silentSince, observed.heardSince) < limit) heard.add(name)
  }
  return heard
}

function append<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [value])
  else group.push(value)
}
