/**
 * The kept index is a cache and nothing more: under any sequence of commits, failures and reports every pass gives the plan
 * that a pass from nothing gives, the checker finds nothing, and when the world is left alone everything converges.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodSpec } from '../../src/model/generated/kubernetes.js'
import { emptyPlannedState } from '../../src/model/planned-state.js'
import { configMap, deployment, image, nodeManifest, podManifest, service, World } from './world.js'

const names = ['a', 'b', 'c']
const nodes = ['n1', 'n2', 'n3', 'n4']

interface Step {
  readonly text: string
  readonly run: (world: World) => void
}

/** A step that a failing run can be read from. */
function asStep(...values: readonly unknown[]): (run: (world: World) => void) => Step {
  return (run) => ({ text: JSON.stringify(values), run })
}

const name = fc.constantFrom(...names)
const node = fc.constantFrom(...nodes)

/** Rules between pods that leave a place for every pod once all nodes are well. */
function ruleFor(rule: 'none' | 'spread' | 'apart', app: string): Partial<PodSpec> {
  const topologyKey = 'kubernetes.io/hostname'
  const labelSelector = { matchLabels: { app } }
  if (rule === 'spread')
    return {
      topologySpreadConstraints: [{ topologyKey, maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule', labelSelector }],
    }
  if (rule === 'none') return {}
  const others = { topologyKey, labelSelector: { matchLabels: { app: 'a' } } }
  const terms = [{ weight: 10, podAffinityTerm: { topologyKey, labelSelector } }]
  return {
    affinity: {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: terms },
      podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: others }] },
    },
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      name,
      replicas: fc.integer({ min: 0, max: 5 }),
      image: fc.constantFrom('demo:1', 'demo:2', 'other:1'),
      maxSurge: fc.integer({ min: 1, max: 2 }),
      maxUnavailable: fc.integer({ min: 0, max: 1 }),
      strategy: fc.constantFrom('RollingUpdate' as const, 'RollingUpdate' as const, 'Recreate' as const),
      cpu: fc.constantFrom('100m', '1500m'),
      takesConfig: fc.boolean(),
      rule: fc.constantFrom('none' as const, 'none' as const, 'spread' as const, 'apart' as const),
    })
    .map((options) =>
      asStep(
        'deployment',
        options,
      )((world) => {
        const container = options.takesConfig
          ? { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] }
          : {}
        const cpu = options.rule === 'none' ? options.cpu : '100m'
        world.apply(deployment(options.name, { ...options, cpu, container, pod: ruleFor(options.rule, options.name) }))
      }),
    ),
  fc.record({ name, type: fc.constantFrom('ClusterIP', 'NodePort') }).map(({ name: item, type }) =>
    asStep(
      'service',
      item,
      type,
    )((world) => {
      world.apply(service(item, { type }))
    }),
  ),
  fc.constantFrom('1', '2', '3').map((value) =>
    asStep(
      'config',
      value,
    )((world) => {
      world.apply(configMap('settings', { a: value, b: 'x' }))
    }),
  ),
  name.map((item) =>
    asStep(
      'remove',
      item,
    )((world) => {
      world.remove(`Deployment.apps/default/${item}`)
    }),
  ),
  name.map((item) =>
    asStep(
      'remove service',
      item,
    )((world) => {
      world.remove(`Service./default/${item}`)
    }),
  ),
  fc.boolean().map((isThere) =>
    asStep(
      'pod',
      isThere,
    )((world) => {
      if (isThere) world.apply(podManifest('alone'))
      else world.remove('Pod./default/alone')
    }),
  ),
  node.map((item) =>
    asStep(
      'silence',
      item,
    )((world) => {
      const agent = world.agents.get(item)!
      agent.silentSince = agent.silentSince === null ? world.now : null
    }),
  ),
  fc.record({ node, drain: fc.boolean(), taint: fc.boolean() }).map(({ node: item, drain, taint }) =>
    asStep(
      'node',
      item,
      drain,
      taint,
    )((world) => {
      const taints = taint ? [{ key: 'x', value: 'y', effect: 'NoExecute' }] : []
      world.apply(nodeManifest(item, { unschedulable: drain, taints }, drain ? { 'headway.dev/drain': 'true' } : {}))
    }),
  ),
  fc.constantFrom('demo:1', 'demo:2').map((item) =>
    asStep(
      'break',
      item,
    )((world) => {
      for (const agent of world.agents.values()) {
        if (agent.broken.has(item)) agent.broken.delete(item)
        else agent.broken.add(item)
      }
    }),
  ),
  fc.boolean().map((isAcknowledging) =>
    asStep(
      'acknowledge',
      isAcknowledging,
    )((world) => {
      for (const agent of world.agents.values()) agent.isAcknowledging = isAcknowledging
    }),
  ),
  fc.boolean().map((hasUnreadable) =>
    asStep(
      'unreadable',
      hasUnreadable,
    )((world) => {
      world.hasUnreadable = hasUnreadable
      world.commit()
    }),
  ),
  fc.constant(
    asStep('confirm')((world) => {
      world.confirmed = world.last?.brake?.hash ?? null
    }),
  ),
  fc.constant(asStep('restart')((world) => world.restart(world.planned))),
  fc.constant(
    asStep('lose the store')((world) => {
      world.restart(emptyPlannedState)
      world.isRecovering = true
      world.settle()
      world.isRecovering = false
    }),
  ),
  fc.integer({ min: 1, max: 6 }).map((age) =>
    asStep(
      'older store',
      age,
    )((world) => {
      const older = world.states.at(-age)
      if (older !== undefined) world.restart(older)
    }),
  ),
  fc.constantFrom(200, 1_000, 4_000, 9_000).map((ms) =>
    asStep(
      'run',
      ms,
    )((world) => {
      world.run(ms, 1_000)
    }),
  ),
)

