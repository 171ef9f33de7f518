/**
 * What the core wants done, as values: the shell carries them out (and the simulation pretends to), and hands the
 * results back as events. Values of ConfigMaps and Secrets are not in here: the shell looks them up by digest.
 */
import type { AssignedPod, Assignment, NetworkTable, PinnedImage, PodUid } from '../../model/assignment.js'
import type { LifecycleHandler, Probe } from '../../model/generated/kubernetes.js'
import type { AgentMessage } from '../../model/protocol.js'
import type { PodLedger } from './ledger-snapshot.js'
import type { PodForm } from './pod-form.js'

/** All that a container is made from but configuration values and mounts: `makeContainerSpec` adds those. */
export interface ContainerPlan {
  readonly pod: AssignedPod
  /** A container of the pod's spec, or SANDBOX. */
  readonly container: string
  /** Counts the container's runs from 0. */
  readonly attempt: number
  readonly form: PodForm
  /** The running sandbox to join; null for the sandbox itself and in single form. */
  readonly sandboxId: string | null
  /** The engine's image id; the sandbox image's reference for the sandbox. */
  readonly image: string
  /** The image's configured user. */
  readonly imageUser: string
  readonly stopSignal: string
}

export type ImagePullPolicy = 'Always' | 'IfNotPresent' | 'Never'

/** One thing to do with the engine or the disk. At most one is in flight per container, and one more per pod for its volumes. */
export type Operation =
  | {
      readonly type: 'ensure-image'
      readonly reference: string
      readonly pinned: PinnedImage
      readonly policy: ImagePullPolicy
      /** Digests of the pod's pull secrets. */
      readonly pullSecrets: readonly string[]
    }
  | { readonly type: 'prepare-volumes'; readonly pod: AssignedPod }
  /** Swaps mounted configuration in place. */
  | { readonly type: 'update-volumes'; readonly pod: AssignedPod }
  | { readonly type: 'remove-volumes'; readonly uid: PodUid }
  | { readonly type: 'create'; readonly plan: ContainerPlan }
  | { readonly type: 'start'; readonly containerId: string }
  | {
      readonly type: 'post-start'
      readonly containerId: string
      readonly handler: LifecycleHandler
      readonly address: string
    }
  | {
      readonly type: 'stop'
      readonly containerId: string
      /** Empty: the container's own. */
      readonly signal: string
      /** Whole grace; the hook spends of it (`stopGrace` in termination.ts). */
      readonly graceMs: number
      readonly preStop: LifecycleHandler | null
      readonly address: string
    }
  | { readonly type: 'remove'; readonly containerId: string }

export type ProbeKind = 'startup' | 'readiness' | 'liveness'

export interface ProbeRequest {
  readonly containerId: string
  readonly kind: ProbeKind
  readonly probe: Probe
  /** The pod's address: where http, tcp and grpc probes go unless the manifest names a host. */
  readonly address: string
  readonly timeoutMs: number
}

export type AgentEffect =
  /** `pod` and `container` say whose it is; the result comes back as `operation` with the same id. */
  | {
      readonly type: 'operate'
      readonly id: number
      readonly pod: PodUid
      readonly container: string
      readonly operation: Operation
    }
  /** A stop in flight has less time now: end the container after `graceMs` at the latest. No result. */
  | { readonly type: 'hasten-stop'; readonly containerId: string; readonly graceMs: number }
  | { readonly type: 'probe'; readonly id: number; readonly request: ProbeRequest }
  | { readonly type: 'send'; readonly message: AgentMessage }
  /** Answer with `network-applied`; one is in flight at a time. */
  | { readonly type: 'apply-network'; readonly table: NetworkTable; readonly podSubnet: string }
  /** Answer with `resolved`. */
  | { readonly type: 'resolve-images'; readonly references: readonly string[] }
  /** Look at one container: answer with `container` or `container-removed`. */
  | { readonly type: 'inspect'; readonly containerId: string }
  /** List the containers again: what the core knows cannot be right. Answer with `containers`. */
  | { readonly type: 'list-containers' }
  /** Drop the connection and dial again: what was said does not fit together. */
  | { readonly type: 'reconnect'; readonly reason: string }
  | { readonly type: 'save-assignment'; readonly assignment: Omit<Assignment, 'pods'> }
  | { readonly type: 'save-network'; readonly table: NetworkTable }
  /** Null: forget the pod. */
  | { readonly type: 'save-pod'; readonly uid: PodUid; readonly pod: PodLedger | null }
  | { readonly type: 'forget-config'; readonly digests: readonly string[] }
  | { readonly type: 'log'; readonly level: 'info' | 'warning'; readonly message: string }
