/** The part of a plan for one node: what an agent is to run, fully specified. Agents decide nothing. */
import type { Instant } from '../base/instant.js'
import type { PodSpec } from './generated/kubernetes.js'
import type { Generation } from './generation.js'
import type { ObjectKey } from './keys.js'

/** A hash of cluster, owner, template, ordinal and incarnation, in the form of a UUID. */
export type PodUid = string

/** Why a pod is ordered to stop. */
export type StopReason =
  | 'scale-down'
  | 'rollout'
  | 'drain'
  | 'prune'
  | 'recreate'
  | 'node-lost'
  | 'taint'
  | 'preemption'
  | 'failed'
  | 'template-changed'
  | 'duplicate'
  | 'eviction'
  | 'rebalance'

export interface StopOrder {
  readonly reason: StopReason
  readonly graceMs: number
}

/** The bytes a container must run: an image id, or a digest where a registry knows it. Empty strings: take the tag. */
export interface PinnedImage {
  readonly id: string
  readonly digest: string
}

/** A piece of configuration a pod takes, by the keyed digest of the contents it must see. */
export interface AssignedConfig {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  /** Null when the object is absent and the reference optional. */
  readonly digest: string | null
  /**
   * Which use this digest is for; absent: for every use. Present only where an object is both mounted and read through
   * the environment (or a subPath) and the mounted contents have moved on since: then there are two entries.
   */
  readonly use?: 'environment' | 'mount'
}

/** A pod as an agent gets it. All of it but `stop` and the digests of mounted configuration is fixed for the pod's life. */
export interface AssignedPod {
  readonly uid: PodUid
  readonly namespace: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** The ReplicaSet (or other direct owner); null for a Pod manifest. */
  readonly owner: ObjectKey | null
  /** The manifest's object at the top: the Deployment, or the Pod itself. */
  readonly workload: ObjectKey
  readonly templateHash: string
  readonly ordinal: number
  readonly incarnation: number
  /** Commit whose template this is. */
  readonly commit: string
  readonly createdAt: Instant
  /** Defaulted and complete; probe ports resolved to numbers, no named reference left open but configuration. */
  readonly spec: PodSpec
  /** By image reference as the spec writes it. */
  readonly images: Readonly<Record<string, PinnedImage>>
  /** The pod's own address, or the node's under hostNetwork. */
  readonly address: string
  readonly configs: readonly AssignedConfig[]
  readonly stop: StopOrder | null
}

/** All that one node is to run; a pod that is not listed is to be stopped. */
export interface Assignment {
  readonly node: string
  readonly generation: Generation
  /** Sorted by uid. */
  readonly pods: readonly AssignedPod[]
  /** Subnet of the node's pod network, `10.244.3.0/24`. */
  readonly podSubnet: string
  /** Image references to look up (pulling when needed) and report. */
  readonly resolve: readonly string[]
  /** Hash of everything but the generation: equal hash, equal list. Made by the planner from hashes of its parts. */
  readonly hash: string
}

export interface ServiceEndpoint {
  readonly uid: PodUid
  readonly node: string
  readonly address: string
  readonly port: number
}

export interface ServicePortTable {
  readonly name: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
  /** Null unless the Service is of type NodePort or LoadBalancer. */
  readonly nodePort: number | null
  readonly endpoints: readonly ServiceEndpoint[]
}

/** One Service as every node's proxy must serve it. */
export interface ServiceTable {
  readonly key: ObjectKey
  /** The Service's virtual address; null when headless. */
  readonly address: string | null
  readonly ports: readonly ServicePortTable[]
  readonly sessionAffinitySeconds: number | null
}

/** How to reach another node's pods. */
export interface NodeRoute {
  readonly node: string
  readonly address: string
  readonly podSubnet: string
}

/** The cluster's network as every node must carry it out; `version` grows with each change. */
export interface NetworkTable {
  readonly version: number
  readonly podCidr: string
  readonly serviceCidr: string
  /** By service key, sorted. */
  readonly services: ReadonlyMap<ObjectKey, ServiceTable>
  /** By node name, sorted. */
  readonly routes: ReadonlyMap<string, NodeRoute>
}
