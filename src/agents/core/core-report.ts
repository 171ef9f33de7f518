/** What the core tells the manager: everything in hello, then only what changed. */
import { isEqual } from '../../base/equal.js'
import type { Instant } from '../../base/instant.js'
import { zeroGeneration } from '../../model/generation.js'
import type { NodeFacts, ResolvedImage } from '../../model/observed-state.js'
import { PROTOCOL_VERSIONS, type ReportedPod } from '../../model/protocol.js'
import { TAINT_DISK_PRESSURE } from '../../model/taint.js'
import type { CoreState } from './core-state.js'
import type { PodRecord } from './pod-record.js'
import { observePod, toReported } from './pod-status.js'
import { nextBackOff } from './restart-back-off.js'

/** Says everything: the connection is new. */
export function sendHello(state: CoreState, now: Instant): void {
  state.link = 'opened'
  const pods = [...state.pods.values()].map((pod) => report(state, pod, now))
  state.changedPods.clear()
  state.gone.length = 0
  state.isFactsChanged = false
  state.isTaintsChanged = false
  state.isGenerationReported = true
  state.isNetworkReported = true
  const message = {
    type: 'hello' as const,
    protocols: PROTOCOL_VERSIONS,
    facts: state.facts,
    generation: state.assignment?.generation ?? zeroGeneration,
    networkVersion: state.networkApplied,
    pods,
    services: state.network === null ? [] : [...state.network.services.values()],
    podSubnet: state.assignment?.podSubnet ?? '',
    taints: state.taints,
  }
  state.effects.push({ type: 'send', message })
}

function report(state: CoreState, pod: PodRecord, now: Instant): ReportedPod {
  pod.reported = observePod(pod, now, state.hasListed)
  return toReported(pod.reported, now)
}

/** Sends what changed since the last report, if anything did and the manager listens. */
export function reportChanges(state: CoreState, now: Instant): void {
  if (state.link !== 'welcomed') return
  const hasChanged =
    state.changedPods.size > 0 ||
    state.gone.length > 0 ||
    state.changedImages.size > 0 ||
    state.isFactsChanged ||
    state.isTaintsChanged ||
    !state.isGenerationReported ||
    !state.isNetworkReported
  if (!hasChanged) return
  const pods: ReportedPod[] = []
  for (const uid of state.changedPods) {
    const pod = state.pods.get(uid)
    if (pod !== undefined) pods.push(report(state, pod, now))
  }
  const message = {
    type: 'report' as const,
    generation: state.assignment?.generation ?? zeroGeneration,
    networkVersion: state.networkApplied,
    pods,
    gone: state.gone.splice(0),
    resolved: [...state.changedImages.values()],
    ...(state.isFactsChanged ? { facts: state.facts } : {}),
    ...(state.isTaintsChanged ? { taints: state.taints } : {}),
  }
  state.changedPods.clear()
  state.changedImages.clear()
  state.isFactsChanged = false
  state.isTaintsChanged = false
  state.isGenerationReported = true
  state.isNetworkReported = true
  state.effects.push({ type: 'send', message })
}

/** Takes the host's facts; reported when they differ. */
export function takeFacts(state: CoreState, facts: NodeFacts): void {
  if (isEqual(facts, state.facts)) return
  state.facts = facts
  state.isFactsChanged = true
}

/**
 * The disk refuses the ledger: the node goes on with what it has in memory, but asks for no new pods, as a kubelet
 * short of disk does (Kubernetes: semantics §4.1).
 */
export function takeLedgerTrouble(state: CoreState, trouble: string | null): void {
  const taints = trouble === null ? [] : [{ key: TAINT_DISK_PRESSURE, effect: 'NoSchedule' }]
  if (isEqual(taints, state.taints)) return
  state.taints = taints
  state.isTaintsChanged = true
}

/** Takes looked-up images; what failed is tried again later. */
export function takeResolved(state: CoreState, images: readonly ResolvedImage[], now: Instant): void {
  for (const image of images) {
    state.resolving.delete(image.reference)
    state.resolved.set(image.reference, image)
    state.changedImages.set(image.reference, image)
    if (image.error === '') {
      state.resolveBackOff.delete(image.reference)
      continue
    }
    const backOff = nextBackOff(state.resolveBackOff.get(image.reference) ?? null, now, now)
    state.resolveBackOff.set(image.reference, { ...backOff, retryAt: now + backOff.delayMs })
  }
}
