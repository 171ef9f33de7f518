/** Everything the core holds between events. Mutable, and the core's alone. */
import { earliest, type Instant } from '../../base/instant.js'
import type { Assignment, NetworkTable, PodUid } from '../../model/assignment.js'
import type { Taint } from '../../model/generated/kubernetes.js'
import type { NodeFacts, ResolvedImage } from '../../model/observed-state.js'
import { STARTS_AT_ONCE } from '../../model/start-sharing.js'
import type { RuntimeContainer } from '../runtime.js'
import type { AgentEffect, ProbeKind } from './agent-effect.js'
import { type CoreClock, makeCoreClock } from './core-clock.js'
import type { LedgerSnapshot } from './ledger-snapshot.js'
import { type PodRecord, podRecordFromLedger } from './pod-record.js'
import type { BackOff } from './restart-back-off.js'

export interface AgentCoreOptions {
  readonly clusterId: string
  readonly facts: NodeFacts
  /** Null on a node that has none. */
  readonly ledger: LedgerSnapshot | null
  /** Creates and starts of containers in flight at a time; 4 gives 90-98 % of what an engine can do at half the latency of 8. */
  readonly startsMax?: number
}

/** A container with the cluster's label that belongs to no pod known here. */
export interface Orphan {
  container: RuntimeContainer
  operation: number | null
  retryAt: Instant
}

/** An operation in flight: whose it is, and what its result changes besides. */
export interface BegunOperation {
  readonly pod: PodUid
  readonly container: string
  readonly isStart: boolean
  readonly isRemoval: boolean
}

export interface CoreState {
  readonly clusterId: string
  readonly startsMax: number
  readonly effects: AgentEffect[]
  readonly clock: CoreClock
  startedAt: Instant | null
  facts: NodeFacts
  isFactsChanged: boolean
  /** What the node says against itself, and whether the manager has yet to hear it. */
  taints: readonly Taint[]
  isTaintsChanged: boolean
  link: 'closed' | 'opened' | 'welcomed'
  /** An assignment was accepted in this connection: only then is anything unknown stopped. */
  isFenced: boolean
  /** One was accepted in this life of the agent: until then a ledger may be older than what runs. */
  hasObeyed: boolean
  /** The host has booted since the ledger was written: what it tells of runs is over. */
  hasBooted: boolean
  /** The containers were listed in this life of the agent. */
  hasListed: boolean
  /** False until the containers were listed, anew after the engine was away; nothing is operated meanwhile. */
  isEngineUp: boolean
  assignment: Omit<Assignment, 'pods'> | null
  readonly pods: Map<PodUid, PodRecord>
  readonly orphans: Map<string, Orphan>
  /** Pods that have volumes on disk but no record. */
  readonly orphanVolumes: Map<PodUid, number | null>
  /** Pods to look at in this event. */
  readonly dirty: Set<PodUid>
  /** Pods of which only probes are to be looked at. */
  readonly probing: Set<PodUid>
  /** Pods that wait for a start slot, in order. */
  readonly waiting: Set<PodUid>
  startsInFlight: number
  nextId: number
  readonly operations: Map<number, BegunOperation>
  readonly probes: Map<number, { readonly pod: PodUid; readonly container: string; readonly kind: ProbeKind }>
  /** Which pod a container belongs to. */
  readonly containerPods: Map<string, PodUid>
  readonly configs: Set<string>
  isConfigDirty: boolean
  /** Pods have gone: contents may be needed no longer. */
  isForgettingDue: boolean
  /** Digests asked for in this connection, and when. */
  readonly requested: Map<string, Instant>
  network: NetworkTable | null
  /**
   * The version the data plane obeys, or after a start will obey before any other: its ledger's, of which the manager must
   * know, should its own store have forgotten it. And the one it is being made to obey.
   */
  networkApplied: number
  networkInFlight: number | null
  /** It is to be made to obey the table anew. */
  isNetworkDue: boolean
  isNetworkReported: boolean
  readonly resolved: Map<string, ResolvedImage>
  readonly resolveBackOff: Map<string, BackOff & { readonly retryAt: Instant }>
  readonly resolving: Set<string>
  /** What the next report carries. */
  readonly changedPods: Set<PodUid>
  readonly changedImages: Map<string, ResolvedImage>
  readonly gone: PodUid[]
  isGenerationReported: boolean
  configRetryAt: Instant | null
}

export function makeCoreState(options: AgentCoreOptions): CoreState {
  const { ledger } = options
  const keepsRuns = ledger === null || ledger.bootId === options.facts.bootId
  return {
    clusterId: options.clusterId,
    startsMax: options.startsMax ?? STARTS_AT_ONCE,
    effects: [],
    clock: makeCoreClock(ledger),
    startedAt: null,
    facts: options.facts,
    isFactsChanged: false,
    taints: [],
    isTaintsChanged: false,
    link: 'closed',
    isFenced: false,
    hasObeyed: false,
    hasBooted: !keepsRuns,
    hasListed: false,
    isEngineUp: false,
    assignment: ledger?.assignment ?? null,
    pods: new Map((ledger?.pods ?? []).map((pod) => [pod.assigned.uid, podRecordFromLedger(pod, keepsRuns)])),
    orphans: new Map(),
    orphanVolumes: new Map(),
    dirty: new Set(),
    probing: new Set(),
    waiting: new Set(),
    startsInFlight: 0,
    nextId: 1,
    operations: new Map(),
    probes: new Map(),
    containerPods: new Map(),
    configs: new Set(ledger?.configs ?? []),
    isConfigDirty: false,
    isForgettingDue: false,
    requested: new Map(),
    network: ledger?.network ?? null,
    networkApplied: ledger?.network?.version ?? 0,
    networkInFlight: null,
    isNetworkDue: true,
    isNetworkReported: true,
    resolved: new Map(),
    resolveBackOff: new Map(),
    resolving: new Set(),
    changedPods: new Set(),
    changedImages: new Map(),
    gone: [],
    isGenerationReported: true,
    configRetryAt: null,
  }
}

/** The earliest time at which something is due, in the core's time. */
export function wakeOf(state: CoreState): Instant | null {
  let at: Instant | null = null
  if (state.isEngineUp) {
    // Called after every event, with a hundred pods: no calls in here.
    for (const { wakeAt } of state.pods.values()) if (wakeAt !== null && (at === null || wakeAt < at)) at = wakeAt
    if (state.isFenced) {
      for (const orphan of state.orphans.values()) if (orphan.operation === null) at = earliest(at, orphan.retryAt)
    }
  }
  if (state.link === 'welcomed') at = earliest(at, state.configRetryAt)
  // What is being looked up answers by itself, and without an engine nothing is looked up.
  if (state.isEngineUp)
    for (const [reference, backOff] of state.resolveBackOff)
      if (!state.resolving.has(reference)) at = earliest(at, backOff.retryAt)
  return at
}
