/**
 * A whole cluster on virtual time: the real planner, controllers, manager core and agent cores, on simulated hosts,
 * engines, links, git and store. The same seed gives the same run, to the letter of its trace.
 */

import type { AgentCore } from '../agents/core/agent-core.js'
import type { Operation } from '../agents/core/agent-effect.js'
import type { RuntimeContainer } from '../agents/runtime.js'
import { AssertionError, assert, defined } from '../base/assert.js'
import { hash32 } from '../base/hash.js'
import type { Instant } from '../base/instant.js'
import { makeRandom, type Random } from '../base/random.js'
import type { ManagerCore } from '../manager/core/manager-core.js'
import type { Assignment } from '../model/assignment.js'
import type { DesiredState } from '../model/desired-state.js'
import type { ObjectKey } from '../model/keys.js'
import type { Plan } from '../model/plan.js'
import type { StatusView } from '../model/status-view.js'
import { checkPlan } from '../planner/check-plan.js'
import { makePlan } from '../planner/make-plan.js'
import type { PlanInput } from '../planner/plan-input.js'
import { makeStatusView } from '../reconcile/status/status-view.js'
import { type ImageProfile, imageId } from './image-profile.js'
import { PausableTime } from './pausable-time.js'
import { type CommitContent, type CommitOptions, SimulatedGit } from './simulated-git.js'
import { type Direction, type ManagerSide, SimulatedLinks } from './simulated-links.js'
import { type CommittedPlan, type CrashOptions, SimulatedManager } from './simulated-manager.js'
import { hostAddress, type NodeOptions, SIMULATION_START, SimulatedNode } from './simulated-node.js'
import { SimulatedTime } from './simulated-time.js'
import { Trace } from './trace.js'

export interface WorldOptions {
  readonly seed: number
  readonly nodes: readonly NodeOptions[]
  readonly images: readonly ImageProfile[]
  /** False: inputs are not frozen and only what a plan touches is checked; faster. True unless said otherwise. */
  readonly isStrict?: boolean
  /** A planner with a fault planted in it; plans that are refused end no run then. */
  readonly makePlan?: typeof makePlan
  /** What is told of everything that happens, and may throw. */
  readonly watcher?: WorldWatcher
  /** Called with each line of the trace as it happens. */
  readonly onLine?: (line: string) => void
}

/** Hears what happens, as it happens: invariants. Each is told of the state right after. */
export interface WorldWatcher {
  /** A pass of the manager's loop has ended. */
  ticked(world: World, core: ManagerCore): void
  /** A plan is committed and in force. */
  planned(world: World, made: CommittedPlan): void
  /** An agent is about to operate its engine. */
  operates(world: World, node: SimulatedNode, operation: Operation, core: AgentCore): void
  /** An agent has handled an assignment. */
  assigned(world: World, node: SimulatedNode, assignment: Assignment, core: AgentCore): void
  /** A container begins to run. */
  started(world: World, node: SimulatedNode, container: RuntimeContainer): void
  /** The head of the branch is another commit. */
  pushed(world: World): void
}

/** A broken invariant, a failed plan or a wait in vain; its message ends with how to see the run again. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError'
}

const CLUSTER_ID = 'c0ffee00c0ffee00'
/** How much of the trace an error shows. */
const LAST_LINES = 40

export class World {
  private readonly time = new SimulatedTime(SIMULATION_START)
  private readonly git = new SimulatedGit()
  private readonly links: SimulatedLinks
  readonly manager: SimulatedManager
  private readonly root: Random
  private readonly members: Set<string>
  readonly nodes = new Map<string, SimulatedNode>()
  private readonly log: Trace
  /** The manager has worked with a store older than what it had said before. */
  hasOlderStore = false
  /** Somebody has confirmed a deletion. */
  hasConfirmed = false
  private readonly lowest = new Map<ObjectKey, number>()

