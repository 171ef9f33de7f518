/**
 * What a node has left at one moment, for the question whether a pod would fit without some of those that are there
 * (Kubernetes: semantics §3.3): resources, host ports, and what pods say of each other.
 */
import type { PodSpec } from '../../model/generated/kubernetes.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { podRequests } from '../../model/pod-resources.js'
import { type HostPort, hostPortsOf, isSamePort } from './host-ports.js'
import type { Stage } from './stage.js'

/** More than any node has; sums below it are exact. */
const AMOUNT_MAX = 2 ** 52

export class Room {
  readonly #stage: Stage
  readonly #pod: PlannedPod
  readonly #node: string
  readonly #wanted: PodSpec
  readonly #free = new Map<string, number>()
  readonly #ports: HostPort[] = []
  readonly #removed = new Set<PlannedPod>()

  /** `spec` is that of `pod`, who wants to come to `node`. */
  constructor(stage: Stage, pod: PlannedPod, spec: PodSpec, node: string) {
    this.#stage = stage
    this.#pod = pod
    this.#node = node
    this.#wanted = spec
    const { ground, keptRoom } = stage
    const { input, configuration } = ground.survey
    const allocatable = input.observed.nodes.get(node)?.facts.allocatable
    this.#free.set('cpu', allocatable?.cpuMilli ?? 0)
    this.#free.set('memory', allocatable?.memoryBytes ?? 0)
    this.#free.set('ephemeral-storage', allocatable?.ephemeralStorageBytes ?? 0)
    this.#free.set('pods', Math.min(allocatable?.pods ?? 0, configuration.podsPerNode))
    for (const [name, amount] of Object.entries(allocatable?.extended ?? {})) this.#free.set(name, amount)
    const others = [...stage.podsOn(node), ...(keptRoom?.on(node) ?? [])].map((item) => item.replicaSet)
    for (const key of [...others, ...ground.population.straysOn(node)]) this.#take(ground.rules(key)?.spec, 1)
  }

  /** Whether the pod fits now. The node's own taints, labels and volumes are another matter. */
  fits(): boolean {
    return this.hasRoom() && this.#stage.refusalWithKept(this.#pod, this.#node) === null
  }

  /** Resources and host ports alone. */
  hasRoom(): boolean {
    if ((this.#free.get('pods') ?? 0) < 1) return false
    for (const [name, amount] of amountsOf(this.#wanted)) if (amount > (this.#free.get(name) ?? 0)) return false
    return !hostPortsOf(this.#wanted).some((port) => this.#ports.some((taken) => isSamePort(port, taken)))
  }

  /** As if the pod, which is there, were not. */
  remove(pod: PlannedPod): void {
    this.#removed.add(pod)
    this.#stage.pretend(pod, -1)
    this.#take(this.#stage.ground.rules(pod.replicaSet)?.spec, -1)
  }

  putBack(pod: PlannedPod): void {
    this.#removed.delete(pod)
    this.#stage.pretend(pod, 1)
    this.#take(this.#stage.ground.rules(pod.replicaSet)?.spec, 1)
  }

  /** Everybody is there again. */
  close(): void {
    for (const pod of [...this.#removed]) this.putBack(pod)
  }

  #take(spec: PodSpec | undefined, sign: 1 | -1): void {
    if (spec === undefined) return
    this.#free.set('pods', (this.#free.get('pods') ?? 0) - sign)
    for (const [name, amount] of amountsOf(spec)) this.#free.set(name, (this.#free.get(name) ?? 0) - sign * amount)
    for (const port of hostPortsOf(spec)) {
      if (sign === 1) this.#ports.push(port)
      else this.#ports.splice(this.#ports.indexOf(port), 1)
    }
  }
}

const known = new WeakMap<PodSpec, readonly (readonly [string, number])[]>()

/** What a pod asks for, without what is nothing or no number. */
function amountsOf(spec: PodSpec): readonly (readonly [string, number])[] {
  let amounts = known.get(spec)
  if (amounts === undefined) {
    amounts = Object.entries(podRequests(spec)).flatMap(([name, amount]) =>
      amount > 0 ? [[name, Math.min(amount, AMOUNT_MAX)] as const] : [],
    )
    known.set(spec, amounts)
  }
  return amounts
}
