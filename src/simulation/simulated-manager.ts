/**
 * The manager's process: the real core, persistence and vault on a memory store, driven on virtual time as the shell
 * drives them. The store outlives a crash unless it is lost on purpose.
 */
import { assert, assertNever } from '../base/assert.js'
import { deepFreeze } from '../base/deep-freeze.js'
import { type ConfigVault, openConfigVault } from '../manager/config-vault.js'
import { ManagerCore, type ManagerEffect, type ManagerEvent } from '../manager/core/manager-core.js'
import { commitPlan, loadState, saveHistory } from '../manager/persistence.js'
import type { DesiredState } from '../model/desired-state.js'
import { emptyPlannedState } from '../model/planned-state.js'
import type { AgentMessage, ConfigContents } from '../model/protocol.js'
import { openMemoryStore } from '../store/memory-store.js'
import type { Store } from '../store/store.js'
import { describePlan } from './describe-plan.js'
import type { SimulatedLinks } from './simulated-links.js'
import type { SimulatedTime } from './simulated-time.js'

export interface ManagerParts {
  readonly clusterId: string
  readonly time: SimulatedTime
  readonly members: readonly string[]
  /** The newest desired state, which sync has at hand after a start too. */
  desired(): DesiredState | null
  config(digest: string): ConfigContents | null
  links(): SimulatedLinks
  trace(what: string): void
}

const START_MS = 120
const FETCH_MS = 40
/** A commit to the store is there after the first, and known to be after both. */
const STORE_MS = 1
const COMMITTED_MS = 1
const IDLE_TICK_MS = 500
/** No timer of the real shell is shorter. */
const TIMER_MIN_MS = 1

/** Planning that failed: a bug, which ends the run. */
const FATAL_LOG = /^(plan refused|planning failed)/

export class SimulatedManager {
  /** Passes of the loop since the beginning. */
  ticks = 0
  private store: Store = openMemoryStore()
  private core: ManagerCore | null = null
  private vault: ConfigVault
  private cancelTick: (() => void) | null = null
  private life = 0

  constructor(private readonly parts: ManagerParts) {
    this.vault = openConfigVault(this.store, parts.config)
    this.start(0)
  }

  /** Null while it is down. */
  get running(): ManagerCore | null {
    return this.core
  }

  isUp(): boolean {
    return this.core !== null
  }

  /** SIGKILL, and a start after a while; with `loseStore` an empty store is found then. */
  crash(options: { readonly downMs: number; readonly loseStore: boolean }): void {
    this.life++
    this.core = null
    this.cancelTick?.()
    this.parts.links().managerDied()
    if (options.loseStore) this.store = openMemoryStore()
    this.vault = openConfigVault(this.store, this.parts.config)
    this.start(options.downMs)
  }

  /** Sync has seen a commit. */
  committed(): void {
    this.later(FETCH_MS, () => {
      const desired = this.parts.desired()
      if (desired !== null) this.handle({ type: 'desired', desired })
    })
  }

  connected(node: string, connection: number): void {
    this.parts.trace(`link of ${node} opened (${connection})`)
  }

  message(node: string, connection: number, message: AgentMessage): void {
    this.handle({ type: 'agent-message', node, connection, message })
  }

  closed(node: string, connection: number): void {
    this.handle({ type: 'agent-closed', node, connection })
  }

  handle(event: ManagerEvent): void {
    const { core } = this
    if (core === null) return
    if (event.type === 'tick') this.ticks++
    for (const effect of core.handle(event, this.parts.time.now)) this.perform(effect)
    this.scheduleTick(core)
  }

  private start(afterMs: number): void {
    this.later(afterMs + START_MS, async () => {
      const { planned, assignments, history } = await loadState(this.store)
      const { clusterId, members, time, trace } = this.parts
      this.core = new ManagerCore({
        clusterId,
        now: time.now,
        planned: deepFreeze(planned ?? emptyPlannedState),
        assignments,
        history,
        members,
        isStoreEmpty: planned === null,
        isCheckedInFull: true,
      })
      trace(planned === null ? 'started on an empty store' : `started from plan ${planned.id.slice(0, 8)}`)
      this.committed()
      this.scheduleTick(this.core)
    })
  }

  private scheduleTick(core: ManagerCore): void {
    this.cancelTick?.()
    const { now } = this.parts.time
    const wakeAt = core.wakeAt() ?? now + IDLE_TICK_MS
    const delayMs = core.isTickDue ? 0 : Math.min(IDLE_TICK_MS, Math.max(TIMER_MIN_MS, wakeAt - now))
    this.cancelTick = this.later(delayMs, () => this.handle({ type: 'tick' }))
  }

  private perform(effect: ManagerEffect): void {
    const { store, vault } = this
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
        this.later(STORE_MS, () => saveHistory(store, effect.history))
        return
      case 'log':
        this.parts.trace(effect.line)
        assert(!FATAL_LOG.test(effect.line), effect.line)
        return
      case 'changed':
        return
      default:
        assertNever(effect)
    }
  }

  private commit({ plan, history }: Extract<ManagerEffect, { type: 'commit-plan' }>): void {
    deepFreeze(plan)
    for (const line of describePlan(plan)) this.parts.trace(line)
    const { store, vault, core } = this
    assert(core !== null, 'a manager that is down commits nothing')
    this.later(STORE_MS, async () => {
      const digests = plan.assignments.flatMap(({ pods }) => pods.flatMap(({ configs }) => configs))
      await vault.keep(new Set(digests.flatMap(({ digest }) => (digest === null ? [] : [digest]))))
      const isCommitted = await commitPlan(store, plan, core.planned.network, history)
      assert(isCommitted, `nobody else writes to the store, but plan ${plan.id} conflicts`)
      // The process may die here: the plan is stored, but nobody was told.
      this.later(COMMITTED_MS, () => this.handle({ type: 'plan-committed', plan: plan.id }))
    })
  }

  /** Unless the process dies before. */
  private later(ms: number, run: () => void | Promise<void>): () => void {
    const { life } = this
    return this.parts.time.schedule(ms, () => (life === this.life ? run() : undefined))
  }
}
