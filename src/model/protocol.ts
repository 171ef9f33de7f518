/**
 * What agents and the manager say to each other: JSON messages over one mutually authenticated WebSocket that the
 * agent opens. Agents send ages (milliseconds before the message was sent), never timestamps: their clocks may differ.
 */
import type { AssignedPod, Assignment, NetworkTable, NodeRoute, PodUid, ServiceTable } from './assignment.js'
import type { Taint } from './generated/kubernetes.js'
import type { Generation } from './generation.js'
import type { NodeFacts, ObservedContainer, ObservedPod, ResolvedImage } from './observed-state.js'

/** Versions this build speaks, newest first: N and N−1 once there are two (DESIGN 13). */
export const PROTOCOL_VERSIONS: readonly number[] = [1]

export type ReportedContainer = Omit<ObservedContainer, 'startedAt' | 'finishedAt'> & {
  readonly startedAgoMs: number | null
  readonly finishedAgoMs: number | null
}

export type ReportedPod = Omit<ObservedPod, 'readySince' | 'startedAt' | 'containers'> & {
  readonly readyForMs: number | null
  readonly startedAgoMs: number | null
  readonly containers: readonly ReportedContainer[]
}

/** Agent to manager. */
export type AgentMessage =
  | {
      readonly type: 'hello'
      readonly protocols: readonly number[]
      readonly facts: NodeFacts
      readonly generation: Generation
      readonly networkVersion: number
      /** All pods the node knows, by report; each carries its assigned record. */
      readonly pods: readonly ReportedPod[]
      /** The network table in the ledger, so that an empty store gets its addresses back. */
      readonly services: readonly ServiceTable[]
      readonly podSubnet: string
      readonly taints: readonly Taint[]
    }
  | { readonly type: 'heartbeat' }
  | {
      readonly type: 'report'
      readonly generation: Generation
      readonly networkVersion: number
      /** Pods that changed since the last report. */
      readonly pods: readonly ReportedPod[]
      /** Pods the agent has forgotten: they are no longer assigned and nothing of them is left. */
      readonly gone: readonly PodUid[]
      readonly resolved: readonly ResolvedImage[]
      /** Present when they changed. */
      readonly facts?: NodeFacts
      readonly taints?: readonly Taint[]
    }
  /** The agent has seen a newer generation: fencing. */
  | { readonly type: 'refuse'; readonly offered: Generation; readonly seen: Generation }
  /** Contents the agent's ledger lacks. */
  | { readonly type: 'fetch-config'; readonly digests: readonly string[] }

/** The contents of a ConfigMap or Secret: base64 by key, and the keyed digest the planner named. */
export interface ConfigContents {
  readonly digest: string
  readonly kind: 'ConfigMap' | 'Secret'
  readonly secretType: string
  readonly data: Readonly<Record<string, string>>
}

/** Manager to agent. */
export type ManagerMessage =
  | {
      readonly type: 'welcome'
      readonly protocol: number
      readonly clusterId: string
      readonly epoch: number
      readonly heartbeatMs: number
    }
  | { readonly type: 'assignment'; readonly assignment: Assignment }
  /** `services` and `routes` hold all when `isFull`, else what changed (null: removed). */
  | {
      readonly type: 'network'
      readonly isFull: boolean
      readonly from: number
      readonly version: number
      readonly podCidr: string
      readonly serviceCidr: string
      readonly services: Readonly<Record<string, ServiceTable | null>>
      readonly routes: Readonly<Record<string, NodeRoute | null>>
    }
  | { readonly type: 'config'; readonly contents: readonly ConfigContents[] }
  /** Asks the agent to dial back `/stream/ID` and serve logs or exec there. */
  | { readonly type: 'open-stream'; readonly id: string; readonly request: StreamRequest }
  /** Another manager leads, or this agent's certificate was revoked: why the connection ends. */
  | { readonly type: 'goodbye'; readonly reason: string }

export type StreamRequest =
  | {
      readonly type: 'logs'
      readonly pod: PodUid
      readonly container: string
      readonly previous: boolean
      readonly follow: boolean
      /** Null: from the beginning. */
      readonly tailLines: number | null
      readonly sinceMs: number | null
      readonly timestamps: boolean
    }
  | {
      readonly type: 'exec'
      readonly pod: PodUid
      readonly container: string
      readonly command: readonly string[]
      readonly stdin: boolean
      readonly tty: boolean
    }

/**
 * Frames on a dialled-back stream are binary; the first byte names the channel: 0 stdin, 1 stdout, 2 stderr, 3 the end
 * as JSON (`StreamEnd`), 4 terminal size as JSON (`{ columns, rows }`), 5 end of stdin.
 */
export interface StreamEnd {
  readonly exitCode: number | null
  readonly error: string | null
}

export const STREAM_STDIN = 0
export const STREAM_STDOUT = 1
export const STREAM_STDERR = 2
export const STREAM_END = 3
export const STREAM_RESIZE = 4
export const STREAM_STDIN_END = 5

export type { AssignedPod, NetworkTable }
