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
import type { Generation } from '../../model/generation.js'
import type { ObservedState } from '../../model/observed-state.js'
import { type DeleteBrake, type EvictionOutcome, isEmptyPlan, type Plan } from '../../model/plan.js'
import type { PlannedState } from '../../model/planned-state.js'
import type { HistoryEntry } from '../../model/status-view.js'
import type { Waiting } from '../../model/waiting.js'
import { makePlan } from '../../planner/make-plan.js'
import type { PlanInput } from '../../planner/plan-input.js'
import { namesHash } from '../../reconcile/delete-brake.js'
import { AgentDialogue } from './agent-dialogue.js'
import { AgentLinks } from './agent-links.js'
import { CoreProgress } from './core-progress.js'
import type { CoreState } from './core-state.js'
import { EvictionRequests } from './eviction-requests.js'
import { Generations } from './generations.js'
import type { ManagerCoreOptions, ManagerEffect, ManagerEvent } from './manager-events.js'
import { ObservedNodes } from './observed-nodes.js'
import { PlanMaker } from './plan-maker.js'
import { refusalWaiting } from './refusal.js'
import { TakingIn } from './taking-in.js'

export type { ManagerCoreOptions, ManagerEffect, ManagerEvent } from './manager-events.js'
export { AWAIT_LIMIT_MS, RECOVERY_LIMIT_MS } from './taking-in.js'

/** The shell ticks at least twice a second; a longer gap means that this process itself was stopped. */
export const STALL_MS = 3_000

export class ManagerCore {
  readonly #clusterId: string
  #observed: ObservedNodes
  readonly #progress: CoreProgress
  readonly #maker: PlanMaker
  readonly #links: AgentLinks
  readonly #dialogue: AgentDialogue
  readonly #generations: Generations
  readonly #takingIn: TakingIn
  #desired: DesiredState | null = null
  #planned: PlannedState
  #confirmed: string | null = null
  readonly #evictions = new EvictionRequests()
  #isPruningAll = false
  #inFlight: Plan | null = null
  #isDirty = true
  #requeueAt: Instant | null = null
  #lastHandledAt: Instant
  #effects: ManagerEffect[] = []

