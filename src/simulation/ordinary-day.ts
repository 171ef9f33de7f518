/**
 * A day in the life of a cluster, from a seed: people commit, revert and break things, hosts and processes fail. It ends
 * with everything whole again, when the cluster must converge and planning again must change nothing.
 */
import { makeRandom, type Random } from '../base/random.js'
import { isEmptyPlan } from '../model/plan.js'
import { describePlan } from './describe-plan.js'
import { type ImageProfile, makeImage } from './image-profile.js'
import type { WrittenManifest } from './simulated-git.js'
import { createWorld, type World } from './world.js'

export interface DayOptions {
  readonly seed: number
  readonly nodes: number
  readonly minutes: number
  readonly onLine?: (line: string) => void
}

const NAMES = ['web', 'api', 'worker', 'mail', 'search']
const GOOD = ['app:1', 'app:2', 'app:3', 'app:slow', 'app:stubborn']
const BROKEN = ['app:missing', 'app:never-ready', 'app:crash-loop']
/** What the repository must hold in the end takes this long at the most: a grace period, back-offs and a dead host. */
const CONVERGE_LIMIT_MS = 15 * 60_000

const images: readonly ImageProfile[] = [
  makeImage('app:1'),
  makeImage('app:2'),
  makeImage('app:3', { found: 'registry' }),
  makeImage('app:slow', { readyAfterMs: 6_000 }),
  makeImage('app:stubborn', { stopMs: null }),
  makeImage('app:missing', { found: 'nowhere' }),
  makeImage('app:never-ready', { readyAfterMs: null }),
  makeImage('app:crash-loop', { ending: { type: 'exits', afterMs: 500, code: 1 } }),
]

interface App {
  readonly name: string
  readonly image: string
  readonly replicas: number
  readonly colour: number
}

/** Runs the day to its end; throws SimulationError when something that must hold does not. */
export async function runOrdinaryDay(options: DayOptions): Promise<World> {
  const nodes = Array.from({ length: options.nodes }, (_, i) => ({ name: `node${i + 1}` }))
  const { seed, onLine } = options
  const world = createWorld({ seed, nodes, images, ...(onLine === undefined ? {} : { onLine }) })
  const day = new OrdinaryDay(
    world,
    makeRandom(seed).split('day'),
    nodes.map((node) => node.name),
  )
  await day.run(options.minutes * 60_000)
  return world
}

class OrdinaryDay {
  private apps: readonly App[]
  private commits = 0
  private readonly broken = new Set<string>()

  constructor(
    private readonly world: World,
    private readonly random: Random,
    private readonly nodes: readonly string[],
  ) {
    this.apps = NAMES.map((name) => ({ name, image: 'app:1', replicas: random.integer(1, 4), colour: 0 }))
  }

  async run(lengthMs: number): Promise<void> {
    const { world, random } = this
    this.commit()
    while (world.elapsedMs < lengthMs) {
      await world.advance(random.integer(200, 30_000))
      this.happen()
    }
    await this.end()
  }

  private happen(): void {
    const { world, random } = this
    const node = random.pick(this.nodes)
    const roll = random.next()
    if (roll < 0.35) this.change({ image: random.pick(GOOD) })
    else if (roll < 0.45) this.change({ replicas: random.integer(0, 6) })
    else if (roll < 0.55) this.change({ colour: random.integer(0, 3) })
    else if (roll < 0.65) this.change({ image: random.pick(BROKEN) })
    else if (roll < 0.7 && this.commits > 1) world.revert()
    else if (roll < 0.78) world.crashAgent(node, random.integer(100, 8_000))
    else if (roll < 0.84) world.crashManager({ downMs: random.integer(100, 10_000) })
    else if (roll < 0.87) world.crashManager({ downMs: random.integer(100, 10_000), store: 'lost' })
    else if (roll < 0.93) this.breakHost(node, 'power')
    else this.breakHost(node, 'cable')
  }

  /** One host at a time, and it comes back. */
  private breakHost(node: string, what: 'power' | 'cable'): void {
    const { world, random } = this
    if (this.broken.size > 0) return
    this.broken.add(node)
    if (what === 'power') world.killNode(node)
    else world.cutNode(node)
    world.later(random.integer(500, 60_000), () => {
      if (what === 'power') world.bootNode(node)
      else world.healNode(node)
      this.broken.delete(node)
    })
  }

  private change(change: Partial<App>): void {
    const { name } = this.random.pick(this.apps)
    this.apps = this.apps.map((app) => (app.name === name ? { ...app, ...change } : app))
    this.commit()
  }

  private commit(): void {
    this.commits++
    this.world.commit(this.apps.flatMap(manifestsOf), { subject: `change ${this.commits}` })
  }

  /** Everything good and whole again: then all must come to rest. */
  private async end(): Promise<void> {
    const { world } = this
    this.apps = this.apps.map((app) => ({ ...app, image: BROKEN.includes(app.image) ? 'app:1' : app.image }))
    this.commit()
    await world.runUntil('the last repair', 120_000, () => this.broken.size === 0)
    await world.converge(CONVERGE_LIMIT_MS)
    await world.advance(60_000)
    const running = [...world.running().values()].reduce((sum, containers) => sum + containers.length, 0)
    const wanted = this.apps.reduce((sum, app) => sum + app.replicas, 0)
    if (running !== wanted) throw world.failure(`${running} containers run, the repository says ${wanted}`)
    const plan = world.planAgain()
    if (!isEmptyPlan(plan)) throw world.failure(`planning again is not empty:\n${describePlan(plan).join('\n')}`)
  }
}

function manifestsOf({ name, image, replicas, colour }: App): readonly WrittenManifest[] {
  const container = {
    name: 'main',
    image,
    envFrom: [{ configMapRef: { name } }],
    readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
  }
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { colour: `${colour}` } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { terminationGracePeriodSeconds: 10, containers: [container] },
        },
      },
    },
  ]
}
