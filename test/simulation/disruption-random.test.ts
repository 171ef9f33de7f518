/**
 * Everything that takes pods away, at once and at random from a seed: drains, cordons, evictions, rollouts, preemption,
 * rebalancing and a dying host. All invariants hold at every tick; made whole again, the cluster comes to rest and stays there.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeRandom, type Random } from '../../src/base/random.js'
import type { WrittenManifest } from '../../src/simulation/simulated-git.js'
import type { World } from '../../src/simulation/world.js'
import {
  asking,
  budget,
  cordonedNode,
  makeScene,
  podsOfApp,
  priorityClass,
  rebalancing,
  type Scene,
} from './disruption.js'
import { deployment, drainedNode, hosts } from './manifests.js'
import { settle } from './settle.js'

const SEEDS = Number(process.env['DISRUPTION_SEEDS'] ?? 8)
const FIRST_SEED = Number(process.env['DISRUPTION_FIRST_SEED'] ?? 1)
const LENGTH_MS = 6 * 60_000
/** A host that is given up, the longest grace and a rollout of all, twice. */
const CONVERGE_LIMIT_MS = 6 * 60_000
const QUIET_MS = 10 * 60_000

const NAMES = ['a', 'b', 'c']
const BOUNDS = [
  { maxUnavailable: 0 },
  { maxUnavailable: 1 },
  { maxUnavailable: '40%' },
  { minAvailable: '60%' },
  { minAvailable: 1 },
  { minAvailable: 2, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  null,
] as const

interface App {
  readonly name: string
  readonly image: string
  readonly replicas: number
  readonly cpu: string
  readonly className: string
  readonly bounds: (typeof BOUNDS)[number]
  readonly surge: number
  readonly unavailable: number
}

interface Wish {
  readonly nodes: readonly string[]
  readonly apps: readonly App[]
  readonly drained: ReadonlySet<string>
  readonly cordoned: ReadonlySet<string>
  readonly isBalanced: boolean
}

function makeApp(random: Random, name: string): App {
  const surge = random.integer(0, 2)
  return {
    name,
    image: random.pick(['web:1', 'slow:1', 'lazy:1']),
    replicas: random.integer(1, 5),
    cpu: random.pick(['200m', '500m', '900m']),
    className: random.pick(['low', 'mid', 'high']),
    bounds: random.pick(BOUNDS),
    surge,
    unavailable: surge === 0 ? 1 : random.integer(0, 1),
  }
}

/** Every host has a manifest all the while, so that no commit deletes as much as the delete brake holds. */
function nodeManifest(name: string, { drained, cordoned }: Wish): WrittenManifest {
  if (drained.has(name)) return drainedNode(name)
  if (cordoned.has(name)) return cordonedNode(name)
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} }
}

function contentOf(wish: Wish): readonly WrittenManifest[] {
  const { nodes, apps, isBalanced } = wish
  return [
    priorityClass('low', -5),
    priorityClass('mid', 10),
    priorityClass('high', 900),
    ...nodes.map((name) => nodeManifest(name, wish)),
    ...(isBalanced ? [rebalancing(6)] : []),
    ...apps.flatMap(({ name, bounds, className, cpu, surge, unavailable, ...app }) => [
      deployment(name, {
        ...app,
        maxSurge: surge,
        maxUnavailable: unavailable,
        container: asking(cpu),
        template: { priorityClassName: className, terminationGracePeriodSeconds: 10 },
      }),
      ...(bounds === null ? [] : [budget(name, bounds)]),
    ]),
  ]
}

/** What people do in one step; null: they evict somebody. */
function nextWish(random: Random, wish: Wish, nodes: readonly string[]): Wish | null {
  const node = random.pick(nodes)
  const { name } = random.pick(wish.apps)
  const change = (to: Partial<App>): Wish => ({
    ...wish,
    apps: wish.apps.map((app) => (app.name === name ? { ...app, ...to } : app)),
  })
  const toggled = (set: ReadonlySet<string>): ReadonlySet<string> =>
    new Set(set.has(node) ? [...set].filter((item) => item !== node) : [...set, node])
  const roll = random.next()
  if (roll < 0.25) return { ...wish, drained: toggled(wish.drained) }
  if (roll < 0.33) return { ...wish, cordoned: toggled(wish.cordoned) }
  if (roll < 0.45) return change({ image: random.pick(['web:1', 'web:2', 'slow:1', 'slow:2', 'stubborn:1']) })
  if (roll < 0.53) return change({ replicas: random.integer(1, 6) })
  if (roll < 0.58) return change({ bounds: random.pick(BOUNDS) })
  if (roll < 0.62) return change({ className: random.pick(['low', 'mid', 'high']) })
  if (roll < 0.67) return { ...wish, isBalanced: !wish.isBalanced }
  return null
}

function evictSome({ world }: Scene, random: Random): void {
  if (world.manager.running === null) return
  const pods = podsOfApp(world, random.pick(NAMES))
  for (let i = random.integer(1, 3); i > 0 && pods.length > 0; i--)
    world.manager.handle({ type: 'evict', pod: random.pick(pods).uid })
}

/** One host at a time loses its power, and gets it back. */
function cutPower(world: World, random: Random, nodes: readonly string[]): void {
  const node = random.pick(nodes)
  world.killNode(node)
  world.later(random.integer(2_000, 40_000), () => world.bootNode(node))
}

async function runSeed(seed: number): Promise<void> {
  const random = makeRandom(seed).split('disruption')
  const machines = hosts(random.integer(3, 5))
  const nodes = machines.map(({ name }) => name)
  const scene = makeScene({ seed, nodes: machines, apps: NAMES })
  const { world } = scene
  let wish: Wish = {
    nodes,
    apps: NAMES.map((name) => makeApp(random, name)),
    drained: new Set(),
    cordoned: new Set(),
    isBalanced: false,
  }
  world.commit(contentOf(wish))
  await world.advance(15_000)
  let powerAt = random.integer(60_000, 120_000)
  while (world.elapsedMs < LENGTH_MS) {
    await world.advance(random.integer(100, 12_000))
    if (world.elapsedMs > powerAt) {
      powerAt = world.elapsedMs + random.integer(60_000, 120_000)
      cutPower(world, random, nodes)
    }
    const next = nextWish(random, wish, nodes)
    if (next === null) evictSome(scene, random)
    else {
      wish = next
      world.commit(contentOf(wish))
    }
  }
  // Nobody is kept out any more, and all fit.
  wish = { ...wish, drained: new Set(), cordoned: new Set(), apps: wish.apps.map((app) => ({ ...app, cpu: '200m' })) }
  world.commit(contentOf(wish))
  await world.advance(45_000)
  await settle(world, CONVERGE_LIMIT_MS)
  for (const app of wish.apps) assert.is(podsOfApp(world, app.name).length, app.replicas, `seed ${seed}`)
  await world.advance(QUIET_MS)
  const { length } = scene.departures
  await world.advance(QUIET_MS)
  assert.is(scene.departures.length, length, `seed ${seed}: it had come to rest`)
  await settle(world)
}

const disruption = suite('disruption at random')
for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) disruption(`seed ${seed}`, () => runSeed(seed))
disruption.run()
