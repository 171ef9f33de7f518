/**
 * The manager's admin API: HTTP with JSON over a Unix socket in the state directory (`manager.sock`, mode 0600), for
 * the CLI on the same machine. An error answers with a 4xx or 5xx status and `{ error }`, a sentence that says what to do.
 *
 * | request | body | answer |
 * |---|---|---|
 * | GET /v1/status | | StatusView |
 * | POST /v1/fetch | | FetchAnswer: reads every source's tip now and waits until it is taken or held |
 * | GET /v1/revisions/REV | | RevisionAnswer |
 * | GET /v1/changes?after=N | | ChangesAnswer; answers when something changed after N, at the latest after 20 s |
 * | GET /v1/history | | HistoryEntry[], newest first |
 * | GET /v1/history/REV | | HistoryDetail of the newest entry whose revision begins so |
 * | GET /v1/events | | EventView[] of the last hour, the newest last |
 * | GET /v1/snapshot | | a Snapshot as text (snapshot.ts), in pieces |
 * | GET /v1/why?object=KIND/NAME&namespace=NS | | WhyView |
 * | GET /v1/namespaces?object=KIND/NAME | | NamespacesAnswer |
 * | POST /v1/confirm | ConfirmRequest | ConfirmAnswer |
 * | POST /v1/evict | EvictRequest | EvictAnswer once a plan has ordered it; 409 when a disruption budget refuses, 404 without such a pod |
 * | POST /v1/tokens | TokenRequest | TokenAnswer |
 * | GET /v1/objects/KEY | | DesiredObject as JSON (Secrets by digest) |
 * | POST /v1/shutdown | ShutdownRequest | {} |
 * | WebSocket /v1/stream?node=N, first frame a StreamRequest as text | | frames as in protocol.ts |
 */
import type { Instant } from '../base/instant.js'
import type { ObjectKey } from './keys.js'
import type { Problem } from './problem.js'
import type { ReviewedPlan } from './reviewed-plan.js'
import type { Waiting } from './waiting.js'

export interface FetchAnswer {
  readonly sources: readonly { readonly id: string; readonly tip: string; readonly error: string }[]
}

export interface RevisionAnswer {
  readonly revision: string
  /** False: no source has this commit. */
  readonly known: boolean
  /** Desired state is this commit or a descendant of it. */
  readonly taken: boolean
  /** Every object at the desired revision is healthy. */
  readonly converged: boolean
  /** Apps of the desired revision that are held back by problems. */
  readonly heldApps: readonly string[]
  readonly problems: readonly Problem[]
  readonly waiting: readonly Waiting[]
  /** The workload of each pod in `waiting`, by the pod's key. Absent: not known. */
  readonly owners?: Readonly<Record<string, ObjectKey>>
  /** Whether the commit did what its reviewed plan said when it was taken. Absent: no plan is named. */
  readonly reviewed?: ReviewedPlan
}

export interface ChangesAnswer {
  /** Grows with every change of status; hand it in as `after`. */
  readonly sequence: number
}

/** Where objects of that kind and name are, desired or applied; `['']` for one of the whole cluster. */
export interface NamespacesAnswer {
  readonly namespaces: readonly string[]
}

export interface ConfirmRequest {
  /** The brake's hash, in full or the first 8 letters or more. */
  readonly hash: string
}

export interface ConfirmAnswer {
  readonly confirmed: number
}

export interface EvictRequest {
  /** The pod's uid. */
  readonly pod: string
}

/** The eviction is ordered: the pod's owner makes another. */
export interface EvictAnswer {
  readonly pod: string
}

export interface TokenRequest {
  readonly ttlMs: number
}

export interface TokenAnswer {
  /** `address/token.cadigest`, to hand to `headway agent --join`. */
  readonly join: string
  readonly expiresAt: Instant
}

export interface ShutdownRequest {
  /** Stop and remove every pod of the cluster first. */
  readonly prune: boolean
}
