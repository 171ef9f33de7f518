/** What happened in one simulated run: pods with their steps, the fewest ready pods of each workload, waits, pulls. */
import type { Instant } from '../../base/instant.js'
import { compareText } from '../../base/ordered.js'
import type { PodUid } from '../../model/assignment.js'
import type { ObjectKey } from '../../model/keys.js'
import type { ObservedState } from '../../model/observed-state.js'
import type { DeleteBrake, Plan } from '../../model/plan.js'
import type { PlannedPod, PlannedState } from '../../model/planned-state.js'
import type { ReportedPod } from '../../model/protocol.js'
import type { Waiting } from '../../model/waiting.js'

/** A pod that a run created or stopped. Times are milliseconds after the run began. */
export interface RunPod {
  readonly planned: PlannedPod
  createdReason: string | null
  stopReason: string | null
  node: string | null
  createdMs: number | null
  boundMs: number | null
  startedMs: number | null
  readyMs: number | null
  leavingMs: number | null
  stopOrderedMs: number | null
  goneMs: number | null
}

export interface LowestReady {
  readonly atStart: number
  readonly ready: number
  readonly atMs: number
}

export interface Wait {
  readonly waiting: Waiting
  readonly fromMs: number
  /** Null while it still waits at the end. */
  readonly toMs: number | null
}

export interface Pull {
  readonly node: string
  readonly reference: string
  readonly atMs: number
  readonly ms: number
}

export interface ReadyStep {
  readonly workload: ObjectKey
  readonly atMs: number
  readonly change: 1 | -1
}

export interface RunResult {
  /** When everything was healthy; null when it did not come to that. */
  readonly convergedMs: number | null
  /** When the last thing happened. */
  readonly endMs: number
  readonly plans: number
  /** By uid, in order of creation in this record. */
  readonly pods: ReadonlyMap<PodUid, RunPod>
  readonly lowest: ReadonlyMap<ObjectKey, LowestReady>
  /** Every pod that became ready or ceased to be, in order of time. */
  readonly readySteps: readonly ReadyStep[]
  readonly waits: readonly Wait[]
  readonly pulls: readonly Pull[]
  readonly pruned: readonly ObjectKey[]
  /** Pods that take changed configuration in place, by uid. */
  readonly updated: ReadonlyMap<PodUid, string>
  readonly brake: DeleteBrake | null
  readonly planned: PlannedState
  readonly observed: ObservedState
  readonly waiting: readonly Waiting[]
}

export class RunRecord {
  readonly pods = new Map<PodUid, RunPod>()
  readonly pulls: Pull[] = []
  readonly #startedAt: Instant
  readonly #ready = new Map<PodUid, ObjectKey>()
  readonly #counts = new Map<ObjectKey, number>()
  readonly #lowest = new Map<ObjectKey, LowestReady>()
  readonly #steps: ReadyStep[] = []
  readonly #waits = new Map<
    string,
    { readonly first: Waiting; waiting: Waiting; fromMs: number; toMs: number | null }
  >()
  readonly #pruned: ObjectKey[] = []
  readonly #updated = new Map<PodUid, string>()
  #plans = 0

