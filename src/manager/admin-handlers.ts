/** What the manager answers to the admin API: views over the core's state, and the few things a command may ask for. */
import type { WebSocket } from 'ws'
import type { Instant } from '../base/instant.js'
import type { RevisionAnswer } from '../model/admin-api.js'
import { formatKey, makeKey, type ObjectKey } from '../model/keys.js'
import { type Kind, parseKind } from '../model/kinds.js'
import type { PlannedPod } from '../model/planned-state.js'
import type { StreamRequest } from '../model/protocol.js'
import { snapshotPieces } from '../model/snapshot.js'
import type { SourceView, StatusView } from '../model/status-view.js'
import { explain } from '../reconcile/status/explain.js'
import { findNamespaces } from '../reconcile/status/find-namespaces.js'
import type { StatusInput } from '../reconcile/status/status-input.js'
import { makeStatusView } from '../reconcile/status/status-view.js'
import type { Sync } from '../sync/sync.js'
import { AdminError, type AdminHandlers } from './admin-server.js'
import type { ChangeSequence } from './change-sequence.js'
import type { EventLog } from './core/event-log.js'
import type { ManagerCore, ManagerEvent } from './core/manager-core.js'
import { evictPod } from './evict-pod.js'
import type { HistoryKeeper } from './history/history-keeper.js'
import type { Pki } from './pki/pki.js'
import { relayStream } from './stream-relay.js'

export interface AdminParts {
  readonly core: ManagerCore
  readonly sync: Sync
  readonly pki: Pki
  readonly changes: ChangeSequence
  readonly history: HistoryKeeper
  readonly events: EventLog
  readonly joinAddress: string
  readonly version: string
  readonly startedAt: Instant
  /** The manager's clock, by which everything it says is timed. */
  now(): Instant
  readonly localNode: string | null
  send(event: ManagerEvent): void
  sources(): readonly SourceView[]
  openStream(node: string, request: StreamRequest): Promise<WebSocket>
  requestStop(): void
}

/** How long `down --prune` waits for pods to end: the longest usual grace period and what the engine needs. */
const PRUNE_LIMIT_MS = 90_000
/** The shortest start of a hash that `confirm` takes. */
const HASH_LETTERS_MIN = 8

export function makeAdminHandlers(parts: AdminParts): AdminHandlers {
  const { core, sync, changes } = parts
  return {
    status: () => status(parts),
    fetch: () => sync.fetchNow(),
    revision: (revision) => revisionAnswer(parts, revision),
    changes: (after, limitMs) => changes.above(after, limitMs),
    history: () => parts.history.list(),
    historyDetail: async (revision) => {
      const detail = await parts.history.detail(revision)
      if (detail === null) throw new AdminError(404, `the manager took no commit ${revision}: see headway history`)
      return detail
    },
    events: () => {
      const events = parts.events.list(parts.now())
      const owners = ownersOf(core, new Set(events.map(({ object }) => object)))
      return events.map((event) => ({ ...event, owner: event.owner ?? owners[event.object ?? ''] ?? null }))
    },
    snapshot: () => snapshotPieces(parts.history.snapshot(parts.now())),
    why: (object, namespace) => {
      const { kind, name } = parseObject(object)
      const key = makeKey(kind, namespace, name)
      const view = explain(statusInput(parts), key)
      if (view === null) throw new AdminError(404, `there is no ${formatKey(key)}`)
      return view
    },
    namespaces: (object) => ({ namespaces: findNamespaces(core, parseObject(object)) }),
    confirm: (hash) => {
      const { brake } = core
      if (brake === null) throw new AdminError(409, 'no deletion waits for a confirmation')
      if (hash.length < HASH_LETTERS_MIN || !brake.hash.startsWith(hash)) {
        throw new AdminError(
          409,
          `${hash} is not the set that waits; that is ${brake.hash.slice(0, 12)}: see headway status`,
        )
      }
      parts.send({ type: 'confirm', hash: brake.hash })
      return { confirmed: brake.keys.length }
    },
    evict: (pod) => evictPod(parts, pod),
    token: async (ttlMs) => {
      const { token, expiresAt } = await parts.pki.createToken(ttlMs)
      return { join: parts.pki.joinString(parts.joinAddress, token), expiresAt }
    },
    object: (key) => {
      const object = core.desired?.objects.get(key)
      if (object === undefined) throw new AdminError(404, `there is no ${formatKey(key)} at the desired revision`)
      return object
    },
    shutdown: async (prune) => {
      if (prune) await pruneAll(parts)
      setImmediate(parts.requestStop)
    },
    stream: (node, request, socket) => relayStream(socket, parts.openStream(node, request)),
  }
}

