/** What the manager orders: assignments, the network table, configuration contents, images to resolve. */
import { isEqual } from '../../base/equal.js'
import { type Instant, SECOND_MS } from '../../base/instant.js'
import type { AssignedPod, Assignment } from '../../model/assignment.js'
import { compareGenerations } from '../../model/generation.js'
import type { ManagerMessage } from '../../model/protocol.js'
import { adoptOrphans } from './core-engine.js'
import type { CoreState } from './core-state.js'
import { foldNetwork } from './network-fold.js'
import { orderStop } from './pod-machine.js'
import { newPodRecord, type PodRecord } from './pod-record.js'
import { podGrace, remainingGrace } from './termination.js'

/** Contents that did not come are asked for again after this. */
const FETCH_AGAIN_MS = 5 * SECOND_MS

const NOTHING: readonly string[] = []

/** Takes a newer (or the same) assignment; refuses an older one (DESIGN 11). */
export function takeAssignment(state: CoreState, assignment: Assignment, now: Instant): void {
  const { pods, ...head } = assignment
  if (assignment.node !== state.facts.name) {
    const message = `an assignment for node ${assignment.node} came to ${state.facts.name}: not taken`
    state.effects.push({ type: 'log', level: 'warning', message })
    return
  }
  const seen = state.assignment?.generation
  if (seen !== undefined && compareGenerations(assignment.generation, seen) < 0) {
    state.effects.push({ type: 'send', message: { type: 'refuse', offered: assignment.generation, seen } })
    return
  }
  const assigned = new Set<string>()
  for (const pod of pods) {
    assigned.add(pod.uid)
    takePod(state, pod, now)
  }
  for (const pod of state.pods.values()) if (!assigned.has(pod.assigned.uid)) leaveOut(state, pod, now)
  if (!isEqual(head, state.assignment)) {
    if (head.podSubnet !== state.assignment?.podSubnet) state.isNetworkDue = true
    state.assignment = head
    state.effects.push({ type: 'save-assignment', assignment: head })
    state.isGenerationReported = false
  }
  state.isFenced = true
  if (!state.hasObeyed) for (const uid of state.pods.keys()) state.dirty.add(uid)
  state.hasObeyed = true
  state.isConfigDirty = true
  state.isForgettingDue = true
  adoptOrphans(state)
}

function takePod(state: CoreState, assigned: AssignedPod, now: Instant): void {
  let pod = state.pods.get(assigned.uid)
  if (pod !== undefined && mustGoFirst(pod, assigned)) {
    state.dirty.add(assigned.uid)
    leaveOut(state, pod, now)
    pod.next = assigned
    return
  }
  // A pod that is new here has no order yet: one that comes with it must be carried out.
  const orderBefore = pod?.isAssigned === true ? pod.assigned.stop : null
  if (pod === undefined) {
    pod = newPodRecord(assigned)
    state.pods.set(assigned.uid, pod)
    state.orphanVolumes.delete(assigned.uid)
  } else if (pod.isAssigned && isEqual(pod.assigned, assigned)) return
  // What stops has the address it was made with to its end.
  pod.assigned = pod.stopSince === null ? assigned : { ...assigned, address: pod.assigned.address }
  pod.isAssigned = true
  pod.next = null
  state.dirty.add(assigned.uid)
  const { stop } = assigned
  if (stop !== null && !isEqual(stop, orderBefore)) stopPod(state, pod, stop.graceMs, now)
}

/**
 * True where a pod that is to run cannot be the one that is here: that one was left out and stops, or has another
 * address (a manager on an older store may bind it anew).
 */
function mustGoFirst(pod: PodRecord, assigned: AssignedPod): boolean {
  if (assigned.stop !== null) return false
  return !pod.isAssigned || (pod.stopSince === null && pod.assigned.address !== assigned.address)
}

function leaveOut(state: CoreState, pod: PodRecord, now: Instant): void {
  state.dirty.add(pod.assigned.uid)
  pod.next = null
  if (!pod.isAssigned) return
  pod.isAssigned = false
  if (pod.stopSince === null) stopPod(state, pod, podGrace(pod.assigned.spec), now)
}

function stopPod(state: CoreState, pod: PodRecord, graceMs: number, now: Instant): void {
  if (!orderStop(pod, graceMs, now)) return
  for (const { operation } of pod.containers) {
    if (operation?.operation.type !== 'stop') continue
    const { containerId } = operation.operation
    state.effects.push({ type: 'hasten-stop', containerId, graceMs: remainingGrace(pod.stopDeadline ?? now, now) })
  }
}

