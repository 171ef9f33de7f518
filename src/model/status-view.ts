/**
 * What `headway status -o json` prints and the manager's admin API serves: live state for people and programs,
 * described by schemas/headway/status.json. Built by the manager from desired, planned and observed state.
 */
import type { Instant } from '../base/instant.js'
import type { DeleteBrake } from './plan.js'
import type { Problem } from './problem.js'
import type { ReviewedPlan } from './reviewed-plan.js'
import type { PredictedTimeline, Timeline } from './timeline.js'
import type { Waiting } from './waiting.js'

/** Health of a workload (glossary). */
export type Health = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown'

export interface StatusView {
  readonly clusterId: string
  /** The commit that is desired now; empty before the first one was read. */
  readonly revision: string
  /** Everything at `revision` is healthy, nothing waits, no app is held, the newest known tip is `revision`. */
  readonly converged: boolean
  /** One line for people: `converged`, `rolling out 3f2a…: 2 workloads`, `held: …`. */
  readonly summary: string
  readonly manager: ManagerView
  readonly sources: readonly SourceView[]
  readonly apps: readonly AppView[]
  readonly nodes: readonly NodeView[]
  readonly workloads: readonly WorkloadView[]
  readonly pods: readonly PodView[]
  readonly services: readonly ServiceView[]
  /** Disruption budgets and what each allows now, sorted by key. */
  readonly budgets?: readonly BudgetView[]
  readonly waiting: readonly Waiting[]
  readonly problems: readonly Problem[]
  /** Objects of kinds that are accepted but not carried out yet, as keys. */
  readonly notCarriedOut: readonly string[]
  /** Deletions that wait for `headway confirm HASH`; null when none do. */
  readonly brake: DeleteBrake | null
  /** Whether the newest commit does what its reviewed plan said. Absent: it names none. */
  readonly reviewed?: ReviewedPlan
}

export interface ManagerView {
  readonly pid: number
  readonly version: string
  readonly startedAt: Instant
  readonly epoch: number
  readonly address: string
  /** Rebuilding from git and reports after the store was lost: until then nothing is created or deleted. */
  readonly recovering: boolean
  readonly planId: string
}

export interface SourceView {
  readonly id: string
  readonly url: string
  readonly branch: string
  /** Newest commit seen at the source. */
  readonly tip: string
  /** Commit that desired state was made from. */
  readonly commit: string
  readonly author: string
  readonly subject: string
  readonly lastPollAt: Instant | null
  /** Empty while the source can be reached. */
  readonly error: string
}

export interface AppView {
  readonly id: string
  readonly revision: string
  readonly held: boolean
  readonly problems: number
}

export interface NodeView {
  readonly name: string
  readonly address: string
  readonly ready: boolean
  readonly schedulable: boolean
  /** Pid of the agent when it runs on the manager's host, else null. */
  readonly pid: number | null
  readonly engineVersion: string
  readonly agentVersion: string
  readonly silentForMs: number | null
  readonly pods: number
  readonly cpuMilli: { readonly requested: number; readonly allocatable: number }
  readonly memoryBytes: { readonly requested: number; readonly allocatable: number }
  readonly taints: readonly string[]
  /** Its pods are moved away, or all of them are. Absent: it is not drained. */
  readonly drain?: 'draining' | 'drained'
}

export interface WorkloadView {
  /** Object key. */
  readonly key: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly health: Health
  readonly desired: number
  readonly ready: number
  readonly updated: number
  readonly available: number
  readonly revision: number
  readonly commit: string
  readonly images: readonly string[]
  /** One sentence; empty when healthy. */
  readonly message: string
}

export interface PodView {
  /** `namespace/name`. */
  readonly key: string
  readonly uid: string
  readonly workload: string
  readonly node: string | null
  readonly address: string | null
  /** As kubectl's STATUS column: Running, Pending, ContainerCreating, CrashLoopBackOff, Terminating … */
  readonly status: string
  readonly phase: string
  readonly ready: boolean
  readonly restarts: number
  readonly containerIds: readonly string[]
  readonly images: readonly string[]
  readonly commit: string
  readonly createdAt: Instant
  readonly waiting: Waiting | null
}

export interface ServiceView {
  readonly key: string
  readonly address: string | null
  readonly ports: readonly {
    readonly name: string
    readonly port: number
    readonly nodePort: number | null
    readonly endpoints: number
  }[]
}

/** A PodDisruptionBudget; numbers as in its status in Kubernetes. */
export interface BudgetView {
  readonly key: string
  readonly namespace: string
  readonly name: string
  /** As the manifest has it: a count or a percentage; null when it has none. */
  readonly minAvailable: number | string | null
  readonly maxUnavailable: number | string | null
  readonly expectedPods: number
  readonly currentHealthy: number
  readonly desiredHealthy: number
  readonly disruptionsAllowed: number
}

/** Why a pod or object is as it is: `headway why`. */
export interface WhyView {
  readonly key: string
  /** The answer in a sentence. */
  readonly sentence: string
  readonly facts: readonly { readonly name: string; readonly value: string }[]
  readonly waiting: readonly Waiting[]
}

/** One commit that the manager took: `headway history`. */
export interface HistoryEntry {
  readonly revision: string
  /** In a cluster of several sources: the one that a commit came to, whose author and subject these are. */
  readonly source?: string
  /** In a cluster of several sources: the commit of each, by its id. */
  readonly commits?: Readonly<Record<string, string>>
  readonly author: string
  readonly subject: string
  readonly committedAt: Instant
  readonly takenAt: Instant
  /** `failed`: a workload made no progress within its deadline. */
  readonly outcome: 'rolling-out' | 'converged' | 'superseded' | 'held' | 'failed'
  readonly convergedAt: Instant | null
  /** Containers created by plans of this revision. */
  readonly created: number
  readonly stopped: number
  /** Of those stopped, the ones that another pod replaces. */
  readonly replaced?: number
  /** Containers of the pods replaced: what `headway plan` calls restarts. Absent: written before they were counted. */
  readonly restarts?: number
  /** How long it was predicted to take; null: for ever. Absent: no prediction was made. */
  readonly predictedMs?: number | null
  /** How much longer it took than predicted, as a share of that: 0.2 is a fifth longer. Null while either is not known, and where both are too short to tell. */
  readonly deviation?: number | null
  /** Whether it did what its reviewed plan said when it was taken. Absent: no commit that came with it names a plan. */
  readonly reviewed?: ReviewedPlan
}

/** `headway history REV`: what was predicted of a commit beside what happened. */
export interface HistoryDetail extends HistoryEntry {
  /** Null when it is not kept any more. */
  readonly actual: Timeline | null
  readonly predicted: PredictedTimeline | null
  /** Why there is no prediction; empty when there is one. */
  readonly note: string
}
