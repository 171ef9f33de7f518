/**
 * Why classes of pods fit nowhere, in one pass: a diagnosis once for a class, with who is in the way on the nearest node. A
 * pod's own owner is in nobody's way: where the class' sentence names its pods, the owner gets a sentence of its own.
 */
import type { Pass } from '../pass.js'
import type { PodRow, RefusedClass, WorkloadRow } from '../plan-index.js'
import { describeMakers, roomMakers, type WaitingPod } from './room-makers.js'

interface Refusal {
  readonly refused: RefusedClass
  /** Whoever the owner is. */
  readonly makers: readonly PodRow[]
  readonly text: string
  /** Of owners whose pods are among the makers. */
  readonly byOwner: Map<WorkloadRow, string>
}

export class Refusals {
  readonly #pass: Pass
  readonly #byKey = new Map<string, Refusal>()

  constructor(pass: Pass) {
    this.#pass = pass
  }

  /** Pods with this key fit nowhere. */
  has(key: string): boolean {
    return this.#byKey.has(key)
  }

  add(key: string, refused: RefusedClass, { request }: WaitingPod): void {
    const makers = refused.nearest === null ? [] : roomMakers(this.#pass, refused.nearest, request, null)
    const text = `${refused.text}${describeMakers(makers)}`
    this.#byKey.set(key, { refused, makers, text, byOwner: new Map() })
  }

  /** The sentence for a pod; the key must be known. */
  textOf(key: string, { pod, request }: WaitingPod): string {
    const refusal = this.#byKey.get(key)
    if (refusal === undefined) return ''
    const { refused, makers, text, byOwner } = refusal
    const { workload } = pod
    if (refused.nearest === null || !makers.some((maker) => maker.workload === workload)) return text
    let own = byOwner.get(workload)
    if (own === undefined) {
      own = `${refused.text}${describeMakers(roomMakers(this.#pass, refused.nearest, request, workload))}`
      byOwner.set(workload, own)
    }
    return own
  }
}