/** Takes the network table, or what changed of it. */
export function takeNetwork(state: CoreState, message: Extract<ManagerMessage, { type: 'network' }>): void {
  const table = foldNetwork(state.network, message)
  if (table === null) {
    const reason = `network changes since version ${message.from} came, but version ${state.network?.version ?? 0} is held`
    state.effects.push({ type: 'reconnect', reason })
    return
  }
  state.network = table
  state.effects.push({ type: 'save-network', table })
}

/** The data plane obeys a version: the planner waits for that before it stops a pod. */
export function takeNetworkApplied(state: CoreState, version: number, problems: readonly string[]): void {
  state.networkInFlight = null
  if (state.networkApplied !== version) state.isNetworkReported = false
  state.networkApplied = version
  for (const problem of problems) state.effects.push({ type: 'log', level: 'warning', message: `network: ${problem}` })
}

/** Has the newest table applied, one at a time. */
export function tendNetwork(state: CoreState): void {
  const { network, assignment } = state
  if (network === null || assignment === null || state.networkInFlight !== null) return
  if (network.version === state.networkApplied && !state.isNetworkDue) return
  state.isNetworkDue = false
  state.networkInFlight = network.version
  state.effects.push({ type: 'apply-network', table: network, podSubnet: assignment.podSubnet })
}

/** Contents have come: the pods that wait for them go on. */
export function takeConfigs(state: CoreState, digests: readonly string[]): void {
  const arrived = new Set(digests)
  for (const digest of digests) state.configs.add(digest)
  for (const pod of state.pods.values()) {
    if (pod.assigned.configs.some((c) => c.digest !== null && arrived.has(c.digest))) state.dirty.add(pod.assigned.uid)
  }
  state.isConfigDirty = true
}

/** Asks for contents that pods need and the ledger lacks. */
export function tendConfigs(state: CoreState, now: Instant): void {
  const isLate = state.configRetryAt !== null && now >= state.configRetryAt
  if (!state.isConfigDirty && !isLate) return
  state.isConfigDirty = false
  const missing = new Set<string>()
  for (const pod of state.pods.values()) {
    if (pod.stopSince !== null && pod.next === null) continue
    for (const { digest } of (pod.next ?? pod.assigned).configs)
      if (digest !== null && !state.configs.has(digest)) missing.add(digest)
  }
  state.configRetryAt = missing.size === 0 ? null : now + FETCH_AGAIN_MS
  if (state.link !== 'welcomed') return
  const digests = [...missing].filter(
    (digest) => now - (state.requested.get(digest) ?? -FETCH_AGAIN_MS) >= FETCH_AGAIN_MS,
  )
  if (digests.length === 0) return
  for (const digest of digests) state.requested.set(digest, now)
  state.effects.push({ type: 'send', message: { type: 'fetch-config', digests } })
}

/** Contents that no pod takes any more leave the ledger. */
export function forgetConfigs(state: CoreState): void {
  if (!state.isForgettingDue || !state.isFenced) return
  state.isForgettingDue = false
  if (state.configs.size === 0) return
  const needed = new Set<string>()
  for (const { assigned, next } of state.pods.values())
    for (const { digest } of [...assigned.configs, ...(next?.configs ?? [])]) if (digest) needed.add(digest)
  const digests = [...state.configs].filter((digest) => !needed.has(digest))
  if (digests.length === 0) return
  for (const digest of digests) state.configs.delete(digest)
  state.effects.push({ type: 'forget-config', digests })
}

/** Has image references looked up that the planner asks for; what failed is tried again with back-off. */
export function tendResolution(state: CoreState, now: Instant): void {
  const wanted = state.assignment?.resolve ?? NOTHING
  // After every event, and nearly always there is nothing of the kind.
  if (wanted.length === 0 && state.resolved.size === 0 && state.resolveBackOff.size === 0) return
  for (const reference of [...state.resolved.keys(), ...state.resolveBackOff.keys()]) {
    if (wanted.includes(reference)) continue
    state.resolved.delete(reference)
    state.resolveBackOff.delete(reference)
    state.changedImages.delete(reference)
  }
  if (!state.isEngineUp || wanted.length === 0) return
  const due = wanted.filter((reference) => {
    if (state.resolving.has(reference)) return false
    const backOff = state.resolveBackOff.get(reference)
    return backOff === undefined ? !state.resolved.has(reference) : now >= backOff.retryAt
  })
  if (due.length === 0) return
  for (const reference of due) state.resolving.add(reference)
  state.effects.push({ type: 'resolve-images', references: due })
}
