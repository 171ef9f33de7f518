/** Taints and tolerations (Kubernetes: semantics §3.5). */
import type { Taint, Toleration } from './generated/kubernetes.js'

export const TAINT_UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'
export const TAINT_NOT_READY = 'node.kubernetes.io/not-ready'
export const TAINT_UNREACHABLE = 'node.kubernetes.io/unreachable'
export const TAINT_OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'
/** An agent sets it on its own node while its disk refuses what it must not forget. */
export const TAINT_DISK_PRESSURE = 'node.kubernetes.io/disk-pressure'

/** `true` on a Node that is cordoned: its pods are moved away. */
export const DRAIN_ANNOTATION = 'headway.dev/drain'

/**
 * True when the toleration covers the taint: effect, key and operator each equal or empty, an empty key only with Exists;
 * an operator that is not known covers nothing.
 */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (!toleration.key && toleration.operator !== 'Exists') return false
  if (toleration.operator === 'Exists') return true
  const isEqual = !toleration.operator || toleration.operator === 'Equal'
  return isEqual && (toleration.value ?? '') === (taint.value ?? '')
}

/** The first taint with one of the effects that no toleration covers; null when the pod may be there. */
export function firstUntolerated(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effects: readonly string[],
): Taint | null {
  for (const taint of taints) {
    if (effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint))) return taint
  }
  return null
}