/** KIND/NAME; AdminError 400 for anything else. */
function parseObject(object: string): { readonly kind: Kind; readonly name: string } {
  const slash = object.indexOf('/')
  const kind = slash < 0 ? null : parseKind(object.slice(0, slash))
  const name = object.slice(slash + 1)
  if (kind !== null && name !== '') return { kind, name }
  throw new AdminError(400, `${object} names no object: write KIND/NAME, such as pod/web-x or deployment/web`)
}

function statusInput(parts: AdminParts): StatusInput {
  const { core } = parts
  return {
    clusterId: parts.pki.clusterId,
    now: parts.now(),
    desired: core.desired,
    planned: core.planned,
    observed: core.observed,
    waiting: core.waiting,
    brake: core.brake,
    sources: parts.sources(),
    localNode: parts.localNode,
    manager: {
      pid: process.pid,
      version: parts.version,
      startedAt: parts.startedAt,
      epoch: core.generation.epoch,
      address: parts.joinAddress,
      recovering: core.isRecovering,
      planId: core.planned.id,
    },
  }
}

/** The core's own word on convergence counts: it knows whether the newest reports were planned for already. */
function status(parts: AdminParts): StatusView {
  const view = makeStatusView(statusInput(parts))
  const reviewed = parts.history.reviewed(null)
  return {
    ...view,
    converged: view.converged && parts.core.isConverged,
    ...(reviewed !== undefined && { reviewed }),
  }
}

async function revisionAnswer({ core, sync, history }: AdminParts, revision: string): Promise<RevisionAnswer> {
  const full = await sync.resolve(revision)
  const { desired } = core
  const base = {
    revision: full ?? revision,
    waiting: core.waiting,
    owners: ownersOf(core, new Set(core.waiting.map(({ key }) => key))),
  }
  if (full === null || desired === null) {
    return { ...base, known: full !== null, taken: false, converged: false, heldApps: [], problems: [] }
  }
  const taken = desired.sources.some((source) => source.commit === full) || (await isTaken(sync, full, desired.sources))
  // Of several sources a revision is none of their commits: then it is the newest one's.
  const reviewed = taken ? history.reviewed(desired.sources.length === 1 ? full : null) : undefined
  return {
    ...base,
    ...(reviewed !== undefined && { reviewed }),
    known: true,
    taken,
    converged: taken && core.isConverged,
    heldApps: [...desired.apps.values()].filter((app) => app.held).map((app) => app.id),
    problems: desired.problems.filter((problem) => problem.severity === 'error'),
  }
}

/** The workloads of those of the pods that are there: many pods with one reason are shown together. */
function ownersOf({ planned }: AdminParts['core'], keys: ReadonlySet<ObjectKey | null>): Record<string, ObjectKey> {
  const owners: Record<string, ObjectKey> = {}
  const take = ({ namespace, name, workload }: PlannedPod): void => {
    const key = makeKey('Pod', namespace, name)
    if (keys.has(key)) owners[key] = workload
  }
  planned.pending.forEach(take)
  for (const node of planned.nodes.values()) node.pods.forEach(take)
  return owners
}

async function isTaken(
  sync: Sync,
  revision: string,
  sources: readonly { readonly commit: string }[],
): Promise<boolean> {
  for (const { commit } of sources) if (await sync.isAncestor(revision, commit)) return true
  return false
}

async function pruneAll({ core, changes, send }: AdminParts): Promise<void> {
  send({ type: 'prune-all' })
  const end = Date.now() + PRUNE_LIMIT_MS
  for (;;) {
    const sequence = changes.value
    if (core.isPruned) return
    if (Date.now() > end)
      throw new AdminError(504, `pods still run after ${PRUNE_LIMIT_MS / 1000} s: see headway status`)
    await changes.above(sequence, 1_000)
  }
}
