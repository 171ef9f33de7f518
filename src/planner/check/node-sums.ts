/**
 * What the pods of a node ask for in sum, kept from plan to plan: a list that differs from the one added up before is followed
 * where it differs, since most of its pods stay.
 */
import type { PodSpec } from '../../model/generated/kubernetes.js'
import type { PlannedNode, PlannedPod } from '../../model/planned-state.js'
import { podRequests } from '../../model/pod-resources.js'
import { changedSpan, NO_PODS } from './changed-span.js'

/** By name of the resource: millicores, bytes, a number of pods. */
export type Sums = ReadonlyMap<string, number>

type Requests = readonly (readonly [string, number])[]

const requests = new WeakMap<PodSpec, Requests>()

/** Read once for a template. */
export function requestsOf(spec: PodSpec): Requests {
  let known = requests.get(spec)
  if (known === undefined) {
    known = Object.entries(podRequests(spec))
    requests.set(spec, known)
  }
  return known
}

const NOTHING: Requests = []

/** A list that was added up, and what each of its pods was taken to ask for. */
interface Kept {
  pods: readonly PlannedPod[]
  readonly asked: Requests[]
  readonly sums: Map<string, number>
}

export class NodeSums {
  readonly #kept = new Map<string, Kept>()

  /** Sets ask for something else than they did: nothing that was added up holds. */
  forget(): void {
    this.#kept.clear()
  }

  /** `specOf` is null for a pod whose set nobody knows, which asks for nothing. */
  of({ name, pods }: PlannedNode, specOf: (pod: PlannedPod) => PodSpec | null): Sums {
    let kept = this.#kept.get(name)
    if (kept === undefined) {
      kept = { pods: NO_PODS, asked: [], sums: new Map() }
      this.#kept.set(name, kept)
    }
    const { first, before, after } = changedSpan(kept.pods, pods)
    const come = after.map((pod) => {
      const spec = specOf(pod)
      return spec === null ? NOTHING : requestsOf(spec)
    })
    for (const asked of kept.asked.splice(first, before.length, ...come)) add(kept.sums, asked, -1)
    for (const asked of come) add(kept.sums, asked, 1)
    kept.sums.set('pods', pods.length)
    kept.pods = pods
    return kept.sums
  }
}

function add(sums: Map<string, number>, asked: Requests, by: 1 | -1): void {
  for (const [name, amount] of asked) sums.set(name, (sums.get(name) ?? 0) + by * amount)
}
