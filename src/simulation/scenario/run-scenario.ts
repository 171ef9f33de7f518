/**
 * Runs a scenario: a phase in which people push and things go wrong, while the invariants of safety hold at every tick;
 * then everything is made whole, and the cluster must come to what the newest commit says within a bound, and stay there.
 */
import { LABEL_CLUSTER, LABEL_POD_UID } from '../../agents/core/container-names.js'
import { isEmptyPlan } from '../../model/plan.js'
import { describePlan } from '../describe-plan.js'
import { findKind } from '../faults/fault-families.js'
import type { NodeFault } from '../faults/fault-family.js'
import { watchAll } from '../invariants/invariants.js'
import { createWorld, type World, type WorldWatcher } from '../world.js'
import { isGood, programs } from './programs.js'
import { contentOf, makeRepository, pushed, type Repository } from './repository.js'
import type { App, Fault, Push, Scenario } from './scenario.js'

export interface RunOptions {
  readonly onLine?: (line: string) => void
  /**
   * True: inputs are frozen, plans are checked in full, and messages are text. False: faster, and plans are checked as the
   * manager does. The run is the same either way; unless said otherwise every fourth seed is strict.
   */
  readonly isStrict?: boolean
  readonly watcher?: WorldWatcher
}

const STRICT_EVERY = 4
/**
 * From the end of the faults until all must be as the newest commit says: a dead host's delay, a grace period and the
 * longest back-off of a crashed container or an image (5 min), twice.
 */
const CONVERGE_LIMIT_MS = 12 * 60_000
/** A host that was without power boots, dials, and is heard; the manager may have just been killed. */
const WHOLE_LIMIT_MS = 3 * 60_000
/** Pods that were given up stop once their host is back: within their grace, and what an engine that hung takes. */
const STOP_LIMIT_MS = 90_000
/** What each pod may ask for so that all fit in the end, on one host of the smallest kind too. */
const CPU_MAX = 60
/** And then nothing may change any more. */
const QUIET_MS = 30_000

/** Runs it to its end; gives the world. Throws SimulationError when something that must hold does not. */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<World> {
  const { onLine, isStrict = scenario.seed % STRICT_EVERY === 0, watcher = watchAll() } = options
  const world = createWorld({
    seed: scenario.seed,
    nodes: scenario.nodes,
    images: programs,
    isStrict,
    watcher,
    ...(onLine === undefined ? {} : { onLine }),
  })
  const run = new ScenarioRun(world, scenario)
  await run.safety()
  await run.liveness()
  return world
}

class ScenarioRun {
  private repository: Repository
  private readonly history: Repository[]
  /** What is wrong now, and how it is made whole. */
  private readonly open = new Map<Fault, () => void>()

  constructor(
    private readonly world: World,
    private readonly scenario: Scenario,
  ) {
    this.repository = makeRepository(scenario.apps)
    this.history = [this.repository]
  }

  async safety(): Promise<void> {
    const { world, scenario } = this
    for (const node of world.nodes.values()) {
      node.engine.addForeign(`${node.name}-proxy`, {})
      node.engine.addForeign(`${node.name}-other`, { [LABEL_CLUSTER]: 'another', [LABEL_POD_UID]: 'another' })
    }
    this.commit('the beginning')
    for (const push of scenario.pushes) world.later(push.atMs, () => this.push(push))
    for (const fault of scenario.faults) world.later(fault.atMs, () => this.begin(fault))
    await world.advance(scenario.lengthMs)
  }

  async liveness(): Promise<void> {
    const { world } = this
    world.note('everything is made whole')
    for (const fault of [...this.open.keys()]) this.end(fault)
    this.mend()
    for (const node of world.nodes.values()) if (world.isMember(node.name)) node.hastenAgent()
    world.manager.store.outlive()
    await world.runUntil('every host to be connected', WHOLE_LIMIT_MS, () => this.isWhole())
    // What the last of them has said is taken in by the next pass.
    await world.advance(1_000)
    await this.converge()
    await world.runUntil('hosts to run what is wanted', STOP_LIMIT_MS, () => this.isHostsRight(), false)
    this.checkHosts()
    const starts = world.starts()
    await world.advance(QUIET_MS)
    if (world.starts() !== starts) throw world.failure('invariant liveness: containers start though all had converged')
    if (!world.isConverged()) throw world.failure('invariant liveness: it had converged and does so no longer')
    this.checkHosts()
    const plan = world.planAgain()
    if (!isEmptyPlan(plan))
      throw world.failure(`invariant liveness: planning again is not empty:\n${describePlan(plan).join('\n')}`)
  }

