/** Measures how long steps take, from plans and agents' reports, for predictions. */
import type { Instant } from '../../base/instant.js'
import type { PodUid } from '../../model/assignment.js'
import type { PodSpec } from '../../model/generated/kubernetes.js'
import type { ObservedNode } from '../../model/observed-state.js'
import type { Plan } from '../../model/plan.js'
import type { PlannedPod } from '../../model/planned-state.js'
import type { ReportedPod } from '../../model/protocol.js'
import { type HostStarts, medianMs, templateDurationKey } from '../../model/recorded-durations.js'
import { imageNames } from '../../planner/image-catalog.js'
import { normalizeReference } from '../../planner/image-reference.js'
import type { DurationLog } from './duration-log.js'
import { StartBursts } from './start-bursts.js'

interface Watched {
  readonly key: string
  /** Of its only container; null when it has several, whose shares nobody can tell. */
  readonly image: string | null
  /** Empty for a pod that ran before. */
  readonly node: string
  readonly boundAt: Instant | null
  /** Its host lacked an image when it was bound there: the start has a pull in it. */
  readonly hasPull: boolean
  startedAt: Instant | null
  stopOrderedAt: Instant | null
}

/** Pods on their way up or down; more than this at once are not measured. */
const WATCHED_MAX = 5_000

/** What the measurements need to know of the world. */
export interface MeasuredWorld {
  node(name: string): ObservedNode | undefined
  spec(pod: PlannedPod): PodSpec | undefined
}

export class PodMeasurements {
  readonly #log: DurationLog
  readonly #watched = new Map<PodUid, Watched>()
  readonly #bursts = new StartBursts()
  /** By `node reference`: since when a node was asked to look up an image that it did not have. */
  readonly #pulls = new Map<string, Instant>()

  constructor(log: DurationLog) {
    this.#log = log
  }

  /** A plan was made: its pods by uid. */
  takePlan(plan: Plan, pods: ReadonlyMap<PodUid, PlannedPod>, world: MeasuredWorld): void {
    for (const action of plan.actions) {
      if (action.type === 'bind-pod') this.#bind(plan.madeAt, pods.get(action.pod), world)
      else if (action.type === 'stop-pod') this.#order(plan.madeAt, action.pod, pods.get(action.pod), world)
      else if (action.type === 'forget-pod') this.#forget(action.pod, plan.madeAt)
      else if (action.type === 'resolve-image') this.#ask(plan.madeAt, action.node, action.reference, world)
    }
  }

  /** A node has looked up an image. */
  takeResolved(node: string, reference: string, isFound: boolean, now: Instant): void {
    const key = `${node} ${reference}`
    const askedAt = this.#pulls.get(key)
    if (askedAt !== undefined && isFound) this.#log.addImage(reference, 'pull', now - askedAt)
    if (isFound) this.#pulls.delete(key)
  }

  takePod(pod: ReportedPod, now: Instant): void {
    const watched = this.#watched.get(pod.uid)
    if (watched === undefined) return
    const startedAt = startOf(pod, now)
    if (watched.startedAt === null && watched.boundAt !== null && startedAt !== null) {
      watched.startedAt = Math.max(startedAt, watched.boundAt)
      this.#addStart(watched, watched.startedAt - watched.boundAt)
      this.#addBurst(watched.node, this.#bursts.end(watched.node, pod.uid, watched.startedAt))
    }
    if (watched.stopOrderedAt === null && watched.startedAt !== null && pod.ready) {
      this.#add(watched, 'ready', Math.max(0, now - (pod.readyForMs ?? 0) - watched.startedAt))
      this.#forget(pod.uid, now)
    }
    if (pod.stopped) this.takeGone(pod.uid, now)
  }

  takeGone(uid: PodUid, now: Instant): void {
    const watched = this.#watched.get(uid)
    if (watched === undefined) return
    if (watched.stopOrderedAt !== null) this.#add(watched, 'stop', now - watched.stopOrderedAt)
    this.#forget(uid, now)
  }

