/**
 * The checker refuses nothing that the planner makes: random clusters with every rule between pods, several at a time, with
 * preemption, budgets, drains, taints and bound volumes. It is asked about every plan, in both scopes.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import type { PodAffinityTerm, PodSpec, TopologySpreadConstraint } from '../../../src/model/generated/kubernetes.js'
import type { Plan } from '../../../src/model/plan.js'
import { checkPlan } from '../../../src/planner/check-plan.js'
import { budget, priorityClass } from '../disruption/objects.js'
import { deployment, image, nodeManifest, World } from '../world.js'
import { claim, volume } from './volumes.js'

const ZONE = 'topology.kubernetes.io/zone'
const HOST = 'kubernetes.io/hostname'
const apps = ['a', 'b', 'c', 'd']
const nodes = ['n1', 'n2', 'n3', 'n4', 'n5']

interface Step {
  readonly text: string
  readonly run: (world: World) => void
}

const app = fc.constantFrom(...apps)
const topologyKey = fc.constantFrom(ZONE, HOST, 'rack')

const term: fc.Arbitrary<PodAffinityTerm> = fc.record(
  {
    topologyKey,
    labelSelector: fc.oneof(
      app.map((name) => ({ matchLabels: { app: name } })),
      fc.constantFrom('x', 'y').map((group) => ({ matchLabels: { group } })),
      fc.constant({}),
    ),
    matchLabelKeys: fc.constantFrom(['app'], ['pod-template-hash'], ['group', 'app']),
    mismatchLabelKeys: fc.constantFrom(['app'], ['group']),
    namespaceSelector: fc.constantFrom({}, { matchLabels: { team: 'core' } }),
  },
  { requiredKeys: ['topologyKey', 'labelSelector'] },
)

const constraint: fc.Arbitrary<TopologySpreadConstraint> = fc.record(
  {
    topologyKey,
    maxSkew: fc.integer({ min: 1, max: 2 }),
    whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'DoNotSchedule', 'ScheduleAnyway'),
    labelSelector: fc.oneof(
      app.map((name) => ({ matchLabels: { app: name } })),
      fc.constantFrom('x', 'y').map((group) => ({ matchLabels: { group } })),
    ),
    minDomains: fc.integer({ min: 1, max: 4 }),
    matchLabelKeys: fc.constantFrom(['app'], ['pod-template-hash']),
    nodeAffinityPolicy: fc.constantFrom('Honor', 'Ignore'),
    nodeTaintsPolicy: fc.constantFrom('Honor', 'Ignore'),
  },
  { requiredKeys: ['topologyKey', 'maxSkew', 'whenUnsatisfiable', 'labelSelector'] },
)

const zones = fc.subarray(['z1', 'z2', 'z3'], { minLength: 1 })

const spec: fc.Arbitrary<Partial<PodSpec>> = fc
  .record({
    spread: fc.array(constraint, { maxLength: 2 }),
    affinity: fc.array(term, { maxLength: 1 }),
    antiAffinity: fc.array(term, { maxLength: 1 }),
    zones: fc.option(zones, { freq: 4 }),
    isTolerant: fc.boolean(),
    priorityClassName: fc.constantFrom('', '', 'silver', 'gold', 'patient'),
    hostPort: fc.constantFrom(0, 0, 0, 80),
    isBound: fc.constantFrom(false, false, false, true),
  })
  .map((options) => ({
    ...(options.spread.length > 0 && { topologySpreadConstraints: options.spread }),
    ...(options.priorityClassName !== '' && { priorityClassName: options.priorityClassName }),
    ...(options.isTolerant && { tolerations: [{ key: 'only', operator: 'Exists' as const }] }),
    ...(options.isBound && {
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    }),
    affinity: {
      ...(options.zones !== null && {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: options.zones }] }],
          },
        },
      }),
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: options.affinity },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: options.antiAffinity },
    },
  }))

const workload = fc.record({
  name: app,
  replicas: fc.integer({ min: 1, max: 7 }),
  cpu: fc.constantFrom('250m', '500m', '1'),
  group: fc.constantFrom('x', 'y'),
  pod: spec,
  maxSurge: fc.integer({ min: 1, max: 3 }),
})

function step(text: unknown, run: (world: World) => void): Step {
  return { text: JSON.stringify(text), run }
}

const change: fc.Arbitrary<Step> = fc.oneof(
  // One commit may change several: their pods wait in one queue.
  {
    weight: 6,
    arbitrary: fc
      .array(workload, { minLength: 1, maxLength: 3 })
      .map((all) =>
        step(all, (world) =>
          world.apply(...all.map((item) => deployment(item.name, { ...item, labels: { group: item.group } }))),
        ),
      ),
  },
  app.map((name) => step(['remove', name], (world) => world.remove(`Deployment.apps/default/${name}`))),
  fc
    .record({ name: app, minAvailable: fc.constantFrom<number | string>(0, 1, 2, '50%', '100%') })
    .map((options) => step(options, (world) => world.apply(budget(options.name, options)))),
  fc
    .record({
      node: fc.constantFrom(...nodes),
      drain: fc.constantFrom(false, false, true),
      taint: fc.constantFrom('', '', 'NoSchedule', 'NoExecute', 'PreferNoSchedule'),
    })
    .map((options) =>
      step(options, (world) => {
        const taints = options.taint === '' ? [] : [{ key: 'only', effect: options.taint }]
        const annotations = options.drain ? { 'headway.dev/drain': 'true' } : {}
        world.apply(nodeManifest(options.node, { unschedulable: options.drain, taints }, annotations))
      }),
    ),
  fc.constantFrom(...nodes).map((name) =>
    step(['silence', name], (world) => {
      const agent = world.agents.get(name)!
      agent.silentSince = agent.silentSince === null ? world.now : null
    }),
  ),
  {
    weight: 3,
    arbitrary: fc.constantFrom(500, 2_000, 9_000).map((ms) =>
      step(['run', ms], (world) => {
        world.run(ms, 1_000)
      }),
    ),
  },
)

/** Pods of little priority wherever there is room. */
function fill(world: World): void {
  const low = deployment('low', { replicas: 12, cpu: '250m', labels: { group: 'x' } })
  const silver = { priorityClassName: 'silver' }
  world.apply(
    low,
    deployment('mid', { replicas: 4, cpu: '500m', pod: silver, labels: { group: 'y' } }),
    budget('low', { minAvailable: 9 }),
  )
  world.run(4_000)
}

