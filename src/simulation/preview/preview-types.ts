/** What a preview of a change says: printed by `headway plan`, described by schemas/headway/plan.json. */
import type { Instant } from '../../base/instant.js'
import type { Waiting } from '../../model/waiting.js'
import type { UsedTime } from './operation-times.js'

export type Verdict = 'ok' | 'warn' | 'fail'

/** One field that differs; texts as JSON, null for absent; a Secret's values are never shown. */
export interface FieldDiff {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}

export interface ObjectPreview {
  /** `move`: only to another file, or to another place in it. */
  readonly action: 'create' | 'update' | 'delete' | 'move'
  readonly key: string
  readonly file: string
  readonly line: number
  /** Where it stood before, when that was another file. */
  readonly fromFile: string | null
  /** Nothing that runs follows from it. */
  readonly cosmetic: boolean
  readonly fields: readonly FieldDiff[]
  /** The fields as lines that begin with `-` and `+`. */
  readonly diff: string
}

export interface PodPreview {
  readonly action: 'keep' | 'create' | 'replace' | 'move' | 'delete'
  /** `namespace/name`; of the pod that goes where one takes its place. */
  readonly key: string
  /** `namespace/name` of the pod that takes its place; null when none does. */
  readonly newKey: string | null
  /** The workload's key. */
  readonly owner: string
  readonly fromNode: string | null
  readonly toNode: string | null
  readonly reason: string
  /** When it begins: created or told to stop, whichever is first. */
  readonly atSeconds: number
  readonly readySeconds: number | null
  readonly goneSeconds: number | null
  /** Containers that run anew because of it. */
  readonly restarts: number
}

export interface WaitPreview {
  readonly on: string
  readonly detail: string
  readonly key: string | null
  /** So many pods or steps wait on the same. */
  readonly count: number
  readonly fromSeconds: number
  /** Null: it waits without end. */
  readonly toSeconds: number | null
}

export interface WorkloadPreview {
  readonly key: string
  readonly desired: number
  /** Ready pods when the change comes. */
  readonly readyBefore: number
  readonly lowestReady: number
  readonly lowestReadyAtSeconds: number | null
  /** Everything of it is as desired; null when it does not come to that. */
  readonly doneSeconds: number | null
  readonly waits: readonly WaitPreview[]
}

/** A disruption budget that selects pods of a touched workload; counts are over all workloads that it selects. */
export interface BudgetPreview {
  readonly key: string
  /** Workloads whose pods it selects. */
  readonly workloads: readonly string[]
  /** Ready pods it asks for. */
  readonly needed: number
  readonly desired: number
  readonly readyBefore: number
  readonly lowestReady: number
  readonly lowestReadyAtSeconds: number
}

export interface UnschedulablePreview {
  readonly key: string
  readonly diagnosis: string
  /** What the host that comes closest lacks; empty when that says nothing. */
  readonly nearestMiss: string
}

export interface PendingPreview {
  readonly key: string
  readonly diagnosis: string
}

export interface PullPreview {
  readonly image: string
  readonly nodes: readonly string[]
  readonly seconds: number
}

export type RiskCode =
  | 'data-deleted'
  | 'single-replica-downtime'
  | 'no-readiness-probe'
  | 'mutable-tag'
  | 'no-spread'
  | 'budget-blocks'
  | 'budget-broken'
  | 'selector-change'
  | 'delete-brake'
  | 'held-app'
  | 'unschedulable'
  | 'evicts-others'
  | 'not-carried-out'
  | 'downtime'
  | 'would-not-converge'

export interface Risk {
  readonly code: RiskCode
  readonly severity: 'warn' | 'fail'
  /** Object key; null for the whole change. */
  readonly key: string | null
  readonly text: string
}

export interface TimelineRow {
  readonly pod: string
  readonly owner: string
  readonly node: string | null
  /** `starts`: created until ready; `stops`: out of the endpoints until gone. */
  readonly what: 'starts' | 'stops'
  readonly fromSeconds: number
  readonly toSeconds: number | null
  readonly reason: string
}

/** What taking the change back costs, once it has come to rest. */
export interface RevertPreview {
  readonly restarts: number
  readonly seconds: number
  readonly converges: boolean
  /** Images that are not on the hosts that need them again. */
  readonly pulls: readonly PullPreview[]
}

export interface Preview {
  readonly fingerprint: string
  /** Of when the live state is that it is planned from. */
  readonly takenAt: Instant
  readonly base: string
  readonly head: string
  readonly verdict: Verdict
  readonly converges: boolean
  readonly objects: readonly ObjectPreview[]
  readonly pods: readonly PodPreview[]
  readonly workloads: readonly WorkloadPreview[]
  readonly budgets: readonly BudgetPreview[]
  readonly unschedulable: readonly UnschedulablePreview[]
  /** What waits or moves already without this change. */
  readonly pendingNotYours: readonly PendingPreview[]
  readonly timeline: readonly TimelineRow[]
  /** Rows of the timeline that are left out. */
  readonly timelineOmitted: number
  readonly pulls: readonly PullPreview[]
  readonly times: readonly UsedTime[]
  readonly risks: readonly Risk[]
  /** Pods that run on as they are. */
  readonly kept: number
  /** Pods that take changed configuration in place. */
  readonly updatedInPlace: number
  readonly seconds: number
  readonly restarts: number
  readonly revert: RevertPreview
  /** What waits at the end, because of this change. */
  readonly waiting: readonly Waiting[]
}