  #forget(uid: PodUid, now: Instant): void {
    const node = this.#watched.get(uid)?.node ?? ''
    this.#addBurst(node, this.#bursts.forget(node, uid, now))
    this.#watched.delete(uid)
  }

  #addBurst(node: string, starts: readonly HostStarts[]): void {
    for (const ofWorkload of starts) this.#log.addStarts(node, ofWorkload)
  }

  #bind(at: Instant, pod: PlannedPod | undefined, world: MeasuredWorld): void {
    const spec = pod === undefined ? undefined : world.spec(pod)
    if (pod === undefined || spec === undefined || pod.node === null || this.#watched.size >= WATCHED_MAX) return
    const names = imageNames(world.node(pod.node)?.facts.images ?? [])
    const images = [...(spec.initContainers ?? []), ...spec.containers].map((container) => container.image ?? '')
    const hasPull = images.some((image) => !names.has(normalizeReference(image)))
    const { uid, node } = pod
    const bound = { node, boundAt: at, hasPull, startedAt: null, stopOrderedAt: null }
    this.#watched.set(uid, { ...subject(pod, spec), ...bound })
    // How long init containers run is the program's doing, not the host's.
    const isHosts = !hasPull && (spec.initContainers?.length ?? 0) === 0
    if (isHosts) this.#bursts.begin(node, uid, { workload: pod.workload, from: at })
  }

  #order(at: Instant, uid: PodUid, pod: PlannedPod | undefined, world: MeasuredWorld): void {
    const watched = this.#watched.get(uid)
    const spec = pod === undefined ? undefined : world.spec(pod)
    if (watched !== undefined) watched.stopOrderedAt ??= at
    else if (pod !== undefined && spec !== undefined && this.#watched.size < WATCHED_MAX) {
      const past = { node: '', boundAt: null, hasPull: false, startedAt: null }
      this.#watched.set(uid, { ...subject(pod, spec), ...past, stopOrderedAt: at })
    }
  }

  #ask(at: Instant, node: string, reference: string, world: MeasuredWorld): void {
    const names = imageNames(world.node(node)?.facts.images ?? [])
    if (!names.has(normalizeReference(reference)) && this.#pulls.size < WATCHED_MAX) {
      this.#pulls.set(`${node} ${reference}`, at)
    }
  }

  /** A start with a pull in it tells of the pull what is more than an ordinary start. */
  #addStart(watched: Watched, ms: number): void {
    if (!watched.hasPull) this.#add(watched, 'start', ms)
    else if (watched.image !== null) {
      const start =
        medianMs(this.#log.template(watched.key), 'start') ?? medianMs(this.#log.image(watched.image), 'start')
      this.#log.addImage(watched.image, 'pull', ms - Math.min(ms, start ?? 0))
    }
  }

  #add(watched: Watched, step: 'start' | 'ready' | 'stop', ms: number): void {
    this.#log.addTemplate(watched.key, step, ms)
    if (watched.image !== null) this.#log.addImage(watched.image, step, ms)
  }
}

function subject(pod: PlannedPod, spec: PodSpec): Pick<Watched, 'key' | 'image'> {
  const [only, ...others] = [...(spec.initContainers ?? []), ...spec.containers]
  const image = others.length === 0 ? (only?.image ?? null) : null
  return { key: templateDurationKey(pod.workload, pod.templateHash), image }
}

/** When the last of its app containers had started; null while one has not. */
export function startOf(pod: ReportedPod, now: Instant): Instant | null {
  const ages = pod.containers.filter((container) => container.type === 'app').map(({ startedAgoMs }) => startedAgoMs)
  if (ages.length === 0) return pod.startedAgoMs === null ? null : now - pod.startedAgoMs
  const known = ages.filter((age) => age !== null)
  return known.length < ages.length ? null : now - Math.min(...known)
}
