/**
 * The manager's process: the real core, persistence and vault on a memory store, driven on virtual time as the shell
 * drives them. The store outlives a crash unless it is lost on purpose.
 */
import { assert, assertNever } from '../base/assert.js'
import { deepFreeze } from '../base/deep-freeze.js'
import type { Instant } from '../base/instant.js'
import { type ConfigVault, openConfigVault } from '../manager/config-vault.js'
import { ManagerCore, type ManagerEffect, type ManagerEvent } from '../manager/core/manager-core.js'
import { isUndecided } from '../manager/core/taking-in.js'
import { commitPlan, loadState, saveHistory } from '../manager/persistence.js'
import { makeSteadyClock } from '../manager/steady-clock.js'
import type { DesiredState } from '../model/desired-state.js'
import type { ObservedState } from '../model/observed-state.js'
import type { Plan } from '../model/plan.js'
import { emptyPlannedState, type PlannedState } from '../model/planned-state.js'
import type { AgentMessage, ConfigContents } from '../model/protocol.js'
import type { makePlan } from '../planner/make-plan.js'
import { type Store, StoreError } from '../store/store.js'
import { describeAction, describeHead } from './describe-plan.js'
import { FaultyStore, ProcessDied } from './faulty-store.js'
import { PausableTime } from './pausable-time.js'
import type { SimulatedLinks } from './simulated-links.js'
import type { SimulatedTime } from './simulated-time.js'

export interface ManagerParts {
  readonly clusterId: string
  readonly time: SimulatedTime
  /** True: every plan is checked in full, and inputs and plans are frozen. */
  readonly isStrict: boolean
  /** A planner with a fault in it: then plans may be refused. */
  readonly makePlan?: typeof makePlan
  members(): readonly string[]
  /** The newest desired state, which sync has at hand after a start too. */
  desired(): DesiredState | null
  config(digest: string): ConfigContents | null
  links(): SimulatedLinks
  trace(what: string | (() => string)): void
  /** After each pass of the loop. */
  ticked(core: ManagerCore): void
  /** A plan is in force. */
  planned(made: CommittedPlan): void
}

/** A plan with what it was made from, and what it has made. */
export interface CommittedPlan {
  readonly plan: Plan
  readonly desired: DesiredState | null
  readonly observed: ObservedState
  readonly before: PlannedState
  readonly after: PlannedState
}

export interface CrashOptions {
  readonly downMs: number
  /** `lost`: the next process finds an empty store; `restored`: as it was at the last backup. */
  readonly store?: 'kept' | 'lost' | 'restored'
}

const START_MS = 120
const FETCH_MS = 40
/** A commit to the store is there after the first, and known to be after both. */
const STORE_MS = 1
const COMMITTED_MS = 1
const IDLE_TICK_MS = 500
/** No timer of the real shell is shorter. */
const TIMER_MIN_MS = 1
/** systemd starts a service that failed again after this. */
const RESTART_MS = 1_000

/** Planning that failed: a bug, which ends the run. */
const FATAL_LOG = /^(plan refused|planning failed)/

export class SimulatedManager {
  /** Passes of the loop since the beginning. */
  ticks = 0
  readonly store = new FaultyStore()
  /** When a message of each node was last read. */
  readonly heardAt = new Map<string, Instant>()
  /** Since when it has not stood still, nor thought so because its host's clock was set forth. */
  awakeSince = 0
  private clockOffsetMs = 0
  private clock: () => Instant
  private readonly time: PausableTime
  private core: ManagerCore | null = null
  private opened: Store
  private vault: ConfigVault
  private cancelTick: (() => void) | null = null
  private tickAt = 0
  private life = 0

  constructor(private readonly parts: ManagerParts) {
    this.time = new PausableTime(parts.time)
    this.clock = this.makeClock(0)
    this.opened = this.store.open()
    this.vault = openConfigVault(this.opened, parts.config)
    this.start(0)
  }

  /** The time by its own clock. */
  get now(): Instant {
    return this.clock()
  }

