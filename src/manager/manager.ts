/**
 * The manager process: composition root. Opens PKI, store and sources, runs the core, serves agents and the admin API.
 * One manager a directory: the admin socket is the lock.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Instant } from '../base/instant.js'
import { emptyPlannedState } from '../model/planned-state.js'
import type { SourceView } from '../model/status-view.js'
import { openEmbeddedStore } from '../store/embedded-store.js'
import { openEncryptedStore } from '../store/encrypted-store.js'
import type { Store } from '../store/store.js'
import { openSync, type SourceOptions, type Sync } from '../sync/sync.js'
import { makeAdminHandlers } from './admin-handlers.js'
import { refuseSecondManager, startAdminServer } from './admin-server.js'
import { ChangeSequence } from './change-sequence.js'
import { openConfigVault } from './config-vault.js'
import { EventLog } from './core/event-log.js'
import { ManagerCore } from './core/manager-core.js'
import { isUndecided } from './core/taking-in.js'
import { type CoreLoop, type LoopPorts, startCoreLoop } from './core-loop.js'
import { type HistoryKeeper, openHistoryKeeper, type Predict } from './history/history-keeper.js'
import type { Review } from './history/plan-reviews.js'
import { makeIdleCollector } from './idle-collection.js'
import { type Journal, openJournal } from './journal/journal.js'
import { type LinkServer, startLinkServer } from './link/link-server.js'
import { commitEffect, performEffect } from './manager-effects.js'
import { NodeConnections } from './node-connections.js'
import { onBackground } from './on-background.js'
import { loadState } from './persistence.js'
import { openPki, type Pki } from './pki/pki.js'
import { makeSteadyClock } from './steady-clock.js'

export interface ManagerOptions {
  /** The state directory (`.headway`): pki/, store/, sync/ and manager.sock are made in it. */
  readonly directory: string
  readonly sources: readonly SourceOptions[]
  /** Where agents connect: address to listen on, and port (0: any free one). */
  readonly host: string
  readonly port: number
  /** The address that join strings name. */
  readonly advertise: string
  readonly version: string
  /** Name of the node whose agent runs on this host; null when there is none. */
  readonly localNode: string | null
  /** Says beforehand what a commit will do, for history; absent: no predictions. */
  readonly predict?: Predict
  /** Says whether a commit does what its reviewed plan said, for history; absent: nothing is compared. */
  readonly review?: Review
  log(line: string): void
}

export interface Manager {
  readonly port: number
  readonly clusterId: string
  /** Resolves when a client asked for shutdown through the admin API; then close() is due. */
  readonly stopRequested: Promise<void>
  /** A join string for `headway agent --join`. */
  createToken(ttlMs: number): Promise<string>
  close(): Promise<void>
}

/** What live configuration is looked at for: once an hour, unused contents leave the store. */
const COLLECT_MS = 3_600_000

/** What is open, closed in the opposite order: at the end, or when the start fails half-way. */
type Closers = (() => Promise<void>)[]

