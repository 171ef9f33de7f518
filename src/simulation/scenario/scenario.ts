/**
 * A scenario is data: hosts, what people push, and what goes wrong, each at its time. It is made from a seed, shrunk by
 * leaving things out, kept as a JSON file, and runs the same every time.
 */
import type { NodeOptions } from '../simulated-node.js'

/** An application of the repository: a folder with a Deployment, a ConfigMap and perhaps a Service. */
export interface App {
  readonly name: string
  readonly image: string
  readonly replicas: number
  /** A value in its ConfigMap, which its environment takes. */
  readonly colour: number
  readonly cpuMilli: number
  /** `recreate`, or surge and unavailable. */
  readonly strategy: 'recreate' | { readonly surge: number | string; readonly unavailable: number | string }
  readonly graceSeconds: number
  readonly hasService: boolean
  readonly probeSeconds: number
  readonly isLivenessProbed: boolean
  /** The bound of its disruption budget; absent: it has none. */
  readonly budget?: { readonly minAvailable: number | string } | { readonly maxUnavailable: number | string }
  /** Its rollouts keep its budget too. */
  readonly isBudgetKept?: boolean
  /** The PriorityClass of its pods; absent: none. */
  readonly priority?: PriorityName
  readonly minReadySeconds?: number
  /** Absent: Kubernetes' 10 minutes. */
  readonly deadlineSeconds?: number
}

export type PriorityName = 'high' | 'low'

/** What somebody pushes. */
export type Push =
  | { readonly type: 'change'; readonly app: string; readonly to: Partial<App> }
  | { readonly type: 'add'; readonly app: App }
  | { readonly type: 'delete'; readonly app: string }
  | { readonly type: 'delete-all' }
  /** A folder that cannot be read; `mend` ends it. */
  | { readonly type: 'break'; readonly app: string }
  | { readonly type: 'mend'; readonly app: string }
  | { readonly type: 'drain' | 'undrain'; readonly node: string }
  /** Running pods are moved for a better balance, or no longer. */
  | { readonly type: 'rebalance'; readonly isOn: boolean }
  | { readonly type: 'revert' }
  | { readonly type: 'force-push'; readonly commits: number }

/** Something that goes wrong, from `atMs` on and for `forMs`. */
export interface Fault {
  readonly family: string
  readonly kind: string
  readonly atMs: number
  readonly forMs: number
  /** The host it concerns; null for the manager and the whole. */
  readonly node: string | null
  /** What the kind makes of it: a share, a delay, a choice. */
  readonly amount: number
}

export interface Scenario {
  readonly seed: number
  readonly nodes: readonly NodeOptions[]
  /** How long things go wrong; after that all is made whole. */
  readonly lengthMs: number
  readonly apps: readonly App[]
  readonly pushes: readonly (Push & { readonly atMs: number })[]
  readonly faults: readonly Fault[]
}