  /** The clock of its host is set forth, or back. */
  setClock(byMs: number): void {
    this.clockOffsetMs += byMs
    this.awakeSince = this.parts.time.now
  }

  /** Null while it is down. */
  get running(): ManagerCore | null {
    return this.core
  }

  isUp(): boolean {
    return this.core !== null && !this.time.isPaused
  }

  /** SIGKILL, and a start after a while. */
  crash({ downMs, store = 'kept' }: CrashOptions): void {
    this.die()
    if (store === 'lost') this.store.lose()
    this.start(downMs, store === 'restored')
  }

  /** SIGKILL at the n-th step of the store's operations from now: between any two awaits. */
  crashAt(step: number, downMs: number): void {
    this.store.dieAt(step, () => {
      this.parts.trace('dies at the store')
      this.die()
      this.start(downMs)
    })
  }

  /** The process stands still (SIGSTOP, a starved machine); messages wait. */
  pause(): void {
    this.time.pause()
  }

  resume(): void {
    this.awakeSince = this.parts.time.now
    this.time.resume()
  }

  /** Sync has seen a commit. */
  committed(): void {
    this.later(FETCH_MS, () => {
      const desired = this.parts.desired()
      if (desired !== null && desired !== this.core?.desired) this.handle({ type: 'desired', desired })
    })
  }

  /** Certificates were given out or revoked. */
  membersChanged(): void {
    this.whenAwake(() => this.handle({ type: 'members', members: this.parts.members() }))
  }

  connected(node: string, connection: number): void {
    this.parts.trace(`link of ${node} opened (${connection})`)
  }

  message(node: string, connection: number, message: AgentMessage): void {
    if (this.time.isPaused) this.later(0, () => this.take(node, connection, message))
    else this.take(node, connection, message)
  }

  closed(node: string, connection: number): void {
    this.whenAwake(() => this.handle({ type: 'agent-closed', node, connection }))
  }

  handle(event: ManagerEvent): void {
    const { core } = this
    if (core === null) return
    if (event.type === 'tick') this.ticks++
    for (const effect of core.handle(event, this.now)) this.perform(effect)
    if (event.type === 'tick') this.parts.ticked(core)
    // A sign of life puts off what is waited for; only one that ends a silence makes a tick due.
    else if (this.cancelTick !== null && !core.isTickDue && isHeartbeat(event)) return
    this.scheduleTick(core)
  }

  private take(node: string, connection: number, message: AgentMessage): void {
    this.heardAt.set(node, this.parts.time.now)
    this.handle({ type: 'agent-message', node, connection, message })
  }

  private die(): void {
    this.life++
    this.core = null
    this.cancelTick?.()
    this.cancelTick = null
    this.store.outlive()
    this.time.resume()
    this.parts.links().managerDied()
  }

  private start(afterMs: number, isRestored = false): void {
    this.later(afterMs + START_MS, async () => {
      if (isRestored) await this.store.restore()
      this.opened = this.store.open()
      this.vault = openConfigVault(this.opened, this.parts.config)
      const { life } = this
      const { planned, assignments, history, madeAt } = await loadState(this.opened)
      if (life !== this.life) return
      this.clock = this.makeClock(madeAt)
      const { clusterId, members, trace, isStrict, makePlan } = this.parts
      const freeze = <T>(value: T): T => (isStrict ? deepFreeze(value) : value)
      this.core = new ManagerCore({
        clusterId,
        now: this.now,
        planned: freeze(planned ?? emptyPlannedState),
        assignments,
        history,
        members: members(),
        isStoreEmpty: isUndecided(planned),
        isCheckedInFull: isStrict,
        ...(makePlan !== undefined && { makePlan }),
      })
      trace(planned === null ? 'started on an empty store' : `started from plan ${planned.id.slice(0, 8)}`)
      this.committed()
      this.scheduleTick(this.core)
    })
  }

