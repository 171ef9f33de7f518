/**
 * The manager as a synchronous state machine: events in, effects out; no promises, no clock. The shell (manager.ts) and
 * the simulation run the very same code. One plan is in flight at a time: it is committed to the store first and
 * dispatched after that, so that a manager that dies in between has promised nothing.
 */
import type { Instant } from '../../base/instant.js'
import { earliest } from '../../base/instant.js'
import { applyPlan } from '../../model/apply-plan.js'
import type { Assignment, PodUid } from '../../model/assignment.js'
import type { DesiredState } from '../../model/desired-state.js'
import { compareGenerations, formatGeneration, type Generation } from '../../model/generation.js'
import type { ObservedState } from '../../model/observed-state.js'
import { type DeleteBrake, type EvictionOutcome, isEmptyPlan, type Plan } from '../../model/plan.js'
import type { PlannedState } from '../../model/planned-state.js'
import { type AgentMessage, PROTOCOL_VERSIONS } from '../../model/protocol.js'
import type { HistoryEntry } from '../../model/status-view.js'
import type { Waiting } from '../../model/waiting.js'
import { makePlan } from '../../planner/make-plan.js'
import type { PlanInput } from '../../planner/plan-input.js'
import { namesHash } from '../../reconcile/delete-brake.js'
import { AgentLinks } from './agent-links.js'
import type { CoreState } from './core-state.js'
import { EvictionRequests } from './eviction-requests.js'
import { HistoryLog } from './history-log.js'
import type { ManagerCoreOptions, ManagerEffect, ManagerEvent } from './manager-events.js'
import { HEARTBEAT_MS, ObservedNodes } from './observed-nodes.js'
import { PlanMaker } from './plan-maker.js'
import { refusalWaiting } from './refusal.js'

export type { ManagerCoreOptions, ManagerEffect, ManagerEvent } from './manager-events.js'

/** How long an empty store waits for known members: by then a dead host's pods would have been replaced anyway. */
export const RECOVERY_LIMIT_MS = 12_000
/**
 * How long a manager that finds its store waits for known members before it decides anything: the silence after which a
 * node is NotReady. The store may be older than what runs, and a node that was not heard yet still sends requests to pods.
 */
export const AWAIT_LIMIT_MS = 4_000
/** The shell ticks at least twice a second; a longer gap means that this process itself was stopped. */
export const STALL_MS = 3_000

/** Waits of pods on their way out: which tables nodes obey and which assignments they have taken decides over these, and no others. */
const ON_NODES: ReadonlySet<Waiting['on']> = new Set(['endpoint-acknowledgement', 'termination', 'node-silence'])

export class ManagerCore {
  readonly #clusterId: string
  #observed: ObservedNodes
  readonly #history: HistoryLog
  readonly #maker: PlanMaker
  readonly #links: AgentLinks
  #desired: DesiredState | null = null
  #planned: PlannedState
  #generation: Generation
  #isRecovering: boolean
  #recoveryEndsAt: Instant
  #confirmed: string | null = null
  readonly #evictions = new EvictionRequests()
  #isPruningAll = false
  #inFlight: Plan | null = null
  #isDirty = true
  #requeueAt: Instant | null = null
  #waiting: readonly Waiting[] = []
  #brake: DeleteBrake | null = null
  #isConverged = false
  #lastHandledAt: Instant
  #effects: ManagerEffect[] = []