  constructor(private readonly options: WorldOptions) {
    this.log = new Trace(SIMULATION_START, () => this.time.now, options.onLine ?? null)
    this.root = makeRandom(options.seed)
    this.members = new Set(options.nodes.map((node) => node.name))
    const isStrict = options.isStrict ?? true
    const linkRandom = splitOnce(this.root.split('links'))
    const managerSide: ManagerSide = {
      isUp: () => this.manager.isUp(),
      accepts: (node) => this.members.has(node),
      connected: (node, connection) => this.manager.connected(node, connection),
      message: (node, connection, message) => this.manager.message(node, connection, message),
      closed: (node, connection) => this.manager.closed(node, connection),
    }
    this.links = new SimulatedLinks(this.time, linkRandom, managerSide, isStrict)
    this.manager = new SimulatedManager({
      clusterId: CLUSTER_ID,
      time: this.time,
      isStrict,
      ...(options.makePlan !== undefined && { makePlan: options.makePlan }),
      members: () => [...this.members].sort(),
      desired: () => this.git.head,
      config: (digest) => this.git.config(digest),
      links: () => this.links,
      trace: (what) => this.log.add('manager', what),
      ticked: (core) => options.watcher?.ticked(this, core),
      planned: (made) => options.watcher?.planned(this, made),
    })
    for (const node of options.nodes) this.makeNode(node)
  }

  get seed(): number {
    return this.options.seed
  }

  /** What the repository says at the newest commit. */
  get head(): DesiredState | null {
    return this.git.head
  }

  get clusterId(): string {
    return CLUSTER_ID
  }

  get memberCount(): number {
    return this.members.size
  }

  /** How the containers of an image behave, by the engine's id of it. */
  imageOf(id: string): ImageProfile | undefined {
    return this.options.images.find(({ reference }) => reference === id || imageId(reference) === id)
  }

  isMember(node: string): boolean {
    return this.members.has(node)
  }

  isCut(node: string): boolean {
    return this.links.isCut(node)
  }

  get now(): Instant {
    return this.time.now
  }

  /** Milliseconds since the beginning. */
  get elapsedMs(): number {
    return this.time.now - SIMULATION_START
  }

  /** Passes of the manager's loop. */
  get ticks(): number {
    return this.manager.ticks
  }

  trace(): readonly string[] {
    return this.log.lines
  }

  /** 16 hexadecimal digits over the whole trace. */
  traceHash(): string {
    return this.log.hash
  }

  /** Pushes a commit that holds exactly these manifests; gives its id. */
  commit(content: CommitContent, options: CommitOptions = {}): string {
    return this.pushed(this.git.commit(content, this.now, options))
  }

  /** A force-push takes the newest commits away. */
  rewind(count: number): string {
    return this.pushed(this.git.rewind(count))
  }

  /** Pushes a commit that takes the newest one back. */
  revert(): string {
    return this.pushed(this.git.revert(this.now))
  }

  /** As `headway confirm`. */
  confirm(hash: string): void {
    this.log.add('user', `confirms ${hash.slice(0, 12)}`)
    this.hasConfirmed = true
    this.manager.handle({ type: 'confirm', hash })
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    const end = this.now + ms
    for (let next = this.time.nextAt(); next !== null && next <= end; next = this.time.nextAt()) {
      const running = this.step()
      if (running !== undefined) await running
    }
    this.time.moveTo(end)
  }

  /** Does something later: what people do, and what goes wrong. */
  later(ms: number, run: () => void | Promise<void>): void {
    this.time.later(ms, run)
  }

  /** Lets time pass until the condition holds; gives the milliseconds that took. Throws SimulationError after the limit, unless told not to. */
  async runUntil(
    what: string,
    limitMs: number,
    condition: (world: World) => boolean,
    isNeeded = true,
  ): Promise<number> {
    const begin = this.now
    while (!condition(this)) {
      const next = this.time.nextAt()
      if (next === null || next > begin + limitMs) {
        if (!isNeeded) break
        throw this.failure(`waited ${limitMs} ms in vain for ${what}`)
      }
      const running = this.step()
      if (running !== undefined) await running
    }
    return this.now - begin
  }

  /** Until everything at the newest commit is healthy and nothing waits. */
  converge(limitMs = 120_000): Promise<number> {
    return this.runUntil('convergence', limitMs, (world) => world.isConverged())
  }

  isConverged(): boolean {
    const core = this.manager.running
    return core?.isConverged === true && core.desired?.revision === this.git.head?.revision
  }

  /** What the manager knows, wants and has planned; throws while it is down. */
  core(): ManagerCore {
    return defined(this.manager.running, 'a running manager')
  }

  status(): StatusView {
    const core = this.core()
    return makeStatusView({
      clusterId: CLUSTER_ID,
      now: this.manager.now,
      desired: core.desired,
      planned: core.planned,
      observed: core.observed,
      waiting: core.waiting,
      brake: core.brake,
      sources: [],
      localNode: null,
      manager: {
        pid: 1,
        version: 'simulated',
        startedAt: SIMULATION_START,
        epoch: core.generation.epoch,
        address: '192.0.2.1:7443',
        recovering: core.isRecovering,
        planId: core.planned.id,
      },
    })
  }

