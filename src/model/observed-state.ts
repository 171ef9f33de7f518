/**
 * Observed state: what agents last reported, with an age per node. Absence of a report is not absence of a pod. An
 * observed node or pod that did not change keeps its identity (===) from one snapshot to the next.
 */
import type { Instant } from '../base/instant.js'
import type { AssignedPod, PodUid, ServiceTable } from './assignment.js'
import type { Taint } from './generated/kubernetes.js'
import type { Generation } from './generation.js'

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'

/** Amounts of what a node can give; extended resources by their full name. */
export interface ResourceAmounts {
  readonly cpuMilli: number
  readonly memoryBytes: number
  readonly ephemeralStorageBytes: number
  readonly pods: number
  readonly extended: Readonly<Record<string, number>>
}

export interface NodeImage {
  /** The engine's image id, `sha256:…`. */
  readonly id: string
  /** Repository tags and digests it answers to, sorted. */
  readonly names: readonly string[]
  readonly sizeBytes: number
}

/** What an agent says of its host; changes seldom. */
export interface NodeFacts {
  readonly name: string
  /** The host's address towards the other nodes. */
  readonly address: string
  readonly agentVersion: string
  readonly engineVersion: string
  readonly kernelVersion: string
  readonly osImage: string
  readonly architecture: 'amd64' | 'arm64'
  readonly capacity: ResourceAmounts
  readonly allocatable: ResourceAmounts
  /** Labels the host gives itself (hostname, arch, os); a Node manifest adds to them. */
  readonly labels: Readonly<Record<string, string>>
  readonly images: readonly NodeImage[]
  /** Changes at every boot of the host: what ran before it is gone. */
  readonly bootId: string
  readonly agentPid: number
}

export type ContainerPhase = 'waiting' | 'running' | 'terminated'

export interface ObservedContainer {
  readonly name: string
  readonly type: 'init' | 'sidecar' | 'app'
  readonly phase: ContainerPhase
  /** ImagePullBackOff, CrashLoopBackOff, CreateContainerConfigError, PodInitializing, Completed, Error, OOMKilled …; empty while running. */
  readonly reason: string
  /** What is wrong, in a line; of a container that runs, why it is not ready (a probe's words). */
  readonly message: string
  readonly ready: boolean
  readonly restarts: number
  readonly containerId: string | null
  readonly imageId: string | null
  readonly exitCode: number | null
  readonly startedAt: Instant | null
  readonly finishedAt: Instant | null
}

export interface ObservedPod {
  readonly uid: PodUid
  readonly phase: PodPhase
  /** All app containers ready and the pod not ordered to stop by its host. */
  readonly ready: boolean
  /** When it last became ready; null while it is not. */
  readonly readySince: Instant | null
  readonly startedAt: Instant | null
  /** Init containers first, as in the spec. */
  readonly containers: readonly ObservedContainer[]
  /** Evicted, NodeAffinity, UnexpectedAdmissionError …; empty otherwise. */
  readonly reason: string
  readonly message: string
  /** Order to stop was carried out: nothing of it runs any more and its address is free. */
  readonly stopped: boolean
  /** What the agent runs, from its ledger: from it an empty store is rebuilt (DESIGN 3). */
  readonly assigned: AssignedPod
}

export interface ObservedNode {
  readonly facts: NodeFacts
  /** Since when the agent has been silent, by the manager's clock; null while it is heard. */
  readonly silentSince: Instant | null
  /** When the agent was first heard in this connection. */
  readonly connectedAt: Instant | null
  /** The newest assignment the agent has accepted. */
  readonly generation: Generation
  /** The newest service table that all proxies on the node obey; of an agent that has just started, the one it will obey first. */
  readonly networkVersion: number
  /** By uid, sorted. */
  readonly pods: ReadonlyMap<PodUid, ObservedPod>
  /** Image references the agent was asked to resolve: the image id and digest it found, or why it could not. */
  readonly resolvedImages: ReadonlyMap<string, ResolvedImage>
  /** Taints the agent sets on itself (pressure). */
  readonly taints: readonly Taint[]
  /** Subnet and service tables in the agent's ledger at its hello: an empty store gets its addresses back. */
  readonly podSubnet?: string
  readonly services?: readonly ServiceTable[]
}

export interface ResolvedImage {
  readonly reference: string
  /** Empty when it could not be resolved. */
  readonly id: string
  /** `repository@sha256:…`; empty where there is no registry. */
  readonly digest: string
  readonly error: string
}

export interface ObservedState {
  /**
   * By node name, sorted: nodes that have reported since this manager began. A planned node that is missing here is
   * silent since `heardSince`.
   */
  readonly nodes: ReadonlyMap<string, ObservedNode>
  /** Members (by certificate) that have not reported since this manager began. */
  readonly unheard: readonly string[]
  /** When this manager began or last stalled: silence counts from then (DESIGN 12). */
  readonly heardSince: Instant
}
