/**
 * A scenario from a seed. Hosts, applications, pushes and each family of faults have streams of their own, and hosts are
 * chosen by a hash of their names, so that more of one leaves the others alone.
 */
import { hash32 } from '../../base/hash.js'
import { makeRandom, type Random } from '../../base/random.js'
import { faultFamilies } from '../faults/fault-families.js'
import type { FaultFamily } from '../faults/fault-family.js'
import { lateName } from '../faults/membership-faults.js'
import { BAD_IMAGES, GOOD_IMAGES } from './programs.js'
import type { App, Fault, Push, Scenario } from './scenario.js'

export interface ScenarioOptions {
  readonly seed: number
  readonly nodes: number
  readonly minutes: number
}

const NAMES = ['web', 'api', 'worker', 'mail', 'search'] as const
/** So much that not all of them fit: pods wait, and those of a higher priority push others away. */
const CPU_SCARCE = [400, 700, 1_100] as const
/** On average one push, and (by the seed) up to so many faults, in this time. */
const PUSH_EVERY_MS = 25_000
const FAULT_EVERY_MS = [4_000, 60_000] as const
/** The weights of all families as a seed draws them, on average; a constant, so that a new family leaves the others alone. */
const WEIGHTS = 7
/** Most faults do the most harm while something is going on: so many of them come right after a push. */
const BESIDE_PUSH = 0.4
/** Longer than any scenario. */
const GAP_MAX_MS = 1e9
const SALT_MAX = 0x7fffffff

/** What the times and places of faults are chosen from. */
interface When {
  readonly names: readonly string[]
  readonly pushes: Scenario['pushes']
  readonly lengthMs: number
}

export function makeScenario({ seed, nodes, minutes }: ScenarioOptions): Scenario {
  const random = makeRandom(seed)
  const lengthMs = minutes * 60_000
  const names = Array.from({ length: nodes }, (_, i) => `node${i + 1}`)
  const cpuRandom = random.split('hosts')
  const appRandom = random.split('apps')
  const pushes = makePushes(random.split('pushes'), names, lengthMs)
  return {
    seed,
    nodes: names.map((name) => ({ name, cpu: cpuRandom.pick(['1500m', '2', '4']) })),
    lengthMs,
    apps: NAMES.map((name) => makeApp(appRandom.split(name), name)),
    pushes,
    faults: makeFaults(random.split('faults'), { names, pushes, lengthMs }),
  }
}

function makeApp(random: Random, name: string): App {
  return {
    name,
    image: 'app:1',
    replicas: random.integer(1, 4),
    colour: 0,
    // All together, with surge, they fit even on two of the smallest hosts once everything is whole.
    cpuMilli: random.pick([20, 50, 100, 150]),
    strategy: makeStrategy(random),
    graceSeconds: random.pick([1, 5, 10]),
    hasService: random.chance(0.7),
    probeSeconds: random.pick([1, 2, 5]),
    isLivenessProbed: random.chance(0.3),
    ...makeDisruption(random.split('disruption')),
  }
}

/** What decides who goes first and how many may go at once; from a stream of its own. */
function makeDisruption(random: Random): Partial<App> {
  const bounds = [
    { minAvailable: 1 },
    { minAvailable: '50%' },
    { maxUnavailable: 1 },
    { maxUnavailable: '25%' },
  ] as const
  const hasBudget = random.chance(0.35)
  const budget = random.pick(bounds)
  const isBudgetKept = random.chance(0.3)
  const priority = random.pick(['high', 'low', null, null] as const)
  const minReadySeconds = random.pick([0, 0, 0, 3])
  const deadlineSeconds = random.pick([600, 600, 45])
  return {
    ...(hasBudget && { budget, isBudgetKept }),
    ...(priority !== null && { priority }),
    ...(minReadySeconds > 0 && { minReadySeconds }),
    ...(deadlineSeconds !== 600 && { deadlineSeconds }),
  }
}

function makeStrategy(random: Random): App['strategy'] {
  if (random.chance(0.15)) return 'recreate'
  const unavailable = random.pick([0, 0, 1, '25%', '50%'])
  return { surge: random.pick(unavailable === 0 ? [1, 2, '50%'] : [0, 1, 2, '25%']), unavailable }
}

function makePushes(random: Random, nodes: readonly string[], lengthMs: number): Scenario['pushes'] {
  const pushes: (Push & { readonly atMs: number })[] = []
  // The first commit is the scenario's own; people do not wait for it to be done.
  let atMs = random.integer(0, 2 * PUSH_EVERY_MS)
  while (atMs < lengthMs) {
    for (const push of makePush(random, nodes)) pushes.push({ ...push, atMs })
    // Now and then one follows on the heels of another.
    atMs += random.chance(0.25) ? random.integer(1, 1_500) : random.integer(1_000, 2 * PUSH_EVERY_MS)
  }
  return pushes
}