/** Everything well again: silence ends, cordons go, and what waits for a person is confirmed. */
function heal(world: World): void {
  for (const agent of world.agents.values()) {
    agent.silentSince = null
    agent.isAcknowledging = true
    agent.broken.clear()
  }
  world.hasUnreadable = false
  world.apply(configMap('settings', { a: '1', b: 'x' }), ...nodes.map((item) => nodeManifest(item, {})))
  world.run(10_000, 1_000)
  world.confirmed = world.last?.brake?.hash ?? null
  world.run(60_000, 2_000)
}

const incremental = suite('incremental planning')

incremental('gives what planning from nothing gives, and converges', () => {
  const details = fc.check(
    fc.property(fc.array(step, { minLength: 3, maxLength: 14 }), (steps) => tryOut(steps)),
    {
      numRuns: 150,
      seed: 4711,
    },
  )
  const failed = details.counterexample?.[0].map((item) => item.text).join('\n')
  if (details.failed) throw new Error(`seed ${details.seed}\n${failed}\n${describe(details.errorInstance)}`)
})

/** Assertions of uvu carry what differs in a field of their own. */
function describe(error: unknown): string {
  return error instanceof Error ? `${error.stack}\n${Reflect.get(error, 'details') ?? ''}` : String(error)
}

function tryOut(steps: readonly Step[]): void {
  const world = new World()
  for (const item of nodes) world.addNode(item, { cpuMilli: 8_000, images: [image('demo:1'), image('demo:2')] })
  for (const change of steps) {
    change.run(world)
    world.settle()
  }
  heal(world)
  const wanted = [...world.objects.values()].reduce((sum, object) => {
    if (object.kind === 'Pod') return sum + 1
    if (object.kind !== 'Deployment') return sum
    return sum + ((object.manifest as { readonly spec?: { readonly replicas?: number } }).spec?.replicas ?? 1)
  }, 0)
  assert.equal(world.last?.waiting, [])
  assert.is(world.pods().length, wanted)
  assert.is(world.ready().length, wanted)
  for (const agent of world.agents.values())
    assert.is(agent.pods.size, world.planned.nodes.get(agent.name)?.pods.length ?? 0)
}

incremental.run()
