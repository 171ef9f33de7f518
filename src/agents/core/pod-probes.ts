/** The probes of a pod's containers: when they begin, when one is due, and what an outcome changes. */
import { earliest, type Instant } from '../../base/instant.js'
import type { Probe } from '../../model/generated/kubernetes.js'
import type { ProbeKind, ProbeRequest } from './agent-effect.js'
import type { ProbeOutcome } from './agent-event.js'
import { type ContainerRecord, isRunning, type PodRecord } from './pod-record.js'
import {
  beginProbe,
  firstProbeAt,
  isProbeDue,
  type ProbeState,
  phaseAfterRestart,
  sendProbe,
  takeOutcome,
  timeoutMs,
} from './probe-machine.js'
import { probeGrace } from './termination.js'

const KINDS: readonly ProbeKind[] = ['startup', 'readiness', 'liveness']

/** Sends what is due through `send`, which gives the probe's id; gives when the next is due. */
export function stepProbes(
  pod: PodRecord,
  agentStartedAt: Instant,
  now: Instant,
  send: (container: ContainerRecord, request: ProbeRequest) => number,
): Instant | null {
  if (pod.phase !== null || pod.isSandboxLost) return null
  let wakeAt: Instant | null = null
  for (const container of pod.containers) {
    if (!isRunning(container) || container.kill !== null || container.current === null) continue
    for (const kind of KINDS) {
      const probe = probeOf(container, kind)
      if (probe === undefined || !mayProbe(pod, container, kind)) continue
      let state = container.probes.get(kind) ?? firstState(container, kind, probe, agentStartedAt, now)
      if (isProbeDue(state, now)) {
        const { address } = pod.assigned
        const request = { containerId: container.current.id, kind, probe, address, timeoutMs: timeoutMs(probe) }
        state = sendProbe(state, probe, send(container, request), now)
      }
      container.probes.set(kind, state)
      if (!state.isOver && state.inFlight === null) wakeAt = earliest(wakeAt, state.nextAt)
    }
  }
  return wakeAt
}

/** Until startup has passed only it runs; once the pod must stop, only readiness goes on. */
function mayProbe(pod: PodRecord, container: ContainerRecord, kind: ProbeKind): boolean {
  if (pod.stopSince !== null && kind !== 'readiness') return false
  return kind === 'startup' ? !container.started : container.started
}

function firstState(
  container: ContainerRecord,
  kind: ProbeKind,
  probe: Probe,
  agentStartedAt: Instant,
  now: Instant,
): ProbeState {
  const startedAt = container.current?.startedAt ?? now
  const isAdopted = startedAt < agentStartedAt
  const firstAt = isAdopted
    ? agentStartedAt + phaseAfterRestart(probe, container.current?.id ?? '', kind)
    : firstProbeAt(probe, startedAt, now)
  const state = beginProbe(kind, firstAt)
  // A restarted agent keeps the last word of the one before it, so that no endpoint leaves for nothing.
  return kind === 'readiness' && container.ready ? { ...state, result: 'success' } : state
}

function probeOf(container: ContainerRecord, kind: ProbeKind): Probe | undefined {
  switch (kind) {
    case 'startup':
      return container.spec.startupProbe
    case 'readiness':
      return container.spec.readinessProbe
    case 'liveness':
      return container.spec.livenessProbe
  }
}

/** Takes the outcome of the probe with this id; one that is no longer waited for changes nothing. */
export function takeProbe(
  pod: PodRecord,
  container: ContainerRecord,
  kind: ProbeKind,
  id: number,
  outcome: ProbeOutcome,
  message: string,
): void {
  const before = container.probes.get(kind)
  const probe = probeOf(container, kind)
  if (before === undefined || probe === undefined || before.inFlight !== id) return
  const state = takeOutcome(before, probe, outcome, message)
  container.probes.set(kind, state)
  if (kind === 'readiness') container.ready = state.result === 'success'
  else if (state.result === 'failure' && state.isOver) {
    const word = kind === 'startup' ? 'Startup' : 'Liveness'
    container.kill = { graceMs: probeGrace(probe, pod.assigned.spec), reason: `${word} probe failed: ${message}` }
  } else if (kind === 'startup' && state.isOver) container.started = true
}
