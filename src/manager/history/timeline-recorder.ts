/** Records what really happens to pods while a commit rolls out: its timeline, bounded. */
import type { Instant } from '../../base/instant.js'
import { compareText } from '../../base/ordered.js'
import type { PodUid } from '../../model/assignment.js'
import type { PodSpec } from '../../model/generated/kubernetes.js'
import { podKey } from '../../model/keys.js'
import type { Action, Plan } from '../../model/plan.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { countContainers } from '../../model/pod-resources.js'
import type { ReportedPod } from '../../model/protocol.js'
import { isReplacement, type PodTimeline, type Timeline } from '../../model/timeline.js'
import { startOf } from './measure-pods.js'

/** Pods in one timeline; some 250 bytes each. */
const PODS_MAX = 500

type Track = { -readonly [K in keyof PodTimeline]: PodTimeline[K] }
type StepName = 'createdMs' | 'boundMs' | 'startedMs' | 'readyMs' | 'stopOrderedMs' | 'goneMs'

export class TimelineRecorder {
  readonly #takenAt: Instant
  readonly #pods = new Map<PodUid, Track>()
  #omitted: number
  #replaced: number
  #restarts: number
  #convergedMs: number | null
  #isChanged = false

  /** `before`: what was recorded of the same commit already, by a manager before this one. */
  constructor(takenAt: Instant, before: Timeline | null) {
    this.#takenAt = takenAt
    for (const pod of before?.pods ?? []) this.#pods.set(pod.uid, { ...pod })
    this.#omitted = before?.omitted ?? 0
    this.#replaced = before?.replaced ?? 0
    this.#restarts = before?.restarts ?? 0
    this.#convergedMs = before?.convergedMs ?? null
  }

  /** Once it has converged, what happens later is not the commit's doing. */
  get isOver(): boolean {
    return this.#convergedMs !== null
  }

  /** True once after each change. */
  takeChange(): boolean {
    const isChanged = this.#isChanged
    this.#isChanged = false
    return isChanged
  }

  timeline(): Timeline {
    const pods = [...this.#pods.values()].sort((a, b) => firstStep(a) - firstStep(b) || compareText(a.pod, b.pod))
    const [omitted, replaced, restarts] = [this.#omitted, this.#replaced, this.#restarts]
    return { pods, omitted, replaced, restarts, convergedMs: this.#convergedMs }
  }

  /** `pods`: those that the plan leaves on what it touches; `spec`: what a pod was made from, where that is known. */
  takePlan(
    plan: Plan,
    pods: ReadonlyMap<PodUid, PlannedPod>,
    spec: (pod: PlannedPod) => PodSpec | undefined = () => undefined,
  ): void {
    for (const action of plan.actions) {
      if (!('pod' in action)) continue
      const pod = pods.get(action.pod)
      if (action.type === 'stop-pod') this.#countStop(action, pod && spec(pod))
      this.#takeAction(action, pod, plan.madeAt)
    }
  }

  takePod(pod: ReportedPod, now: Instant): void {
    const track = this.#pods.get(pod.uid)
    if (track === undefined) return
    const startedAt = startOf(pod, now)
    // Of a pod that ran before the commit only its end is new.
    if (track.createdMs !== null && startedAt !== null) this.#set(track, 'startedMs', startedAt)
    if (track.createdMs !== null && pod.ready) this.#set(track, 'readyMs', now - (pod.readyForMs ?? 0))
    if (pod.stopped) this.#set(track, 'goneMs', now)
  }

  takeGone(uid: PodUid, now: Instant): void {
    const track = this.#pods.get(uid)
    if (track !== undefined) this.#set(track, 'goneMs', now)
  }

  converge(at: Instant): void {
    if (this.#convergedMs !== null) return
    this.#convergedMs = Math.max(0, at - this.#takenAt)
    this.#isChanged = true
  }

  #takeAction(action: Extract<Action, { readonly pod: PodUid }>, pod: PlannedPod | undefined, at: Instant): void {
    if (action.type === 'forget-pod') this.takeGone(action.pod, at)
    else if (action.type === 'create-pod') this.#begin(pod, action.reason, 'createdMs', at)
    else if (action.type === 'bind-pod') this.#bind(action.pod, action.node, at)
    else if (action.type === 'stop-pod') {
      this.#begin(pod, action.reason, 'stopOrderedMs', at)
    }
  }

  #countStop({ pod, reason }: Extract<Action, { readonly type: 'stop-pod' }>, spec: PodSpec | undefined): void {
    if (!isReplacement(reason) || this.#pods.get(pod)?.stopOrderedMs != null) return
    this.#replaced++
    this.#restarts += countContainers(spec)
  }

  #bind(uid: PodUid, node: string, at: Instant): void {
    const track = this.#pods.get(uid)
    if (track === undefined) return
    track.node = node
    this.#set(track, 'boundMs', at)
  }

  #begin(pod: PlannedPod | undefined, reason: string, step: StepName, at: Instant): void {
    if (pod === undefined) return
    let track = this.#pods.get(pod.uid)
    if (track === undefined && this.#pods.size >= PODS_MAX) {
      this.#omitted++
      this.#isChanged = true
      return
    }
    if (track === undefined) {
      track = newTrack(pod, reason)
      this.#pods.set(pod.uid, track)
    } else track.reason = reason
    this.#set(track, step, at)
  }

  #set(track: Track, step: StepName, at: Instant): void {
    if (track[step] !== null) return
    track[step] = Math.max(0, at - this.#takenAt)
    this.#isChanged = true
  }
}

function newTrack(pod: PlannedPod, reason: string): Track {
  const { uid, workload, node } = pod
  const steps = { createdMs: null, boundMs: null, startedMs: null, readyMs: null, stopOrderedMs: null, goneMs: null }
  return { uid, pod: podKey(pod.namespace, pod.name), workload, node, reason, ...steps }
}

function firstStep(pod: PodTimeline): number {
  return pod.createdMs ?? pod.boundMs ?? pod.stopOrderedMs ?? pod.goneMs ?? 0
}
