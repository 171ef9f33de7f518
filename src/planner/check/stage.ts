/**
 * The cluster while a plan is gone through turn by turn: who is where, who has been preempted, and whose room is kept. It
 * begins with what the other steps of the plan left: everything after the plan but its placements and preemptions.
 */
import type { PodUid } from '../../model/assignment.js'
import type { PlannedPod } from '../../model/planned-state.js'
import type { Ground } from './ground.js'
import { KeptRoom } from './kept-room.js'
import { Priorities } from './priorities.js'
import { type Refusal, Scene } from './scene.js'
import type { Turn } from './turns.js'

export class Stage {
  readonly priorities: Priorities
  /** Null when nobody is nominated. */
  readonly keptRoom: KeptRoom | null
  readonly #here: Scene
  /** The same with the pods that are nominated only. */
  readonly #withKept: Scene | null
  /** Placements and preemptions that are still to come. */
  readonly #unplaced = new Set<PodUid>()
  readonly #unevicted = new Map<PodUid, PlannedPod>()
  /** Gone with the plan; as they were, by node. */
  readonly #gone = new Map<string, PlannedPod[]>()
  /** Pods that the plan began to move for balance. */
  readonly #moved: ReadonlySet<PodUid>
  readonly #isSpreadUnknown: boolean

  constructor(
    readonly ground: Ground,
    turns: readonly Turn[],
  ) {
    this.priorities = new Priorities(ground.survey)
    this.#here = new Scene(ground)
    const bound = turns.flatMap((turn) => (turn.type === 'bind' ? [turn.pod] : []))
    let withKept: Scene | null = null
    this.keptRoom = KeptRoom.of(ground, this.priorities, bound, ({ replicaSet }, node, by) => {
      if (ground.isKnown(node)) withKept?.change(replicaSet, node, by, 0)
    })
    withKept = this.keptRoom === null ? null : new Scene(ground)
    this.#withKept = withKept
    const { actions } = ground.survey.plan
    this.#moved = new Set(actions.flatMap((action) => (action.type === 'rebalance' ? [action.pod] : [])))
    const victims = turns.flatMap((turn) => (turn.type === 'preempt' ? turn.victims : []))
    this.#isSpreadUnknown = victims.some((pod) => this.#mayServe(pod))
    for (const pod of bound) this.#takeBack(pod)
    for (const pod of victims) this.#giveBack(pod)
  }

  /** Counts what is to be counted when the turn comes. */
  begin({ pod }: Turn): void {
    this.keptRoom?.turnOf(pod)
  }

  /** What the turn did is done. */
  end(turn: Turn): void {
    if (turn.type === 'preempt') for (const pod of turn.victims) this.#evict(pod)
    else {
      this.#unplaced.delete(turn.pod.uid)
      this.#change(turn.pod.replicaSet, turn.node, 1, 0)
      const stray = this.#strayOf(turn.pod)
      if (stray !== null) this.#change(stray, turn.node, 0, -1)
    }
  }

  /** Why other pods keep this one off a node now; null when none do. */
  refusal({ replicaSet }: PlannedPod, node: string): Refusal | null {
    const refusal = this.#here.refusal(replicaSet, node) ?? this.#withKept?.refusal(replicaSet, node) ?? null
    return refusal?.invariant === 'topology-spread' && this.#isSpreadUnknown ? null : refusal
  }

  /** The same with the room that is kept only: what a preemption is tried with. */
  refusalWithKept({ replicaSet }: PlannedPod, node: string): Refusal | null {
    const refusal = (this.#withKept ?? this.#here).refusal(replicaSet, node)
    return refusal?.invariant === 'topology-spread' && this.#isSpreadUnknown ? null : refusal
  }

  /** Planned pods on a node now, as they are now. */
  podsOn(name: string): readonly PlannedPod[] {
    const pods = this.ground.survey.after.nodes.get(name)?.pods ?? []
    const here = pods.flatMap((pod) => (this.#unplaced.has(pod.uid) ? [] : [this.#unevicted.get(pod.uid) ?? pod]))
    const gone = (this.#gone.get(name) ?? []).filter((pod) => this.#unevicted.has(pod.uid))
    return [...here, ...gone]
  }

  /** Pretends that a pod came to its node (1) or left it (-1). */
  pretend(pod: PlannedPod, by: 1 | -1): void {
    if (pod.stop === null) this.#change(pod.replicaSet, pod.node!, by, 0)
    else this.#change(pod.replicaSet, pod.node!, 0, by)
  }

  #change(key: string, node: string, serving: number, leaving: number): void {
    if (!this.ground.isKnown(node)) return
    this.#here.change(key, node, serving, leaving)
    this.#withKept?.change(key, node, serving, leaving)
  }

  #takeBack(pod: PlannedPod): void {
    this.#unplaced.add(pod.uid)
    this.#change(pod.replicaSet, pod.node!, -1, 0)
    const stray = this.#strayOf(pod)
    if (stray !== null) this.#change(stray, pod.node!, 0, 1)
  }

  /** The key under which a pod counts that runs already where it is to be bound; null when it does not. */
  #strayOf({ uid, node }: PlannedPod): string | null {
    const observed = this.ground.survey.input.observed.nodes.get(node ?? '')?.pods.get(uid)
    if (observed === undefined || observed.stopped) return null
    const key = `stray ${uid} ${node}`
    this.ground.addStray(key, observed.assigned)
    return key
  }

  #giveBack(before: PlannedPod): void {
    const { survey } = this.ground
    const after = survey.changes.get(before.uid)?.after ?? null
    const pod = this.#asItWas(before)
    this.#unevicted.set(pod.uid, pod)
    if (after !== null) this.#change(after.replicaSet, pod.node!, 0, -1)
    else {
      const gone = this.#gone.get(pod.node!)
      if (gone === undefined) this.#gone.set(pod.node!, [pod])
      else gone.push(pod)
    }
    this.pretend(pod, 1)
  }

  #evict(before: PlannedPod): void {
    const pod = this.#unevicted.get(before.uid)
    if (pod === undefined) return
    this.#unevicted.delete(before.uid)
    this.pretend(pod, -1)
    const after = this.ground.survey.changes.get(before.uid)?.after ?? null
    if (after !== null) this.#change(after.replicaSet, pod.node!, 0, 1)
  }

  /** A pod that the plan began to replace before it was preempted: a drain and a move for balance come first. */
  #asItWas(pod: PlannedPod): PlannedPod {
    if (pod.stop !== null) return pod
    if (!this.#moved.has(pod.uid) && !this.ground.isDrained(pod.node ?? '')) return pod
    return { ...pod, stop: { reason: 'drain', since: 0, graceMs: 0, phase: 'replacing', networkVersion: 0 } }
  }

  /** A bare pod of a drained node serves on where its budget holds it: the plan does not tell which of them do. */
  #mayServe({ workload, node, stop }: PlannedPod): boolean {
    return stop === null && workload.startsWith('Pod.') && this.ground.isDrained(node ?? '')
  }
}