  constructor(startedAt: Instant, planned: PlannedState, observed: ObservedState) {
    this.#startedAt = startedAt
    for (const node of planned.nodes.values()) {
      const seen = observed.nodes.get(node.name)
      if (seen === undefined || seen.silentSince !== null) continue
      for (const pod of node.pods) {
        const isServing = pod.stop === null || pod.stop.phase === 'replacing'
        if (isServing && seen.pods.get(pod.uid)?.ready === true) this.#ready.set(pod.uid, pod.workload)
      }
    }
    for (const workload of this.#ready.values()) this.#counts.set(workload, (this.#counts.get(workload) ?? 0) + 1)
  }

  /** A plan that changes something, with the state it was made from. */
  takePlan(plan: Plan, before: PlannedState, now: Instant): void {
    this.#plans++
    const atMs = now - this.#startedAt
    for (const action of plan.actions) {
      switch (action.type) {
        case 'create-pod': {
          const record = this.#record(action.pod, plan, before)
          if (record !== null) Object.assign(record, { createdReason: action.reason, createdMs: atMs })
          break
        }
        case 'bind-pod': {
          const record = this.#record(action.pod, plan, before)
          if (record !== null) Object.assign(record, { node: action.node, boundMs: atMs })
          break
        }
        case 'leave-endpoints': {
          const record = this.#record(action.pod, plan, before)
          if (record !== null) Object.assign(record, { stopReason: action.reason, leavingMs: atMs })
          this.#unready(action.pod, atMs)
          break
        }
        case 'stop-pod': {
          const record = this.#record(action.pod, plan, before)
          if (record !== null) Object.assign(record, { stopReason: action.reason, stopOrderedMs: atMs })
          this.#unready(action.pod, atMs)
          break
        }
        case 'forget-pod': {
          const record = this.#record(action.pod, plan, before)
          if (record !== null) {
            record.goneMs ??= atMs
            record.stopReason ??= action.reason
          }
          this.#unready(action.pod, atMs)
          break
        }
        case 'prune':
          this.#pruned.push(action.key)
          break
        case 'update-config':
          this.#updated.set(action.pod, action.config)
          break
        default:
          break
      }
    }
  }

  /** The waiting list of a pass. */
  takeWaiting(waiting: readonly Waiting[], now: Instant): void {
    const atMs = now - this.#startedAt
    const open = new Set<string>()
    for (const item of waiting) {
      const id = `${item.key ?? ''} ${item.on}`
      open.add(id)
      const known = this.#waits.get(id)
      if (known === undefined) this.#waits.set(id, { first: item, waiting: item, fromMs: atMs, toMs: null })
      else {
        known.waiting = item
        known.toMs = null
      }
    }
    for (const [id, wait] of this.#waits) if (wait.toMs === null && !open.has(id)) wait.toMs = atMs
  }

  /** What a host reports of pods; true when something came about. */
  takeReport(pods: readonly ReportedPod[], gone: readonly PodUid[], now: Instant): boolean {
    const atMs = now - this.#startedAt
    let isNews = gone.length > 0
    for (const pod of pods) {
      const record = this.pods.get(pod.uid)
      if (record !== undefined) {
        const isRunning = pod.containers.some((container) => container.type !== 'init' && container.phase === 'running')
        if (isRunning && record.startedMs === null && record.createdMs !== null) {
          record.startedMs = atMs
          isNews = true
        }
        if (pod.ready && record.readyMs === null && record.createdMs !== null) {
          record.readyMs = atMs
          isNews = true
        }
        if (pod.stopped && record.goneMs === null) {
          record.goneMs = atMs
          isNews = true
        }
      }
      const isLeaving = record !== undefined && (record.leavingMs !== null || record.stopOrderedMs !== null)
      if (pod.ready && !isLeaving) isNews = this.#becomeReady(pod.uid, pod.assigned.workload, atMs) || isNews
      else if (!pod.ready) isNews = this.#unready(pod.uid, atMs) || isNews
    }
    for (const uid of gone) {
      const record = this.pods.get(uid)
      if (record !== undefined) record.goneMs ??= atMs
      this.#unready(uid, atMs)
    }
    return isNews
  }

  /** Ready pods of a workload when the run began. */
  lowestOf(workload: ObjectKey): LowestReady {
    const known = this.#lowest.get(workload)
    if (known !== undefined) return known
    const ready = this.#counts.get(workload) ?? 0
    return { atStart: ready, ready, atMs: 0 }
  }

  finish(end: {
    readonly convergedMs: number | null
    readonly endMs: number
    readonly planned: PlannedState
    readonly observed: ObservedState
    readonly waiting: readonly Waiting[]
    readonly brake: DeleteBrake | null
  }): RunResult {
    const lowest = new Map<ObjectKey, LowestReady>()
    const workloads = new Set([...this.#counts.keys(), ...[...this.pods.values()].map((pod) => pod.planned.workload)])
    for (const workload of [...workloads].sort(compareText)) lowest.set(workload, this.lowestOf(workload))
    return {
      ...end,
      plans: this.#plans,
      pods: this.pods,
      lowest,
      readySteps: this.#steps,
      // How one that ends began; of one without end, how it stands.
      waits: [...this.#waits.values()].map(({ first, waiting, fromMs, toMs }) => {
        return { waiting: toMs === null ? waiting : first, fromMs, toMs }
      }),
      pulls: this.pulls,
      pruned: this.#pruned,
      updated: this.#updated,
    }
  }

  #becomeReady(uid: PodUid, workload: ObjectKey, atMs: number): boolean {
    if (this.#ready.has(uid)) return false
    this.#note(workload)
    this.#ready.set(uid, workload)
    this.#steps.push({ workload, atMs, change: 1 })
    this.#counts.set(workload, (this.#counts.get(workload) ?? 0) + 1)
    return true
  }

  #unready(uid: PodUid, atMs: number): boolean {
    const workload = this.#ready.get(uid)
    if (workload === undefined) return false
    this.#note(workload)
    this.#ready.delete(uid)
    this.#steps.push({ workload, atMs, change: -1 })
    const ready = (this.#counts.get(workload) ?? 0) - 1
    this.#counts.set(workload, ready)
    const lowest = this.lowestOf(workload)
    if (ready < lowest.ready) this.#lowest.set(workload, { ...lowest, ready, atMs })
    return true
  }

  /** The first change of a workload: what it had at the start is the lowest so far. */
  #note(workload: ObjectKey): void {
    if (!this.#lowest.has(workload)) this.#lowest.set(workload, this.lowestOf(workload))
  }

  #record(uid: PodUid, plan: Plan, before: PlannedState): RunPod | null {
    const known = this.pods.get(uid)
    if (known !== undefined) return known
    const planned = findPod(uid, plan, before)
    if (planned === null) return null
    const record: RunPod = {
      planned,
      createdReason: null,
      stopReason: null,
      node: planned.node,
      createdMs: null,
      boundMs: null,
      startedMs: null,
      readyMs: null,
      leavingMs: null,
      stopOrderedMs: null,
      goneMs: null,
    }
    this.pods.set(uid, record)
    return record
  }
}

/** Pods that a plan touches stand in its delta, or, when it removes them, in what was before. */
function findPod(uid: PodUid, { delta }: Plan, before: PlannedState): PlannedPod | null {
  const index = podsOf(delta, before)
  return index.get(uid) ?? null
}

const podIndexes = new WeakMap<Plan['delta'], ReadonlyMap<PodUid, PlannedPod>>()

function podsOf(delta: Plan['delta'], before: PlannedState): ReadonlyMap<PodUid, PlannedPod> {
  const known = podIndexes.get(delta)
  if (known !== undefined) return known
  const pods = new Map<PodUid, PlannedPod>()
  for (const pod of before.pending) pods.set(pod.uid, pod)
  for (const name of delta.nodes.keys()) for (const pod of before.nodes.get(name)?.pods ?? []) pods.set(pod.uid, pod)
  for (const pod of delta.pending ?? []) pods.set(pod.uid, pod)
  for (const node of delta.nodes.values()) for (const pod of node?.pods ?? []) pods.set(pod.uid, pod)
  podIndexes.set(delta, pods)
  return pods
}
