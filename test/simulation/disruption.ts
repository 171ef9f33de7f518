/**
 * What disruption scenarios need beside manifests.ts: a world under all invariants that writes down what each plan
 * takes away and when, how many pods of an owner serve at the least, and words for budgets, priorities and hosts.
 */
import { defined } from '../../src/base/assert.js'
import { parseKey } from '../../src/model/keys.js'
import type { Action } from '../../src/model/plan.js'
import type { PlannedPod } from '../../src/model/planned-state.js'
import type { Waiting, WaitingOn } from '../../src/model/waiting.js'
import { type ImageProfile, makeImage } from '../../src/simulation/image-profile.js'
import { isServing, podsOf } from '../../src/simulation/invariants/ground.js'
import { watchAll } from '../../src/simulation/invariants/invariants.js'
import type { WrittenManifest } from '../../src/simulation/simulated-git.js'
import type { CommittedPlan } from '../../src/simulation/simulated-manager.js'
import type { NodeOptions } from '../../src/simulation/simulated-node.js'
import { createWorld, type World, type WorldWatcher } from '../../src/simulation/world.js'
import { hosts, images } from './manifests.js'

/** A pod that a plan took out of service, in the order in which plans did. */
export interface Departure {
  readonly pod: PlannedPod
  readonly node: string
  readonly reason: string
  /** Milliseconds since the beginning. */
  readonly atMs: number
}

/** A plan's action and when it was made, in milliseconds since the beginning. */
export interface DatedAction {
  readonly action: Action
  readonly atMs: number
}

export interface Scene {
  readonly world: World
  readonly departures: readonly Departure[]
  readonly actions: readonly DatedAction[]
  /** Of each plan with a drain in it: when the drains were expected to end, in milliseconds since the beginning. */
  readonly expectedEnds: readonly number[]
  /** From now on. */
  forgetLowest(): void
  /** The fewest pods of an app that served at any tick or right after any plan, since the last `forgetLowest`. */
  lowest(app: string): number
  /** The most pods of an app that were neither gone nor ordered to stop, likewise. */
  highest(app: string): number
}

export interface SceneOptions {
  readonly nodes?: readonly NodeOptions[]
  readonly images?: readonly ImageProfile[]
  /** Whose pods are counted; `web` alone unless said otherwise. */
  readonly apps?: readonly string[]
  readonly seed?: number
}

/** Programs for disruption: what takes its time to be ready and to stop. */
export const programs: readonly ImageProfile[] = [
  ...images,
  makeImage('slow:1', { readyAfterMs: 4_000, stopMs: 2_000 }),
  makeImage('slow:2', { readyAfterMs: 4_000, stopMs: 2_000 }),
  makeImage('stubborn:1', { readyAfterMs: 5_000, stopMs: null }),
  makeImage('lazy:1', { stopMs: 3_000 }),
]

/** Three hosts unless said otherwise; all invariants of the simulation hold, or the run ends. */
export function makeScene(options: SceneOptions = {}): Scene {
  const { apps = ['web'] } = options
  const departures: Departure[] = []
  const actions: DatedAction[] = []
  const expectedEnds: number[] = []
  let lowest = new Map<string, number>()
  let highest = new Map<string, number>()
  const begin = (): void => {
    lowest = new Map(apps.map((app) => [app, Number.POSITIVE_INFINITY]))
    highest = new Map(apps.map((app) => [app, 0]))
  }
  begin()
  const count = (world: World): void => {
    const core = world.manager.running
    if (core === null) return
    const moment = { observed: core.observed, now: world.now }
    const pods = podsOf(core.planned).filter((pod) => pod.stop === null || pod.stop.phase === 'replacing')
    for (const app of apps) {
      const own = pods.filter((pod) => appOf(pod) === app)
      lowest.set(app, Math.min(lowest.get(app) ?? 0, own.filter((pod) => isServing(moment, pod)).length))
      const active = own.filter((pod) => pod.stop === null).length
      highest.set(app, Math.max(highest.get(app) ?? 0, active))
    }
  }
  const invariants = watchAll()
  const watcher: WorldWatcher = {
    ...invariants,
    ticked(world, core) {
      invariants.ticked(world, core)
      count(world)
    },
    planned(world, made) {
      invariants.planned(world, made)
      const atMs = world.elapsedMs - (world.now - made.plan.madeAt)
      for (const action of made.plan.actions) actions.push({ action, atMs })
      departures.push(...departuresOf(made, atMs))
      const endsAt = made.plan.steps.find(({ step }) => step === 'move-pods')?.facts['endsAt'] ?? 0
      if (endsAt > 0) expectedEnds.push(endsAt - (made.plan.madeAt - atMs))
      count(world)
    },
  }
  const world = createWorld({
    seed: options.seed ?? 1,
    nodes: options.nodes ?? hosts(3),
    images: [...programs, ...(options.images ?? [])],
    watcher,
  })
  return {
    world,
    departures,
    actions,
    expectedEnds,
    forgetLowest: begin,
    lowest: (app) => defined(lowest.get(app), `app ${app} to be watched`),
    highest: (app) => defined(highest.get(app), `app ${app} to be watched`),
  }
}

/** Those that serve before the plan and are on their way out after it. */
function departuresOf({ plan, before }: CommittedPlan, atMs: number): readonly Departure[] {
  const known = new Map(podsOf(before).map((pod) => [pod.uid, pod]))
  return plan.actions.flatMap((action): readonly Departure[] => {
    if (action.type !== 'stop-pod' && action.type !== 'leave-endpoints') return []
    const pod = known.get(action.pod)
    // From leaving to stopping is the same departure.
    if (pod === undefined || (pod.stop !== null && pod.stop.phase !== 'replacing')) return []
    return [{ pod, node: pod.node ?? '', reason: action.reason, atMs }]
  })
}

function appOf({ workload }: PlannedPod): string {
  return parseKey(workload).name
}

export type BudgetBounds = Readonly<Record<string, unknown>>

/** A budget over the pods of an app. */
export function budget(app: string, bounds: BudgetBounds): WrittenManifest {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app },
    spec: { ...bounds, selector: { matchLabels: { app } } },
  }
}

export function priorityClass(name: string, value: number): WrittenManifest {
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value }
}

/** A Node manifest that takes no new pods. */
export function cordonedNode(name: string): WrittenManifest {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { unschedulable: true } }
}

/** Rebalancing as the ClusterConfiguration switches it on. */
export function rebalancing(movesPerMinute: number, thresholdPercent = 10): WrittenManifest {
  return {
    apiVersion: 'headway.dev/v1',
    kind: 'ClusterConfiguration',
    metadata: { name: 'cluster' },
    spec: { rebalancing: { enabled: true, movesPerMinute, thresholdPercent } },
  }
}

/** A container that asks for so much cpu. */
export function asking(cpu: string): Readonly<Record<string, unknown>> {
  return { resources: { requests: { cpu } } }
}

/** Pods planned for a host now, those on their way out included. */
export function podsOn(world: World, node: string): readonly PlannedPod[] {
  return world.core().planned.nodes.get(node)?.pods ?? []
}

/** Pods of an app that are not on their way out. */
export function podsOfApp(world: World, app: string): readonly PlannedPod[] {
  return podsOf(world.core().planned).filter((pod) => appOf(pod) === app && pod.stop === null)
}

/** What waits on something now. */
export function waitsOn(world: World, on: WaitingOn): readonly Waiting[] {
  return world.core().waiting.filter((item) => item.on === on)
}