  constructor(options: ManagerCoreOptions) {
    this.#clusterId = options.clusterId
    this.#planned = options.planned
    this.#observed = new ObservedNodes(options.members, options.now)
    this.#lastHandledAt = options.now
    const emit = (effect: ManagerEffect): number => this.#effects.push(effect)
    const log = (line: string): void => this.#log(line)
    this.#generations = new Generations(options.planned.generation, log)
    this.#takingIn = new TakingIn(options.isStoreEmpty, options.now)
    this.#progress = new CoreProgress(options.history, emit)
    this.#maker = new PlanMaker({
      makePlan: options.makePlan ?? makePlan,
      isCheckedInFull: options.isCheckedInFull ?? false,
      now: options.now,
      log,
      refused: () => this.#progress.noteRefusal(),
    })
    this.#links = new AgentLinks(options.assignments, emit)
    this.#dialogue = new AgentDialogue({
      clusterId: options.clusterId,
      links: this.#links,
      generations: this.#generations,
      observed: () => this.#observed,
      planned: () => this.#planned,
      isRecovering: () => this.#takingIn.isRecovering,
      isUnsettled: () => this.isTakingIn || this.#maker.refusal !== null,
      waiting: () => this.waiting,
      touch: () => {
        this.#isDirty = true
      },
      emit,
    })
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
    core.#generations.restore(state.generation)
    core.#takingIn.restore(state.recoveryEndsAt)
    core.#progress.restore(state)
    core.#confirmed = state.confirmed
    for (const pod of state.evictions ?? []) core.#evictions.ask(pod)
    core.#evictions.handOver(state.evictionsInFlight ?? [])
    core.#isPruningAll = state.isPruningAll
    core.#inFlight = state.inFlight
    core.#isDirty = state.isDirty
    core.#requeueAt = state.requeueAt
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
      generation: this.#generations.current,
      observed: this.#observed.save(),
      connections: new Map(this.#links.connections),
      history: this.#progress.history,
      isRecovering: this.#takingIn.isRecovering,
      recoveryEndsAt: this.#takingIn.endsAt,
      confirmed: this.#confirmed,
      ...(this.#evictions.open.length > 0 && { evictions: this.#evictions.open }),
      ...(this.#evictions.handedOver.length > 0 && { evictionsInFlight: this.#evictions.handedOver }),
      ...(refusal !== null && { refusal }),
      ...(inForce !== this.#desired && { inForce }),
      isPruningAll: this.#isPruningAll,
      inFlight: this.#inFlight,
      isDirty: this.#isDirty,
      requeueAt: this.#requeueAt,
      waiting: this.#progress.waiting,
      brake: this.#progress.brake,
      isConverged: this.#progress.isConverged,
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
    return this.#progress.waiting
  }
  get brake(): DeleteBrake | null {
    return this.#progress.brake
  }
  get history(): readonly HistoryEntry[] {
    return this.#progress.history
  }
  get generation(): Generation {
    return this.#generations.current
  }
  get isRecovering(): boolean {
    return this.#takingIn.isRecovering
  }
  /** What runs is only taken in so far: the store is being rebuilt, or members were not heard yet. */
  get isTakingIn(): boolean {
    return this.isRecovering || this.#isAwaiting(this.#lastHandledAt)
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
    return this.#progress.isConverged
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
    const takenIn = this.#takingIn.wakeAt(this.#observed.attendance, this.#lastHandledAt)
    return earliest(earliest(this.#requeueAt, this.#observed.nextSilenceAt()), takenIn)
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
        this.#dialogue.takeMessage(event.node, event.connection, event.message, now)
        break
      case 'agent-closed':
        this.#dialogue.takeClosed(event.node, event.connection, now)
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
    this.#progress.takeDesired(desired, now)
    this.#isDirty = true
  }

  #tick(now: Instant): void {
    if (this.#observed.markSilent(now)) this.#isDirty = true
    if (this.isRecovering) this.#endRecovery(now)
    const isDue = this.#requeueAt !== null && now >= this.#requeueAt
    if (this.#inFlight !== null || !(this.#isDirty || isDue)) return
    this.#isDirty = false
    const plan = this.#plan(now)
    if (plan === null) return
    const requeueAt = this.#takingIn.earlierOf(plan.requeueAt, this.#observed.attendance, now)
    this.#requeueAt = earliest(requeueAt, this.#maker.refusal?.retryAt ?? null)
    this.#noteWaiting(plan.waiting, plan.brake, now)
    this.#progress.noteFailure(plan)
    this.#evictions.handOver()
    if (isEmptyPlan(plan)) {
      if (this.#evictions.decide(plan)) this.#effects.push({ type: 'changed' })
      this.#forgetConfirmation(plan)
      if (this.isRecovering) this.#endRecovery(now)
      this.#progress.noteConvergence(this.#desired, this.isRecovering || this.#isAwaiting(now), now)
    } else {
      this.#inFlight = plan
      this.#progress.notePlan(plan, this.#planned)
      this.#effects.push({ type: 'commit-plan', plan, history: this.#progress.history })
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

  #isAwaiting(now: Instant): boolean {
    return this.#takingIn.isAwaiting(this.#observed.attendance, now)
  }

  #endRecovery(now: Instant): void {
    if (this.#desired === null || this.#takingIn.lacksReports(this.#observed.attendance, now)) return
    // One pass with isRecovering adopts what was reported; only then does the ordinary loop begin.
    if (this.#isDirty || this.#inFlight !== null) return
    this.#takingIn.endRecovery()
    this.#isDirty = true
    this.#dialogue.sendAssignments()
    const { unheard } = this.#observed.snapshot()
    // What they run nobody remembers: pods made from now on must not have the uids of those (they count by epoch).
    if (unheard.length > 0) this.#generations.leaveEpoch()
    this.#log(unheard.length === 0 ? 'every known node has reported' : `not heard in time: ${unheard.join(', ')}`)
    this.#effects.push({ type: 'changed' })
  }

  /** For the newest desired state or the one in force before; null when neither can be planned for now. */
  #plan(now: Instant): Plan | null {
    const plan = this.#maker.make(this.planInput(now), this.#desired, !this.#isPruningAll)
    if (plan !== null) return plan
    this.#progress.noteNoPlan()
    this.#requeueAt = this.#maker.refusal?.retryAt ?? null
    this.#noteWaiting(this.waiting, this.brake, now)
    return null
  }

  /** What a plan made now would be made from. */
  planInput(now: Instant): PlanInput {
    return {
      clusterId: this.#clusterId,
      now,
      generation: this.#generations.next(),
      desired: this.#desiredNow(now),
      planned: this.#planned,
      observed: this.#observed.snapshot(),
      confirmed: this.#isPruningAll ? (this.brake?.hash ?? this.#confirmed) : this.#confirmed,
      isRecovering: this.isRecovering,
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
    this.#progress.noteWaiting(waiting, brake)
    if (this.#isPruningAll && brake !== null) this.#isDirty = true
  }

  #takeCommitted(id: string, now: Instant): void {
    const plan = this.#inFlight
    if (plan === null || plan.id !== id) return
    this.#inFlight = null
    const before = this.#planned
    this.#planned = applyPlan(before, plan)
    this.#evictions.decide(plan)
    this.#forgetConfirmation(plan)
    this.#generations.take(plan.generation)
    this.#links.takePlan(plan, (node) => this.#dialogue.sendAssignment(node))
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
    this.#generations.take(planned.generation)
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