/** Starts a manager; throws when another one runs in the directory, or the port is taken, and leaves nothing open then. */
export async function runManager(options: ManagerOptions): Promise<Manager> {
  const closers: Closers = []
  try {
    return await openManager(options, closers)
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

async function closeAll(closers: Closers): Promise<void> {
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
}

async function openManager(options: ManagerOptions, closers: Closers): Promise<Manager> {
  const { directory, log } = options
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const socket = path.join(directory, 'manager.sock')
  await refuseSecondManager(socket)
  const pki = await openPki(path.join(directory, 'pki'), { clusterName: 'headway' })
  const store = openEncryptedStore(await openEmbeddedStore(path.join(directory, 'store')), {
    key: pki.storeKey,
    prefixes: ['/config/'],
  })
  closers.push(() => store.close())
  const { core, now } = await openCore(store, pki, log)
  const changes = new ChangeSequence()
  const connections = new NodeConnections()
  const stop = makeStopRequest()
  let sources: readonly SourceView[] = []

  const sync: Sync = await openSync({
    sources: options.sources,
    stateDirectory: path.join(directory, 'sync'),
    digestKey: pki.digestKey,
    now: () => Date.now(),
    log,
    onState: (desired) => loop.send({ type: 'desired', desired }),
    onSource: (views) => {
      sources = views
      changes.advance()
    },
  })
  const vault = openConfigVault(store, (digest) => sync.config(digest))
  const { journal, history } = await openRecords(options, { core, store, pki, changes, now }, closers)
  const events = new EventLog(core)
  const loop = startCoreLoop(core, {
    now,
    handled: lookOn([journal, history, events], log),
    perform: (effect) => performEffect(effect, { connections, vault, store, changes, log }),
    commit: (effect) => commitEffect(effect, store, vault, core),
    idle: makeIdleCollector(),
    onFatal: (error) => {
      log(`cannot go on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      process.exitCode = 1
      stop.request()
    },
  })
  closers.push(
    () => loop.close(),
    () => sync.close(),
  )
  const link = await serveAgents(options, pki, connections, loop)
  closers.push(() => link.close())
  const handlers = makeAdminHandlers({
    core,
    sync,
    pki,
    changes,
    history,
    events,
    send: loop.send,
    sources: () => sources,
    openStream: async (node, request) => link.openStream(connections.ofNode(node), request),
    joinAddress: `${options.advertise.includes(':') ? `[${options.advertise}]` : options.advertise}:${link.port}`,
    version: options.version,
    localNode: options.localNode,
    startedAt: now(),
    now,
    requestStop: stop.request,
  })
  const admin = await startAdminServer(socket, handlers)
  closers.push(() => admin.close())
  await sync.start()
  const collector = setInterval(() => void vault.collect(core.configDigests()).catch(onBackground(log)), COLLECT_MS)
  closers.push(async () => clearInterval(collector))
  log(`manager of cluster ${pki.clusterId} listens on ${options.host}:${link.port}`)

  return {
    port: link.port,
    clusterId: pki.clusterId,
    stopRequested: stop.requested,
    createToken: (ttlMs) => handlers.token(ttlMs).then((answer) => answer.join),
    close: () => closeAll(closers),
  }
}

function makeStopRequest(): { readonly requested: Promise<void>; request(): void } {
  let request: () => void = () => {}
  const requested = new Promise<void>((resolve) => {
    request = resolve
  })
  return { requested, request: () => request() }
}

interface RecordParts {
  readonly core: ManagerCore
  readonly store: Store
  readonly pki: Pki
  readonly changes: ChangeSequence
  now(): Instant
}

/** What looks on and writes down: the journal of inputs, and what became of each commit. */
async function openRecords(
  { directory, version, predict, review, log }: ManagerOptions,
  { core, store, pki, changes, now }: RecordParts,
  closers: Closers,
): Promise<{ readonly journal: Journal; readonly history: HistoryKeeper }> {
  const { clusterId } = pki
  const journal = openJournal(core, {
    directory: path.join(directory, 'journal'),
    clusterId,
    plannerVersion: version,
    now,
    log,
  })
  closers.push(() => journal.close())
  const history = await openHistoryKeeper({
    core,
    store,
    clusterId,
    plannerVersion: version,
    ...(predict === undefined ? {} : { predict }),
    ...(review === undefined ? {} : { review }),
    log,
    reviewChanged: () => changes.advance(),
  })
  closers.push(() => history.close())
  return { journal, history }
}

/** The port where agents join and connect; what they say goes to the core. */
function serveAgents(
  { host, port, advertise, log }: ManagerOptions,
  pki: Pki,
  connections: NodeConnections,
  { send }: CoreLoop,
): Promise<LinkServer> {
  return startLinkServer({
    host,
    port,
    pki,
    addresses: [advertise],
    log,
    onConnect: (connection) => {
      connections.add(connection)
      send({ type: 'members', members: liveMembers(pki) })
    },
    onMessage: (connection, message) =>
      send({ type: 'agent-message', node: connection.node, connection: connections.numberOf(connection), message }),
    onClose: (connection) => {
      connections.remove(connection)
      send({ type: 'agent-closed', node: connection.node, connection: connections.numberOf(connection) })
    },
  })
}

/** The core as the store has it, and the clock it goes by. */
async function openCore(
  store: Store,
  pki: Pki,
  log: (line: string) => void,
): Promise<{ readonly core: ManagerCore; now(): Instant }> {
  const loaded = await loadState(store)
  const now = makeSteadyClock(loaded.madeAt)
  if (loaded.planned === null) log('the store is empty: rebuilding from git and from what the agents report')
  const core = new ManagerCore({
    clusterId: pki.clusterId,
    now: now(),
    planned: loaded.planned ?? emptyPlannedState,
    assignments: loaded.assignments,
    history: loaded.history,
    members: liveMembers(pki),
    isStoreEmpty: isUndecided(loaded.planned),
  })
  return { core, now }
}

function liveMembers(pki: Pki): string[] {
  return pki
    .members()
    .filter((member) => !member.revoked)
    .map((member) => member.name)
}

/** Journal and history only look on: a mistake of theirs must not stop the cluster. */
function lookOn(
  observers: readonly Pick<Journal, 'handled'>[],
  log: (line: string) => void,
): NonNullable<LoopPorts['handled']> {
  const well = new Set(observers)
  return (event, now, effects) => {
    for (const observer of well) {
      try {
        observer.handled(event, now, effects)
      } catch (error) {
        well.delete(observer)
        onBackground(log)(error)
      }
    }
  }
}
