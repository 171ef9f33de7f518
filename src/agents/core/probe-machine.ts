/**
 * One probe of one container run (Kubernetes: semantics §4.5). A result counts only when as many in a row as its
 * threshold agree; a probe that errors is repeated at once, up to 3 attempts, and then dropped.
 */
import { hash32 } from '../../base/hash.js'
import type { Instant } from '../../base/instant.js'
import type { Probe } from '../../model/generated/kubernetes.js'
import type { ProbeKind } from './agent-effect.js'
import type { ProbeOutcome } from './agent-event.js'

const ATTEMPTS_MAX = 3
/** The beginning of what an exec probe printed, or of an error. */
const MESSAGE_LETTERS_MAX = 200

export interface ProbeState {
  readonly kind: ProbeKind
  /** When it is due; while one is in flight, when the next would be. */
  readonly nextAt: Instant
  /** Id of the probe in flight. */
  readonly inFlight: number | null
  /** Attempts of this turn that errored; above 0 one is due at once. */
  readonly attempts: number
  /** Outcomes in a row that agree. */
  readonly run: number
  readonly last: 'success' | 'failure' | null
  /** Why it fails, as people are told; empty while it does not, or has not failed often enough. */
  readonly message: string
  /** Initially: readiness failure, liveness success, startup unknown. */
  readonly result: 'success' | 'failure' | 'unknown'
  /** Startup that passed, liveness or startup that failed: probes no more in this run of the container. */
  readonly isOver: boolean
}

const initialResult = { readiness: 'failure', liveness: 'success', startup: 'unknown' } as const

/** A probe of a container run, first due at `firstAt`. */
export function beginProbe(kind: ProbeKind, firstAt: Instant): ProbeState {
  return {
    kind,
    nextAt: firstAt,
    inFlight: null,
    attempts: 0,
    run: 0,
    last: null,
    message: '',
    result: initialResult[kind],
    isOver: false,
  }
}

/** When the first probe of a run is due: after the initial delay, but not before startup has passed. */
export function firstProbeAt(probe: Probe, startedAt: Instant, passedAt: Instant): Instant {
  return Math.max(startedAt + (probe.initialDelaySeconds ?? 0) * 1_000, passedAt)
}

/** After an agent restart the first probe waits a part of its period that differs by container, so that they do not all come at once. */
export function phaseAfterRestart(probe: Probe, containerId: string, kind: ProbeKind): number {
  return Math.floor((hash32(`${containerId} ${kind}`) / 2 ** 32) * periodMs(probe))
}

export function timeoutMs(probe: Probe): number {
  return Math.max(1, probe.timeoutSeconds ?? 1) * 1_000
}

function periodMs(probe: Probe): number {
  return Math.max(1, probe.periodSeconds ?? 10) * 1_000
}

/** True when a probe must be sent now. */
export function isProbeDue(state: ProbeState, now: Instant): boolean {
  return !state.isOver && state.inFlight === null && (state.attempts > 0 || now >= state.nextAt)
}

/** The state once a probe was sent with this id. */
export function sendProbe(state: ProbeState, probe: Probe, id: number, now: Instant): ProbeState {
  // A retry belongs to the turn it began in.
  const nextAt = state.attempts > 0 ? state.nextAt : Math.max(state.nextAt + periodMs(probe), now)
  const { kind, attempts, run, last, message, result, isOver } = state
  // Written out, as below: a spread costs several times as much, and every probe of every container makes two states.
  return { kind, nextAt, inFlight: id, attempts, run, last, message, result, isOver }
}

/** The state after an outcome; `message` is what the probe said. */
export function takeOutcome(state: ProbeState, probe: Probe, outcome: ProbeOutcome, message = ''): ProbeState {
  if (outcome === 'error') {
    const attempts = state.attempts + 1
    return { ...state, inFlight: null, attempts: attempts < ATTEMPTS_MAX ? attempts : 0 }
  }
  const run = state.last === outcome ? state.run + 1 : 1
  // Success must be 1 for liveness and startup.
  const successes = state.kind === 'readiness' ? (probe.successThreshold ?? 1) : 1
  const threshold = outcome === 'success' ? successes : (probe.failureThreshold ?? 3)
  const result = run >= threshold ? outcome : state.result
  const isOver = state.kind !== 'readiness' && run >= threshold && (outcome === 'failure' || state.kind === 'startup')
  const told = outcome === 'failure' ? toldMessage(state.message, message, run, threshold) : ''
  const { kind, nextAt } = state
  return { kind, nextAt, inFlight: null, attempts: 0, run, last: outcome, message: told, result, isOver }
}

/**
 * What is told of failures in a row: from the threshold on, and anew only at twice, four times … as many, so that words
 * that differ each time (a duration, a counter) cost next to no reports.
 */
function toldMessage(before: string, message: string, run: number, threshold: number): string {
  const times = run / threshold
  if (times < 1 || !Number.isInteger(Math.log2(times))) return before
  const line = message.trim().replace(/\s+/g, ' ')
  return line.length > MESSAGE_LETTERS_MAX ? `${line.slice(0, MESSAGE_LETTERS_MAX)}…` : line
}
