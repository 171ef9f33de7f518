/**
 * The room that is kept for pods which wait until those they preempted are gone (Kubernetes: semantics §3.9, step 5): in a
 * pod's turn all that are nominated with its priority or a higher one count on their nodes, itself does not. Who has had
 * a turn already is where the plan leaves it, who has not is where it was nominated before.
 */
import { compareText } from '../../base/ordered.js'
import type { PodUid } from '../../model/assignment.js'
import type { PlannedPod } from '../../model/planned-state.js'
import type { Ground } from './ground.js'
import type { Priorities } from './priorities.js'

interface Waiting {
  readonly pod: PlannedPod
  readonly priority: number
  /** Where it is nominated to when its turn comes, and after that. */
  readonly before: string | undefined
  readonly after: string | undefined
}

export class KeptRoom {
  readonly #queue: readonly Waiting[]
  readonly #places = new Map<PodUid, number>()
  readonly #onChange: (pod: PlannedPod, node: string, by: 1 | -1) => void
  readonly #nodes = new Map<string, Map<PodUid, PlannedPod>>()
  readonly #countedOn = new Map<PodUid, string>()
  /** Whose turn has passed, and who counts since pods of their priority had a turn: the first that is not. */
  #passed = 0
  #opened = 0

  /** `bound`: the pods that the plan places. Null when nobody is nominated. */
  static of(
    ground: Ground,
    priorities: Priorities,
    bound: readonly PlannedPod[],
    onChange: (pod: PlannedPod, node: string, by: 1 | -1) => void,
  ): KeptRoom | null {
    const { input, after } = ground.survey
    const isNominated = (pod: PlannedPod): boolean => pod.nominatedNode !== undefined
    if (!input.planned.pending.some(isNominated) && !after.pending.some(isNominated)) return null
    return new KeptRoom(ground, priorities, bound, onChange)
  }

  private constructor(
    ground: Ground,
    priorities: Priorities,
    bound: readonly PlannedPod[],
    onChange: (pod: PlannedPod, node: string, by: 1 | -1) => void,
  ) {
    this.#onChange = onChange
    const { input, after } = ground.survey
    const before = new Map(input.planned.pending.map((pod) => [pod.uid, pod.nominatedNode]))
    const queue = [...after.pending, ...bound].map((pod) => ({
      pod,
      priority: priorities.of(pod).value,
      before: before.get(pod.uid),
      after: pod.node === null && !isHeldBack(ground, priorities, pod) ? pod.nominatedNode : undefined,
    }))
    this.#queue = queue.sort((left, right) => right.priority - left.priority || compareAge(left.pod, right.pod))
    for (const [place, { pod }] of this.#queue.entries()) this.#places.set(pod.uid, place)
  }

  /** A pod's turn: what is kept now is kept from it. */
  turnOf({ uid }: PlannedPod): void {
    const place = this.#places.get(uid)
    if (place === undefined) return
    const { priority } = this.#queue[place]!
    for (; this.#passed < place; this.#passed++) {
      const item = this.#queue[this.#passed]!
      this.#count(item.pod, item.after)
    }
    this.#opened = Math.max(this.#opened, this.#passed)
    for (let next = this.#queue[this.#opened]; next !== undefined && next.priority >= priority; ) {
      this.#count(next.pod, next.before)
      this.#opened += 1
      next = this.#queue[this.#opened]
    }
    this.#count(this.#queue[place]!.pod, undefined)
  }

  /** Pods that count on a node now though they are not there. */
  on(node: string): Iterable<PlannedPod> {
    return this.#nodes.get(node)?.values() ?? []
  }

  #count(pod: PlannedPod, node: string | undefined): void {
    const { uid } = pod
    const was = this.#countedOn.get(uid)
    if (was === node) return
    if (was !== undefined) {
      this.#countedOn.delete(uid)
      this.#nodes.get(was)?.delete(uid)
      this.#onChange(pod, was, -1)
    }
    if (node === undefined) return
    this.#countedOn.set(uid, node)
    const pods = this.#nodes.get(node)
    if (pods === undefined) this.#nodes.set(node, new Map([[uid, pod]]))
    else pods.set(uid, pod)
    this.#onChange(pod, node, 1)
  }
}

/** Pods of one set stay together. */
function compareAge(left: PlannedPod, right: PlannedPod): number {
  return (
    left.createdAt - right.createdAt ||
    compareText(left.replicaSet, right.replicaSet) ||
    compareText(left.uid, right.uid)
  )
}

/** What waits for something other than a node keeps its nomination, and no room. */
function isHeldBack(ground: Ground, priorities: Priorities, pod: PlannedPod): boolean {
  const spec = ground.rules(pod.replicaSet)?.spec
  if (spec === undefined || priorities.of(pod).isClassMissing) return true
  if ((spec.schedulingGates ?? []).length > 0) return true
  const { schedulerName = '' } = spec
  const { schedulerProfiles = [] } = ground.survey.configuration
  if (schedulerName === '' || schedulerName === 'default-scheduler') return false
  return !schedulerProfiles.some((profile) => profile.schedulerName === schedulerName)
}