  private makeClock(notBefore: Instant): () => Instant {
    const { time } = this.parts
    return makeSteadyClock(notBefore, {
      wallNow: () => time.now + this.clockOffsetMs,
      elapsedMs: () => time.now,
    })
  }

  /** One timer; one that is due earlier than needed only ticks in vain. */
  private scheduleTick(core: ManagerCore): void {
    const { now } = this.parts.time
    // A tick that is due this soon is due before anything else can be.
    if (this.cancelTick !== null && this.tickAt <= now + (core.isTickDue ? 0 : TIMER_MIN_MS)) return
    const ownNow = this.now
    const wakeAt = core.wakeAt() ?? ownNow + IDLE_TICK_MS
    const delayMs = core.isTickDue ? 0 : Math.min(IDLE_TICK_MS, Math.max(TIMER_MIN_MS, wakeAt - ownNow))
    const at = now + delayMs
    if (this.cancelTick !== null && this.tickAt <= at) return
    this.cancelTick?.()
    this.tickAt = at
    this.cancelTick = this.later(delayMs, () => {
      this.cancelTick = null
      this.handle({ type: 'tick' })
    })
  }

  private perform(effect: ManagerEffect): void {
    const { opened, vault } = this
    const links = this.parts.links()
    switch (effect.type) {
      case 'commit-plan':
        this.commit(effect)
        return
      case 'send':
        links.sendToAgent(effect.connection, effect.message)
        return
      case 'send-config':
        this.later(STORE_MS, async () => {
          const contents = await vault.find(effect.digests)
          links.sendToAgent(effect.connection, { type: 'config', contents })
        })
        return
      case 'close':
        links.close(effect.connection, effect.reason)
        return
      case 'save-history':
        this.later(STORE_MS, () => saveHistory(opened, effect.history))
        return
      case 'log':
        this.parts.trace(effect.line)
        assert(this.parts.makePlan !== undefined || !FATAL_LOG.test(effect.line), effect.line)
        return
      case 'changed':
        return
      default:
        assertNever(effect)
    }
  }

  private commit({ plan, history }: Extract<ManagerEffect, { type: 'commit-plan' }>): void {
    if (this.parts.isStrict) deepFreeze(plan)
    this.parts.trace(() => describeHead(plan))
    for (const action of plan.actions) this.parts.trace(() => `  ${describeAction(action)}`)
    const { opened, vault, core } = this
    assert(core !== null, 'a manager that is down commits nothing')
    const { planned: before, desired, observed } = core
    this.later(STORE_MS, async () => {
      const digests = plan.assignments.flatMap(({ pods }) => pods.flatMap(({ configs }) => configs))
      await vault.keep(new Set(digests.flatMap(({ digest }) => (digest === null ? [] : [digest]))))
      const isCommitted = await commitPlan(opened, plan, before.network, history)
      assert(isCommitted, `nobody else writes to the store, but plan ${plan.id} conflicts`)
      // The process may die here: the plan is stored, but nobody was told.
      this.later(COMMITTED_MS, () => {
        this.handle({ type: 'plan-committed', plan: plan.id })
        this.parts.planned({ plan, desired, observed, before, after: core.planned })
      })
    })
  }

  private whenAwake(run: () => void): void {
    if (this.time.isPaused) this.later(0, run)
    else run()
  }

  /** Unless the process dies before. A store that fails ends the process, as the shell does. */
  private later(ms: number, run: () => void | Promise<void>): () => void {
    const { life } = this
    return this.time.schedule(ms, () => {
      if (life !== this.life) return
      const running = run()
      return running?.catch((error: unknown) => this.failed(life, error))
    })
  }

  private failed(life: number, error: unknown): void {
    if (error instanceof ProcessDied) return
    if (!(error instanceof StoreError)) throw error
    if (life !== this.life) return
    this.parts.trace(`ends: ${error.message}`)
    this.crash({ downMs: RESTART_MS })
  }
}

function isHeartbeat(event: ManagerEvent): boolean {
  return event.type === 'agent-message' && event.message.type === 'heartbeat'
}