  /** The plan that a pass from nothing would make now; empty when all is done (STYLE 15). Checked in full. */
  planAgain(): Plan {
    const core = this.core()
    const input: PlanInput = {
      clusterId: CLUSTER_ID,
      now: this.manager.now,
      generation: { epoch: core.generation.epoch, counter: core.generation.counter + 1 },
      desired: core.desired,
      planned: core.planned,
      observed: core.observed,
      confirmed: null,
      isRecovering: core.isRecovering,
    }
    const plan = makePlan(input)
    const fatal = checkPlan(input, plan, 'all').find((note) => note.severity === 'fatal')
    if (fatal !== undefined) throw this.failure(`planning again breaks ${fatal.invariant}: ${fatal.detail}`)
    return plan
  }

  /** Containers that truly run, by host. */
  running(): ReadonlyMap<string, readonly RuntimeContainer[]> {
    return new Map([...this.nodes].map(([name, node]) => [name, node.engine.running()]))
  }

  /** Runs of containers since the beginning, restarts included. */
  starts(): number {
    let starts = 0
    for (const node of this.nodes.values()) starts += node.engine.starts
    return starts
  }

  /** The fewest pods of a workload that were ready at once since `watchLowest`. */
  lowestReady(workload: ObjectKey): number {
    return defined(this.lowest.get(workload), `a watch on ${workload}`)
  }

  /** Begins to keep the fewest ready pods of a workload, by what its agents report. */
  watchLowest(workload: ObjectKey): void {
    this.lowest.set(workload, this.readyNow(workload))
  }

  /** Power cut. */
  killNode(name: string): void {
    this.log.add('fault', `power cut at ${name}`)
    this.node(name).powerOff()
  }

  /** Power is back: the host boots and its agent starts. */
  bootNode(name: string): void {
    this.log.add('fault', `${name} boots`)
    this.time.schedule(1_000, () => {
      // It may have been taken away for good meanwhile.
      if (this.isMember(name)) this.node(name).boot()
    })
  }

  /** The host stands still and says nothing, as a suspended machine. */
  pauseNode(name: string): void {
    this.log.add('fault', `${name} stands still`)
    this.node(name).pause()
    this.cut(name)
  }

  resumeNode(name: string): void {
    this.log.add('fault', `${name} goes on`)
    this.heal(name)
    this.node(name).resume()
  }

  /** The cable between a host and the manager is cut, one way or both; the host goes on by itself. Cuts are counted. */
  cutNode(name: string, direction?: Direction): void {
    this.log.add('fault', `${name} is cut off${direction === undefined ? '' : ` ${direction}`}`)
    this.cut(name, direction)
  }

  healNode(name: string, direction?: Direction): void {
    this.log.add('fault', `${name} is connected again${direction === undefined ? '' : ` ${direction}`}`)
    this.heal(name, direction)
  }

  /** Every message of a host takes so much longer; null: as usual again. */
  delayNode(name: string, ms: number | null): void {
    this.log.add('fault', ms === null ? `the link of ${name} is fast again` : `the link of ${name} is slow by ${ms} ms`)
    this.links.delay(name, ms)
  }

  /** Every message between a host and the manager comes twice, or no longer. */
  repeatNode(name: string, isRepeated: boolean): void {
    this.log.add('fault', isRepeated ? `messages of ${name} come twice` : `messages of ${name} come once again`)
    this.links.repeat(name, isRepeated)
  }

  /** The connection breaks, and what was on the way is lost or comes late. */
  resetLink(name: string, lateMs: number | null): void {
    this.log.add('fault', `the connection of ${name} breaks`)
    this.links.reset(name, lateMs)
  }

  crashAgent(name: string, downMs = 1_000, losesLedger = false): void {
    this.log.add('fault', `the agent of ${name} is killed${losesLedger ? ', its ledger lost' : ''}`)
    this.node(name).crashAgent(downMs, losesLedger)
  }

  crashManager(options: Partial<CrashOptions> = {}): void {
    const { downMs = 1_000, store = 'kept' } = options
    this.log.add('fault', `the manager is killed${store === 'kept' ? '' : `, its store ${store}`}`)
    if (store === 'restored') this.hasOlderStore = true
    this.manager.crash({ downMs, store })
  }