  private async converge(): Promise<void> {
    const { world } = this
    const limit = world.elapsedMs + CONVERGE_LIMIT_MS
    while (!world.isConverged()) {
      if (world.elapsedMs > limit) throw world.failure(`invariant liveness: not converged: ${this.stuckOn()}`)
      // What people do with a deletion that is held.
      const brake = world.manager.running?.brake
      if (brake != null) world.confirm(brake.hash)
      await world.runUntil('convergence', 5_000, (w) => w.isConverged() || w.manager.running?.brake != null, false)
      if (!world.isConverged()) await world.advance(200)
    }
  }

  private stuckOn(): string {
    const core = this.world.manager.running
    if (core === null) return 'the manager is down'
    const waits = core.waiting.map(({ on, key, detail }) => `${key ?? 'all'} on ${on}: ${detail}`)
    return waits.length === 0 ? 'nothing waits' : waits.slice(0, 5).join('; ')
  }

  private isWhole(): boolean {
    const { world } = this
    const core = world.manager.running
    return core !== null && [...world.nodes.keys()].every((name) => !world.isMember(name) || core.isConnected(name))
  }

  private isHostsRight(): boolean {
    const wanted = [...this.repository.apps.values()].reduce((sum, app) => sum + app.replicas, 0)
    let running = 0
    for (const node of this.world.nodes.values())
      for (const container of node.engine.running())
        if (container.labels[LABEL_CLUSTER] === this.world.clusterId) running++
    return running === wanted
  }

  /** What truly runs on the hosts is what the repository says. */
  private checkHosts(): void {
    const { world } = this
    const wanted = [...this.repository.apps.values()].reduce((sum, app) => sum + app.replicas, 0)
    let running = 0
    for (const node of world.nodes.values()) {
      let foreign = 0
      for (const container of node.engine.running())
        if (container.labels[LABEL_CLUSTER] === world.clusterId) running++
        else foreign++
      if (foreign !== node.engine.foreignCount)
        throw world.failure(`invariant inventory: foreign containers of ${node.name} are gone`)
    }
    if (running !== wanted)
      throw world.failure(`invariant liveness: ${running} containers run, the repository says ${wanted}`)
  }

  private push(push: Push): void {
    const { world } = this
    if (push.type === 'revert') {
      if (this.history.length < 2) return
      this.repository = this.history.at(-2)!
      this.history.push(this.repository)
      world.revert()
      return
    }
    if (push.type === 'force-push') {
      if (this.history.length <= push.commits) return
      this.history.length -= push.commits
      this.repository = this.history.at(-1)!
      world.rewind(push.commits)
      return
    }
    const next = pushed(this.repository, push)
    if (next === null) return
    this.repository = next
    this.history.push(next)
    this.commit(`${push.type} ${subjectOf(push)}`)
  }

  private commit(subject: string): void {
    this.world.commit(contentOf(this.repository), { subject })
  }

  private begin(fault: Fault): void {
    const { world } = this
    const kind = findKind(fault.family, fault.kind)
    if (kind === undefined || (kind.isOfNode && (fault.node === null || !world.isMember(fault.node)))) return
    // One of a kind at a time and place; and all hosts are never down together for long by two of one kind.
    for (const other of this.open.keys())
      if (other.family === fault.family && other.kind === fault.kind && other.node === fault.node) return
    kind.begin(world, fault as NodeFault)
    if (kind.end === undefined) return
    this.open.set(fault, () => {
      if (fault.node === null || world.isMember(fault.node)) kind.end?.(world, fault as NodeFault)
    })
    world.later(fault.forMs, () => this.end(fault))
  }

  private end(fault: Fault): void {
    const makeWhole = this.open.get(fault)
    if (makeWhole === undefined) return
    this.open.delete(fault)
    makeWhole()
  }

  /** The last commit: nothing broken, nothing drained, nothing that cannot run. */
  private mend(): void {
    const mended = new Map<string, App>()
    for (const [name, app] of this.repository.apps)
      mended.set(name, {
        ...app,
        image: isGood(app.image) ? app.image : 'app:1',
        replicas: Math.min(app.replicas, 3),
        cpuMilli: Math.min(app.cpuMilli, CPU_MAX),
        // A budget and a strategy may leave a rollout no way.
        isBudgetKept: false,
      })
    this.repository = { apps: mended, broken: new Set(), drained: new Set(), isRebalanced: false }
    this.history.push(this.repository)
    this.commit('mend everything')
  }
}

function subjectOf(push: Push): string {
  if ('app' in push) return typeof push.app === 'string' ? push.app : push.app.name
  if ('node' in push) return push.node
  return 'isOn' in push ? (push.isOn ? 'on' : 'off') : ''
}