  constructor(options: ManagerCoreOptions) {
    this.#clusterId = options.clusterId
    this.#planned = options.planned
    this.#generation = options.planned.generation
    this.#observed = new ObservedNodes(options.members, options.now)
    this.#history = new HistoryLog(options.history)
    this.#isRecovering = options.isStoreEmpty
    this.#recoveryEndsAt = options.now + (options.isStoreEmpty ? RECOVERY_LIMIT_MS : AWAIT_LIMIT_MS)
    this.#maker = new PlanMaker({
      makePlan: options.makePlan ?? makePlan,
      isCheckedInFull: options.isCheckedInFull ?? false,
      now: options.now,
      log: (line) => this.#log(line),
      refused: () => this.#noteOutcome(this.#history.fail()),
    })
    this.#lastHandledAt = options.now
    this.#links = new AgentLinks(options.assignments, (effect) => this.#effects.push(effect))
  }

  /** A core that goes on from a saved state; its index is made anew. */
  static restore(state: CoreState): ManagerCore {
    const { clusterId, planned, assignments, history, isCheckedInFull } = state
    const { members } = state.observed
    const now = state.lastHandledAt
    const options = { clusterId, now, planned, assignments, history, members, isCheckedInFull }
    const core = new ManagerCore({ ...options, isStoreEmpty: state.isRecovering })
    core.#observed = ObservedNodes.restore(state.observed)
    for (const [node, connection] of state.connections) core.#links.connect(node, connection)
    core.#desired = state.desired
    core.#maker.restore({
      refusal: state.refusal ?? null,
      inForce: state.inForce === undefined ? state.desired : state.inForce,
      fullCheckAt: state.fullCheckAt,
    })
    core.#generation = state.generation
    core.#recoveryEndsAt = state.recoveryEndsAt
    core.#confirmed = state.confirmed
    for (const pod of state.evictions ?? []) core.#evictions.ask(pod)
    core.#evictions.handOver(state.evictionsInFlight ?? [])
    core.#isPruningAll = state.isPruningAll
    core.#inFlight = state.inFlight
    core.#isDirty = state.isDirty
    core.#requeueAt = state.requeueAt
    core.#waiting = state.waiting
    core.#brake = state.brake
    core.#isConverged = state.isConverged
    return core
  }

  /** The reverse of `restore`: costs a copy of a few lists, the values are shared. */
  save(): CoreState {
    const { refusal, inForce, fullCheckAt } = this.#maker.save()
    return {
      clusterId: this.#clusterId,
      desired: this.#desired,
      planned: this.#planned,
      assignments: [...this.#links.assignments.values()],
      generation: this.#generation,
      observed: this.#observed.save(),
      connections: new Map(this.#links.connections),
      history: this.#history.entries(),
      isRecovering: this.#isRecovering,
      recoveryEndsAt: this.#recoveryEndsAt,
      confirmed: this.#confirmed,
      ...(this.#evictions.open.length > 0 && { evictions: this.#evictions.open }),
      ...(this.#evictions.handedOver.length > 0 && { evictionsInFlight: this.#evictions.handedOver }),
      ...(refusal !== null && { refusal }),
      ...(inForce !== this.#desired && { inForce }),
      isPruningAll: this.#isPruningAll,
      inFlight: this.#inFlight,
      isDirty: this.#isDirty,
      requeueAt: this.#requeueAt,
      waiting: this.#waiting,
      brake: this.#brake,
      isConverged: this.#isConverged,
      lastHandledAt: this.#lastHandledAt,
      fullCheckAt,
      isCheckedInFull: this.#maker.isCheckedInFull,
    }
  }

  /**
   * For replays, which have no heartbeats and idle ticks: when the core last handled an event, and that every node was
   * heard just now but for those that are about to be found silent.
   */
  setClocks(lastHandledAt: Instant, silent: ReadonlyMap<string, Instant>, now: Instant): void {
    this.#lastHandledAt = lastHandledAt
    this.#observed.setHeard(silent, now)
  }

  get desired(): DesiredState | null {
    return this.#desired
  }
  get planned(): PlannedState {
    return this.#planned
  }
  get observed(): ObservedState {
    return this.#observed.snapshot()
  }
  get waiting(): readonly Waiting[] {
    return this.#waiting
  }
  get brake(): DeleteBrake | null {
    return this.#brake
  }
  get history(): readonly HistoryEntry[] {
    return this.#history.entries()
  }
  get generation(): Generation {
    return this.#generation
  }
  get isRecovering(): boolean {
    return this.#isRecovering
  }
  /** What runs is only taken in so far: the store is being rebuilt, or members were not heard yet. */
  get isTakingIn(): boolean {
    return this.#isRecovering || this.#isAwaiting(this.#lastHandledAt)
  }
  get confirmed(): string | null {
    return this.#confirmed
  }
  get assignments(): readonly Assignment[] {
    return this.#links.sortedAssignments()
  }
  /** Planning passes so far, those that found nothing to do and those that failed among them. */
  get passes(): number {
    return this.#maker.passes
  }
  /** Grows with every change of `observed`'s nodes. */
  get observedVersion(): number {
    return this.#observed.version
  }
  /** Everything at the desired revision is healthy and nothing waits. */
  get isConverged(): boolean {
    return this.#isConverged
  }
  /** After prune-all: nothing is left on any node that is heard. */
  get isPruned(): boolean {
    if (!this.#isPruningAll || this.#inFlight !== null || this.#planned.pending.length > 0) return false
    const { nodes } = this.#observed.snapshot()
    return [...this.#planned.nodes.values()].every(
      (node) => node.pods.length === 0 || (nodes.get(node.name)?.silentSince ?? 0) !== null,
    )
  }
  /** When the newest plan wants to be looked at again though nothing is reported; null for never. */
  get requeueAt(): Instant | null {
    return this.#requeueAt
  }
  /** A tick would plan now. */
  get isTickDue(): boolean {
    return this.#isDirty && this.#inFlight === null
  }
  /** A plan is being committed: what is planned is about to change. */
  get isPlanInFlight(): boolean {
    return this.#inFlight !== null
  }
  /** What became of the pod's last eviction by command; null while no plan has decided on it. */
  evictionOutcome(pod: PodUid): EvictionOutcome | null {
    return this.#evictions.outcome(pod)
  }
  isConnected(node: string): boolean {
    return this.#links.connections.has(node)
  }
  assignment(node: string): Assignment | undefined {
    return this.#links.assignments.get(node)
  }

  /** Digests of configuration that assignments and replica sets still name: what the vault must keep. */
  configDigests(): ReadonlySet<string> {
    const digests = new Set<string>()
    for (const assignment of this.#links.assignments.values())
      for (const pod of assignment.pods) for (const { digest } of pod.configs) if (digest !== null) digests.add(digest)
    // An old set that comes back gets its old values.
    for (const set of this.#planned.replicaSets.values())
      for (const { digest } of set.configs ?? []) if (digest !== null) digests.add(digest)
    return digests
  }

  /** The time at which a tick is due though nothing happens. */
  wakeAt(): Instant | null {
    // Past its end it is events that end it, not time.
    const recovery = this.#recoveryEndsAt > this.#lastHandledAt && this.isTakingIn ? this.#recoveryEndsAt : null
    return earliest(earliest(this.#requeueAt, this.#observed.nextSilenceAt()), recovery)
  }

  /** Takes one event; planning itself happens in `tick` events, which batch what came before. */
  handle(event: ManagerEvent, now: Instant): readonly ManagerEffect[] {
    this.#effects = []
    if (now - this.#lastHandledAt > STALL_MS && this.#links.connections.size > 0) {
      this.#log(`was stopped for ${now - this.#lastHandledAt} ms: nodes' silence counts from now`)
      this.#observed.noteStall(now)
      this.#isDirty = true
    }
    this.#lastHandledAt = now
    switch (event.type) {
      case 'desired':
        this.#takeDesired(event.desired, now)
        break
      case 'members':
        this.#observed.setMembers(event.members)
        this.#isDirty = true
        break
      case 'agent-message':
        this.#takeMessage(event.node, event.connection, event.message, now)
        break
      case 'agent-closed':
        this.#takeClosed(event.node, event.connection, now)
        break
      case 'plan-committed':
        this.#takeCommitted(event.plan, now)
        break
      case 'plan-conflict':
        this.#takeConflict(event.planned, event.assignments)
        break
      case 'confirm':
        this.#confirmed = event.hash
        this.#isDirty = true
        break
      case 'evict':
        this.#evictions.ask(event.pod)
        this.#isDirty = true
        break
      case 'prune-all':
        this.#isPruningAll = true
        this.#isDirty = true
        break
      case 'tick':
        this.#tick(now)
        break
    }
    return this.#effects
  }

  #takeDesired(desired: DesiredState, now: Instant): void {
    this.#desired = desired
    this.#maker.forgetRefusal()
    this.#history.take(desired, now)
    this.#effects.push({ type: 'save-history', history: this.#history.entries() }, { type: 'changed' })
    this.#isConverged = false
    this.#isDirty = true
  }

  #takeMessage(node: string, connection: number, message: AgentMessage, now: Instant): void {
    if (message.type === 'hello') this.#takeHello(node, connection, message, now)
    else if (!this.#links.isLive(node, connection)) return
    else if (message.type === 'heartbeat') {
      if (this.#observed.noteHeard(node, now)) this.#isDirty = true
    } else if (message.type === 'report') {
      if (this.#observed.takeReport(node, message, now) || this.#isAwaited(node, message)) this.#isDirty = true
    } else if (message.type === 'fetch-config') {
      this.#effects.push({ type: 'send-config', node, connection, digests: message.digests })
    } else if (message.type === 'refuse') this.#takeRefusal(node, message.seen)
  }

  /** Whether planning waits for a word on which orders a node has taken; it looks at what is beyond our own orders too. */
  #isAwaited(node: string, { generation, networkVersion }: Extract<AgentMessage, { type: 'report' }>): boolean {
    if (this.isTakingIn || this.#maker.refusal !== null) return true
    const { network, nodes } = this.#planned
    const given = nodes.get(node)?.generation
    const isBeyond = given === undefined || compareGenerations(generation, given) > 0
    return isBeyond || networkVersion > network.version || this.#waiting.some(({ on }) => ON_NODES.has(on))
  }

  #takeHello(node: string, connection: number, hello: Extract<AgentMessage, { type: 'hello' }>, now: Instant): void {
    const protocol = PROTOCOL_VERSIONS.find((version) => hello.protocols.includes(version))
    if (protocol === undefined) {
      const reason = `agent speaks protocol ${hello.protocols.join(', ')}, this manager ${PROTOCOL_VERSIONS.join(', ')}: upgrade the older one`
      this.#effects.push({ type: 'close', node, connection, reason })
      return
    }
    this.#links.connect(node, connection)
    this.#observed.takeHello(node, hello, now)
    this.#isDirty = true
    if (compareGenerations(hello.generation, this.#generation) > 0) this.#raiseEpoch(hello.generation)
    this.#links.send(node, {
      type: 'welcome',
      protocol,
      clusterId: this.#clusterId,
      epoch: this.#generation.epoch,
      heartbeatMs: HEARTBEAT_MS,
    })
    const { network } = this.#planned
    if (network.version > 0) this.#links.sendNetwork(network, null, node)
    this.#sendAssignment(node)
    this.#log(`node ${node} connected with ${hello.pods.length} pods, generation ${formatGeneration(hello.generation)}`)
    this.#effects.push({ type: 'changed' })
  }

  #takeClosed(node: string, connection: number, now: Instant): void {
    if (!this.#links.isLive(node, connection)) return
    this.#links.disconnect(node)
    if (this.#observed.noteClosed(node, now)) this.#isDirty = true
    this.#log(`node ${node} disconnected`)
    this.#effects.push({ type: 'changed' })
  }

  /** An agent has seen assignments of a newer manager than this one's store knows: go above it; the planner gives it a newer one. */
  #takeRefusal(node: string, seen: Generation): void {
    this.#log(`node ${node} has seen generation ${formatGeneration(seen)}: taking a higher epoch`)
    if (compareGenerations(seen, this.#generation) > 0) this.#raiseEpoch(seen)
    this.#observed.noteGeneration(node, seen)
    this.#isDirty = true
  }

  #raiseEpoch(above: Generation): void {
    this.#generation = { epoch: above.epoch + 1, counter: 0 }
    this.#isDirty = true
    this.#log(`epoch ${this.#generation.epoch}`)
  }

  /** Not while the store is being rebuilt: an assignment that lacks pods would stop them. */
  #sendAssignment(node: string): void {
    if (this.#isRecovering) return
    this.#links.sendAssignment(node, this.#observed.snapshot().nodes.get(node)?.generation)
  }

  #nextGeneration(): Generation {
    return { epoch: Math.max(1, this.#generation.epoch), counter: this.#generation.counter + 1 }
  }

  #tick(now: Instant): void {
    if (this.#observed.markSilent(now)) this.#isDirty = true
    if (this.#isRecovering) this.#endRecovery(now)
    const isDue = this.#requeueAt !== null && now >= this.#requeueAt
    if (this.#inFlight !== null || !(this.#isDirty || isDue)) return
    this.#isDirty = false
    const plan = this.#plan(now)
    if (plan === null) return
    const awaitsUntil = this.#isAwaiting(now) && this.#recoveryEndsAt > now ? this.#recoveryEndsAt : null
    this.#requeueAt = earliest(earliest(plan.requeueAt, awaitsUntil), this.#maker.refusal?.retryAt ?? null)
    this.#noteWaiting(plan.waiting, plan.brake, now)
    this.#noteFailure(plan)
    this.#evictions.handOver()
    if (isEmptyPlan(plan)) {
      if (this.#evictions.decide(plan)) this.#effects.push({ type: 'changed' })
      this.#forgetConfirmation(plan)
      if (this.#isRecovering) this.#endRecovery(now)
      this.#noteConvergence(now)
    } else {
      this.#inFlight = plan
      this.#isConverged = false
      this.#history.count(plan)
      this.#effects.push({ type: 'commit-plan', plan, history: this.#history.entries() })
    }
  }

  /** A word holds for the deletions it was given for: once nothing held answers to it, the same deletions wait anew. */
  #forgetConfirmation(plan: Plan): void {
    const confirmed = this.#confirmed
    if (confirmed === null) return
    if (plan.brake !== null && namesHash(confirmed, plan.brake.hash)) return
    for (const { braked } of this.#planned.inventory.values())
      if (braked !== undefined && namesHash(confirmed, braked)) return
    this.#confirmed = null
  }

  /** New to its work, with members that were not heard yet: until then what runs is only taken in. */
  #isAwaiting(now: Instant): boolean {
    return !this.#isRecovering && this.#lacksReports(now)
  }

  /** Known members are waited for until the limit; and until one at least was heard, since nothing can be done without. */
  #lacksReports(now: Instant): boolean {
    const { unheard, nodes } = this.#observed.snapshot()
    return unheard.length > 0 && (now < this.#recoveryEndsAt || nodes.size === 0)
  }

  #endRecovery(now: Instant): void {
    const { unheard } = this.#observed.snapshot()
    if (this.#desired === null || this.#lacksReports(now)) return
    // One pass with isRecovering adopts what was reported; only then does the ordinary loop begin.
    if (this.#isDirty || this.#inFlight !== null) return
    this.#isRecovering = false
    this.#isDirty = true
    for (const node of this.#links.connections.keys()) this.#sendAssignment(node)
    this.#log(unheard.length === 0 ? 'every known node has reported' : `not heard in time: ${unheard.join(', ')}`)
    this.#effects.push({ type: 'changed' })
  }

  /** For the newest desired state or the one in force before; null when neither can be planned for now. */
  #plan(now: Instant): Plan | null {
    const plan = this.#maker.make(this.planInput(now), this.#desired, !this.#isPruningAll)
    if (plan !== null) return plan
    this.#isConverged = false
    this.#requeueAt = this.#maker.refusal?.retryAt ?? null
    this.#noteWaiting(this.#waiting, this.#brake, now)
    return null
  }

  /** What a plan made now would be made from. */
  planInput(now: Instant): PlanInput {
    return {
      clusterId: this.#clusterId,
      now,
      generation: this.#nextGeneration(),
      desired: this.#desiredNow(now),
      planned: this.#planned,
      observed: this.#observed.snapshot(),
      confirmed: this.#isPruningAll ? (this.#brake?.hash ?? this.#confirmed) : this.#confirmed,
      isRecovering: this.#isRecovering,
      ...(this.#evictions.open.length > 0 && { evictions: this.#evictions.open }),
    }
  }

  #desiredNow(now: Instant): DesiredState | null {
    if (this.#desired === null || this.#isAwaiting(now)) return null
    return this.#isPruningAll ? withoutObjects(this.#desired) : this.#desired
  }

  #noteWaiting(planned: readonly Waiting[], brake: DeleteBrake | null, now: Instant): void {
    const { refusal, inForce } = this.#maker
    const other = inForce === this.#desired ? '' : (inForce?.revision ?? '')
    const waiting =
      refusal === null
        ? planned
        : [refusalWaiting(refusal, now, other), ...planned.filter(({ on }) => on !== 'plan-check')]
    const isChanged = brake?.hash !== this.#brake?.hash || waiting !== this.#waiting
    this.#waiting = waiting
    this.#brake = brake
    if (this.#isPruningAll && brake !== null) this.#isDirty = true
    if (isChanged) this.#effects.push({ type: 'changed' })
  }

  #noteFailure(plan: Plan): void {
    const isStuck = plan.waiting.some((waiting) => waiting.on === 'progress-deadline')
    if (isStuck) this.#noteOutcome(this.#history.fail())
  }

  /** What became of the newest commit is news, or is not. */
  #noteOutcome(isNews: boolean): void {
    if (isNews) this.#effects.push({ type: 'save-history', history: this.#history.entries() })
  }

  #noteConvergence(now: Instant): void {
    const { desired } = this
    const isHeld = desired === null || [...desired.apps.values()].some((app) => app.held)
    const isNew = this.#isRecovering || this.#isAwaiting(now)
    const isConverged = !isHeld && !isNew && this.#waiting.length === 0 && this.#brake === null
    if (isConverged && this.#history.converge(now)) {
      this.#log(`converged at ${desired?.revision.slice(0, 10)}`)
      this.#effects.push({ type: 'save-history', history: this.#history.entries() })
    }
    if (isConverged !== this.#isConverged) this.#effects.push({ type: 'changed' })
    this.#isConverged = isConverged
  }

  #takeCommitted(id: string, now: Instant): void {
    const plan = this.#inFlight
    if (plan === null || plan.id !== id) return
    this.#inFlight = null
    const before = this.#planned
    this.#planned = applyPlan(before, plan)
    this.#evictions.decide(plan)
    this.#forgetConfirmation(plan)
    if (compareGenerations(plan.generation, this.#generation) > 0) this.#generation = plan.generation
    this.#links.takePlan(plan, (node) => this.#sendAssignment(node))
    const { version } = before.network
    // After the first version of a store there was nothing before, whatever agents still hold of a lost one.
    if (plan.delta.network !== null) this.#links.sendNetwork(plan.delta.network, version === 0 ? null : version)
    this.#isDirty = true
    this.#effects.push({ type: 'changed' })
    this.#tick(now)
  }

  #takeConflict(planned: PlannedState, assignments: readonly Assignment[]): void {
    this.#log('the store has another plan: planning again from it')
    this.#inFlight = null
    this.#evictions.takeBack()
    this.#planned = planned
    if (compareGenerations(planned.generation, this.#generation) > 0) this.#generation = planned.generation
    this.#links.replaceAll(assignments)
    this.#maker.dropIndex()
    this.#isDirty = true
    // What the other plan changed of the network went out from nobody here.
    this.#links.sendNetwork(planned.network, null)
  }

  #log(line: string): void {
    this.#effects.push({ type: 'log', line })
  }
}

function withoutObjects(desired: DesiredState): DesiredState {
  return { ...desired, objects: new Map(), apps: new Map(), problems: [], hasUnreadable: false }
}
