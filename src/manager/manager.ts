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
import { type ConfigVault, openConfigVault } from './config-vault.js'
import { ManagerCore, type ManagerEffect, type ManagerEvent } from './core/manager-core.js'
import { type LoopPorts, startCoreLoop } from './core-loop.js'
import { openHistoryKeeper, type Predict } from './history/history-keeper.js'
import type { Review } from './history/plan-reviews.js'
import { type Journal, openJournal } from './journal/journal.js'
import { type AgentConnection, type LinkServer, startLinkServer } from './link/link-server.js'
import { commitPlan, loadState, saveHistory } from './persistence.js'
import { openPki } from './pki/pki.js'
import { makeSteadyClock } from './steady-clock.js'
import { collectYoungObjects } from './young-objects.js'

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
  const connections = new Map<number, AgentConnection>()
  const numbers = new WeakMap<AgentConnection, number>()
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
  const journal = openJournal(core, {
    directory: path.join(directory, 'journal'),
    clusterId: pki.clusterId,
    plannerVersion: options.version,
    now,
    log,
  })
  closers.push(() => journal.close())
  const { predict, review } = options
  const history = await openHistoryKeeper({
    core,
    store,
    clusterId: pki.clusterId,
    plannerVersion: options.version,
    ...(predict === undefined ? {} : { predict }),
    ...(review === undefined ? {} : { review }),
    log,
    reviewChanged: () => changes.advance(),
  })
  closers.push(() => history.close())
  const loop = startCoreLoop(core, {
    now,
    handled: lookOn([journal, history], log),
    perform: (effect) => perform(effect, { connections, vault, store, changes, log }),
    commit: (effect) => commit(effect, store, vault, core),
    idle: collectYoungObjects,
    onFatal: (error) => {
      log(`cannot go on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      process.exitCode = 1
      requestStop()
    },
  })
  closers.push(
    () => loop.close(),
    () => sync.close(),
  )
  let requestStop: () => void = () => {}
  const stopRequested = new Promise<void>((resolve) => {
    requestStop = resolve
  })

  let nextNumber = 1
  const link = await startLinkServer({
    host: options.host,
    port: options.port,
    pki,
    addresses: [options.advertise],
    log,
    onConnect: (connection) => {
      numbers.set(connection, nextNumber)
      connections.set(nextNumber++, connection)
      loop.send({ type: 'members', members: liveMembers(pki) })
    },
    onMessage: (connection, message) =>
      loop.send({ type: 'agent-message', node: connection.node, connection: numbers.get(connection) ?? 0, message }),
    onClose: (connection) => {
      const number = numbers.get(connection) ?? 0
      connections.delete(number)
      loop.send({ type: 'agent-closed', node: connection.node, connection: number })
    },
  })
  closers.push(() => link.close())
  const handlers = makeAdminHandlers({
    core,
    sync,
    pki,
    changes,
    history,
    send: loop.send,
    sources: () => sources,
    openStream: (node, request) => openStream(link, connections, node, request),
    joinAddress: `${options.advertise.includes(':') ? `[${options.advertise}]` : options.advertise}:${link.port}`,
    version: options.version,
    localNode: options.localNode,
    startedAt: now(),
    now,
    requestStop,
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
    stopRequested,
    createToken: (ttlMs) => handlers.token(ttlMs).then((answer) => answer.join),
    close: () => closeAll(closers),
  }
}

type Pki = Awaited<ReturnType<typeof openPki>>

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
    isStoreEmpty: loaded.planned === null,
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

interface EffectPorts {
  readonly connections: ReadonlyMap<number, AgentConnection>
  readonly vault: ConfigVault
  readonly store: Store
  readonly changes: ChangeSequence
  log(line: string): void
}

function perform(effect: ManagerEffect, ports: EffectPorts): void {
  const { connections, vault, store, changes, log } = ports
  switch (effect.type) {
    case 'send':
      connections.get(effect.connection)?.send(effect.message)
      return
    case 'send-config':
      vault
        .find(effect.digests)
        .then((contents) => connections.get(effect.connection)?.send({ type: 'config', contents }))
        .catch(onBackground(log))
      return
    case 'close':
      connections.get(effect.connection)?.close(effect.reason)
      return
    case 'save-history':
      saveHistory(store, effect.history).catch(onBackground(log))
      return
    case 'log':
      log(effect.line)
      return
    case 'changed':
      changes.advance()
      return
    case 'commit-plan':
      throw new Error('commit-plan is carried out by the loop')
  }
}

async function commit(
  { plan, history }: Extract<ManagerEffect, { type: 'commit-plan' }>,
  store: Store,
  vault: ConfigVault,
  core: ManagerCore,
): Promise<ManagerEvent> {
  await vault.keep(configDigests(plan.assignments))
  if (await commitPlan(store, plan, core.planned.network, history)) return { type: 'plan-committed', plan: plan.id }
  const { planned, assignments } = await loadState(store)
  return { type: 'plan-conflict', planned: planned ?? emptyPlannedState, assignments }
}

function configDigests(assignments: ManagerEffectPlan['assignments']): Set<string> {
  const digests = new Set<string>()
  for (const { pods } of assignments)
    for (const { configs } of pods) for (const { digest } of configs) if (digest !== null) digests.add(digest)
  return digests
}

type ManagerEffectPlan = Extract<ManagerEffect, { type: 'commit-plan' }>['plan']

function openStream(
  link: LinkServer,
  connections: ReadonlyMap<number, AgentConnection>,
  node: string,
  request: Parameters<LinkServer['openStream']>[1],
): ReturnType<LinkServer['openStream']> {
  const connection = [...connections.values()].reverse().find((candidate) => candidate.node === node)
  if (connection === undefined) {
    return Promise.reject(new Error(`node ${node} is not connected: see headway status`))
  }
  return link.openStream(connection, request)
}

function onBackground(log: (line: string) => void): (error: unknown) => void {
  return (error) => log(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