function makePush(random: Random, nodes: readonly string[]): readonly Push[] {
  const app = random.pick(NAMES)
  const roll = random.next()
  if (roll < 0.3) return [{ type: 'change', app, to: { image: random.pick(GOOD_IMAGES) } }]
  if (roll < 0.42) return [{ type: 'change', app, to: { replicas: random.integer(0, 6) } }]
  if (roll < 0.45) return [{ type: 'change', app, to: { cpuMilli: random.pick(CPU_SCARCE) } }]
  if (roll < 0.5) return [{ type: 'change', app, to: { colour: random.integer(0, 3) } }]
  if (roll < 0.62) return [{ type: 'change', app, to: { image: random.pick(BAD_IMAGES) } }]
  if (roll < 0.66) return [{ type: 'change', app, to: { strategy: makeStrategy(random) } }]
  if (roll < 0.72) return [{ type: 'revert' }]
  if (roll < 0.75) return [{ type: 'force-push', commits: random.integer(1, 3) }]
  if (roll < 0.81) return [{ type: random.chance(0.5) ? 'break' : 'mend', app }]
  if (roll < 0.85) return [{ type: 'delete', app }]
  if (roll < 0.87) return [{ type: 'delete-all' }]
  if (roll < 0.92) return [{ type: 'add', app: makeApp(random, app) }]
  if (roll < 0.94) return [{ type: 'rebalance', isOn: random.chance(0.7) }]
  return [{ type: random.chance(0.5) ? 'drain' : 'undrain', node: pickHost(random.integer(0, SALT_MAX), nodes) }]
}

interface Drawn {
  readonly fault: Omit<Fault, 'node'>
  readonly isOfNode: boolean
  readonly salt: number
}

function makeFaults(random: Random, when: When): readonly Fault[] {
  const everyMs = random.integer(...FAULT_EVERY_MS)
  const drawn = faultFamilies
    .flatMap((family) => drawFamily(random.split(family.name), family, everyMs, when))
    .sort((a, b) => a.fault.atMs - b.fault.atMs)
  const hosts = [...when.names]
  return drawn.map(({ fault, isOfNode, salt }) => {
    const node = isOfNode ? pickHost(salt, hosts) : null
    if (fault.family === 'membership' && node === null && !hosts.includes(lateName(fault.amount)))
      hosts.push(lateName(fault.amount))
    return { ...fault, node }
  })
}

/** Each seed has its own mixture: some days are all network, others all crashes. */
function drawFamily(random: Random, family: FaultFamily, everyMs: number, when: When): readonly Drawn[] {
  const gapMs = Math.min(GAP_MAX_MS, (everyMs * WEIGHTS) / (family.weight * random.next() ** 2))
  const drawn: Drawn[] = []
  let clockMs = 0
  for (;;) {
    clockMs += random.integer(1, Math.ceil(gapMs * 2))
    if (clockMs >= when.lengthMs) return drawn
    const kind = choose(random, family.kinds, (item) => item.weight)
    const [low, high] = kind.amount ?? [0, 0]
    const isBesidePush = random.chance(BESIDE_PUSH)
    const besideMs = random.integer(-200, 2_500)
    const pushMs = when.pushes.findLast(({ atMs }) => atMs <= clockMs)?.atMs ?? 0
    drawn.push({
      fault: {
        family: family.name,
        kind: kind.name,
        atMs: isBesidePush ? Math.max(0, pushMs + besideMs) : clockMs,
        forMs: skewed(random, ...kind.forMs),
        amount: random.integer(low, high),
      },
      isOfNode: kind.isOfNode,
      salt: random.integer(0, SALT_MAX),
    })
  }
}

/** One of the hosts; a further host takes only its share of the choices, and leaves the others as they are. */
function pickHost(salt: number, hosts: readonly string[]): string {
  const ranks = hosts.map((name) => hash32(name, salt))
  return hosts[ranks.indexOf(Math.max(...ranks))]!
}

/** Between low and high, short ones more often. */
function skewed(random: Random, low: number, high: number): number {
  return Math.round(low + (high - low) * random.next() ** 2)
}

function choose<T>(random: Random, items: readonly T[], weight: (item: T, index: number) => number): T {
  const total = items.reduce((sum, item, i) => sum + weight(item, i), 0)
  let at = random.next() * total
  for (const [i, item] of items.entries()) {
    at -= weight(item, i)
    if (at < 0) return item
  }
  return items.at(-1)!
}
