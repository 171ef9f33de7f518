/**
 * Which waits are events, of which type and reason. What every rollout passes through is none: replicas that are being
 * counted up, containers that start, nodes that take their orders.
 */
import type { EventType } from '../../model/event-view.js'
import type { WaitingOn } from '../../model/waiting.js'

export interface EventWord {
  readonly type: EventType
  readonly reason: string
}

function warning(reason: string): EventWord {
  return { type: 'Warning', reason }
}

function normal(reason: string): EventWord {
  return { type: 'Normal', reason }
}

/** Kubernetes' reasons where it has one for the same thing. */
export const WAITING_EVENTS: Readonly<Record<WaitingOn, EventWord | null>> = {
  scheduling: warning('FailedScheduling'),
  'image-resolve': warning('ImageNotFound'),
  'image-pull': warning('Failed'),
  'crash-loop': warning('BackOff'),
  readiness: normal('NotReady'),
  'node-silence': warning('NodeNotReady'),
  'eviction-rate': warning('EvictionSlowed'),
  'out-of-service': warning('OutOfService'),
  'disruption-budget': warning('DisruptionBlocked'),
  drain: normal('Draining'),
  paused: normal('Paused'),
  'progress-deadline': warning('ProgressDeadlineExceeded'),
  configuration: warning('FailedMount'),
  'delete-brake': warning('DeletionHeld'),
  'unreadable-file': warning('Unreadable'),
  'held-app': warning('Held'),
  unsupported: warning('Unsupported'),
  address: warning('FailedAddress'),
  'plan-check': warning('PlanRefused'),
  'ready-replicas': null,
  'min-ready-seconds': null,
  termination: null,
  'container-start': null,
  'endpoint-acknowledgement': null,
  'node-report': null,
  owner: null,
  recovery: null,
}