  /** Something else that goes wrong, said in the trace. */
  note(what: string): void {
    this.log.add('fault', what)
  }

  /** A host joins. */
  addNode(options: NodeOptions): void {
    this.log.add('fault', `${options.name} joins`)
    this.members.add(options.name)
    this.manager.membersChanged()
    this.makeNode(options)
  }

  /** A host is taken away for good: power off, certificate revoked. */
  removeNode(name: string): void {
    this.log.add('fault', `${name} leaves`)
    this.node(name).powerOff()
    this.members.delete(name)
    this.manager.membersChanged()
  }

  /** An error that shows the end of the trace and how to see it again. */
  failure(message: string, cause?: unknown): SimulationError {
    const last = this.log.lines.slice(-LAST_LINES).join('\n')
    const text = `${message}\nseed ${this.options.seed}, ${this.elapsedMs} ms; the last ${LAST_LINES} lines:\n${last}`
    return new SimulationError(text, { cause })
  }

  /** Runs one event; a promise only when the event goes on, since waiting for each of them costs as much as most of them do. */
  private step(): void | Promise<void> {
    try {
      const running = this.time.step()
      if (running !== undefined)
        return running.then(
          () => this.stepped(),
          (error: unknown) => this.failed(error),
        )
    } catch (error) {
      this.failed(error)
    }
    return this.stepped()
  }

  private stepped(): void {
    if (this.lowest.size === 0) return
    for (const [workload, lowest] of this.lowest) this.lowest.set(workload, Math.min(lowest, this.readyNow(workload)))
  }

  private failed(error: unknown): never {
    if (error instanceof SimulationError || !(error instanceof Error)) throw error
    throw this.failure(error instanceof AssertionError ? error.message : (error.stack ?? error.message), error)
  }

  private readyNow(workload: ObjectKey): number {
    const core = this.manager.running
    if (core === null) return this.lowest.get(workload) ?? 0
    let ready = 0
    for (const node of core.observed.nodes.values()) {
      for (const pod of node.pods.values()) if (pod.ready && pod.assigned.workload === workload) ready++
    }
    return ready
  }

  private pushed(desired: { readonly revision: string; readonly objects: ReadonlyMap<string, unknown> }): string {
    const { subject } = defined(this.git.head?.sources[0], 'a source')
    this.log.add('git', `commit ${desired.revision.slice(0, 8)}: ${subject} (${desired.objects.size} objects)`)
    this.options.watcher?.pushed(this)
    this.manager.committed()
    return desired.revision
  }

  private makeNode(options: NodeOptions): void {
    assert(!this.nodes.has(options.name), `two nodes named ${options.name}`)
    const time = new PausableTime(this.time)
    const { watcher } = this.options
    const node: SimulatedNode = new SimulatedNode({
      options,
      address: hostAddress(this.nodes.size),
      links: this.links,
      time,
      isStrict: this.options.isStrict ?? true,
      engine: {
        clusterId: CLUSTER_ID,
        time,
        random: this.root.split(`engine ${options.name}`),
        images: new Map(this.options.images.map((image) => [image.reference, image])),
        trace: (what) => this.log.add(options.name, what),
        started: (container) => watcher?.started(this, node, container),
      },
      watcher: {
        operates: (host, operation, core) => watcher?.operates(this, host, operation, core),
        assigned: (host, assignment, core) => watcher?.assigned(this, host, assignment, core),
      },
    })
    this.nodes.set(options.name, node)
    // Hosts do not start at the same moment.
    this.time.schedule(hash32(options.name, this.options.seed) % 300, () => node.boot())
  }

  private cut(name: string, direction?: Direction): void {
    for (const way of ways(direction)) this.links.cut(name, way)
  }

  private heal(name: string, direction?: Direction): void {
    for (const way of ways(direction)) this.links.heal(name, way)
  }

  node(name: string): SimulatedNode {
    return defined(this.nodes.get(name), `node ${name}`)
  }
}

function ways(direction: Direction | undefined): readonly Direction[] {
  return direction === undefined ? ['to-manager', 'to-agent'] : [direction]
}

/** Makes a world; time stands still until it is told to pass. */
export function createWorld(options: WorldOptions): World {
  return new World(options)
}

function splitOnce(random: Random): (name: string) => Random {
  const streams = new Map<string, Random>()
  return (name) => {
    let stream = streams.get(name)
    if (stream === undefined) {
      stream = random.split(name)
      streams.set(name, stream)
    }
    return stream
  }
}