/** What the plans did that were looked at. */
const met = { binds: 0, preempts: 0, nominated: 0 }

/** Every plan is judged, and made once only: that a kept index gives the same is another test's subject. */
class JudgedWorld extends World {
  override isComparing = false

  override pass(): Plan {
    const input = this.input()
    const plan = super.pass()
    for (const scope of ['all', 'touched'] as const) assert.equal(checkPlan(input, plan, scope), [], scope)
    met.binds += plan.actions.filter(({ type }) => type === 'bind-pod').length
    met.preempts += plan.actions.filter(({ type }) => type === 'preempt').length
    met.nominated += plan.delta.pending?.filter((pod) => pod.nominatedNode !== undefined).length ?? 0
    return plan
  }
}

function start(cpuMilli: number): World {
  const world = new JudgedWorld()
  for (const [i, name] of nodes.entries())
    world.addNode(name, {
      cpuMilli,
      images: [image('demo:1')],
      labels: { ...(i < 4 && { [ZONE]: `z${1 + (i % 3)}` }), ...(i % 2 === 0 && { rack: 'r' }) },
    })
  const objects: DesiredObject[] = [
    priorityClass('gold', 1_000),
    priorityClass('silver', 100),
    priorityClass('patient', 1_000, { preemptionPolicy: 'Never' }),
    claim('data', 'v1'),
    volume('v1', { zones: 'z1__z2' }),
  ]
  world.apply(...objects)
  world.run(1_000)
  return world
}

const realPlans = suite('plans as they are made')

for (const [name, steps, seed, cpuMilli] of [
  ['small changes', { minLength: 3, maxLength: 10 }, 7, 2_000],
  ['long histories', { minLength: 10, maxLength: 20 }, 11, 2_000],
  ['full nodes', { minLength: 3, maxLength: 8 }, 13, 1_000],
] as const)
  realPlans(`the checker refuses none: ${name}`, () => {
    const details = fc.check(
      fc.property(fc.array(change, steps), (changes) => {
        const world = start(cpuMilli)
        if (cpuMilli === 1_000) fill(world)
        for (const item of changes) {
          item.run(world)
          world.settle()
        }
      }),
      {
        numRuns: Number(process.env['RUNS'] ?? (steps.maxLength > 10 ? 6 : 15)),
        seed: Number(process.env['SEED'] ?? seed),
      },
    )
    if (!details.failed) return
    const failed = details.counterexample?.[0].map((item) => item.text).join('\n')
    throw new Error(`seed ${details.seed}\n${failed}\n${describe(details.errorInstance)}`)
  })

realPlans('the histories hold what it is about', () => {
  const { binds, preempts, nominated } = met
  if (process.env['RUNS']) console.log(JSON.stringify(met))
  assert.ok(binds > 100 && preempts > 10 && nominated > 10, JSON.stringify(met))
})

/** Assertions of uvu carry what differs in a field of their own. */
function describe(error: unknown): string {
  return error instanceof Error ? `${error.stack}\n${Reflect.get(error, 'details') ?? ''}` : String(error)
}

realPlans.run()
