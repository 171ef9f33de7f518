/**
 * All rules at once: random commits of pods with affinity, spread, ports, taints, gates, priorities and budgets, hard defaults
 * in the profile, small subnets, drains, silence and rebalancing. Every pass equals a pass from nothing and the checker finds
 * nothing (world.ts looks at both), and what is said of a pod that waits is a sentence with a reason and an end.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ClusterConfiguration } from '../../src/model/cluster-configuration.js'
import type { DesiredObject } from '../../src/model/desired-state.js'
import type { PodSpec, Taint } from '../../src/model/generated/kubernetes.js'
import { budget, priorityClass } from './disruption/objects.js'
import { deployment, image, nodeManifest, podManifest, World } from './world.js'

const HOST = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

const mixed = suite('mixed rules')

function sometimes<T>(arbitrary: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: weight })
}

const app = fc.integer({ min: 0, max: 4 }).map((i) => `d${i}`)
const tier = fc.constantFrom('a', 'b')
const topologyKey = fc.constantFrom(HOST, ZONE)
const term = fc.record({
  topologyKey: fc.constantFrom(HOST, ZONE, 'rack'),
  labelSelector: fc.oneof(
    app.map((value) => ({ matchLabels: { app: value } })),
    tier.map((value) => ({ matchLabels: { tier: value } })),
    fc.constant({}),
  ),
})
const required = term.map((item) => ({ requiredDuringSchedulingIgnoredDuringExecution: [item] }))
const disk = fc.constantFrom('In', 'NotIn').map((operator) => ({
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator, values: ['ssd'] }] }],
  },
}))
const spread = fc.record({
  maxSkew: fc.constantFrom(1, 2),
  topologyKey,
  whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
  labelSelector: app.map((value) => ({ matchLabels: { app: value } })),
})
const affinity = fc.record(
  { podAffinity: required, podAntiAffinity: required, nodeAffinity: disk },
  { requiredKeys: [] },
)
const pod = fc
  .record({
    priorityClassName: sometimes(fc.constantFrom('gold', 'silver', 'bronze', 'patient'), 1),
    topologySpreadConstraints: sometimes(
      spread.map((item) => [item]),
      2,
    ),
    affinity: sometimes(affinity, 2),
    tolerations: sometimes(fc.constant([{ key: 'gpu', operator: 'Exists' }]), 4),
    nodeSelector: sometimes(fc.constant({ disk: 'ssd' }), 6),
    schedulingGates: sometimes(fc.constant([{ name: 'example.com/wait' }]), 8),
  })
  .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)))

const workload: fc.Arbitrary<DesiredObject> = fc
  .record({
    name: app,
    replicas: fc.integer({ min: 0, max: 6 }),
    cpu: fc.constantFrom('0', '100m', '500m', '1', '1500m'),
    image: fc.constantFrom('demo:1', 'demo:2'),
    tier,
    hostPort: sometimes(fc.constantFrom(80, 81), 6),
    pod,
  })
  .map(({ name, replicas, cpu, image: of, tier: value, hostPort, pod: fields }) =>
    deployment(name, {
      replicas,
      cpu,
      image: of,
      labels: { tier: value },
      pod: fields as Partial<PodSpec>,
      ...(hostPort !== undefined && { container: { ports: [{ containerPort: 80, hostPort }] } }),
    }),
  )

type Step = (world: World) => void

const silence = fc.nat(4).map(
  (i): Step =>
    (world) => {
      const agent = [...world.agents.values()][i % world.agents.size]!
      agent.silentSince = agent.silentSince === null ? world.now : null
    },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: workload.map(
      (object): Step =>
        (world) =>
          world.apply(object),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(app, fc.constantFrom({ minAvailable: 1 }, { maxUnavailable: 1 }, { minAvailable: '50%' })).map(
      ([name, spec]): Step =>
        (world) =>
          world.apply(budget(name, spec)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean(), fc.boolean()).map(
      ([i, unschedulable, isDraining]): Step =>
        (world) => {
          world.apply(nodeManifest(`n${i}`, { unschedulable }, isDraining ? { 'headway.dev/drain': 'true' } : {}))
        },
    ),
  },
  { weight: 2, arbitrary: silence },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((world) => world.apply(podManifest('alone', { priorityClassName: 'gold' }))),
  },
)

const node = fc.record({
  cpuMilli: fc.constantFrom(1_000, 2_000, 4_000),
  disk: fc.constantFrom('ssd', 'hdd'),
  hasZone: fc.boolean(),
  stopAfterMs: fc.constantFrom(500, 3_000),
  taint: sometimes(fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'), 6),
})

const hardDefaults = topologyKey.map((key) => [
  {
    schedulerName: 'default-scheduler',
    defaultConstraints: [{ maxSkew: 2, topologyKey: key, whenUnsatisfiable: 'DoNotSchedule' as const }],
  },
])
const configuration: fc.Arbitrary<Partial<ClusterConfiguration>> = fc.record(
  {
    schedulerProfiles: hardDefaults,
    rebalancing: fc.constant({ enabled: true, movesPerMinute: 60, thresholdPercent: 10 }),
    nodePrefixLength: fc.constantFrom(24, 29),
  },
  { requiredKeys: [] },
)

/** `0/3 nodes are available: 3 Insufficient cpu`, or what else keeps a pod from the queue; nothing half said. */
const SENTENCE =
  /^(no nodes available to schedule pods|0\/\d+ nodes are available: \d+ .*[^ :;,]|scheduling is blocked by its gates: .+)$/

mixed('every pass equals a pass from nothing, is right, and says why pods wait', () => {
  fc.assert(
    fc.property(
      fc.array(node, { minLength: 2, maxLength: 5 }),
      configuration,
      fc.array(fc.tuple(step, fc.constantFrom(500, 2_000, 6_000)), { minLength: 6, maxLength: 16 }),
      (nodes, changed, steps) => {
        const world = new World()
        world.configuration = { ...world.configuration, ...changed }
        for (const [i, { cpuMilli, disk: value, hasZone, stopAfterMs, taint }] of nodes.entries()) {
          const taints: readonly Taint[] = taint === undefined ? [] : [{ key: 'gpu', effect: taint }]
          const labels = { disk: value, ...(hasZone && { [ZONE]: `z${i % 3}` }) }
          world.addNode(`n${i + 1}`, {
            images: [image('demo:1'), image('demo:2')],
            cpuMilli,
            stopAfterMs,
            taints,
            labels,
          })
        }
        world.apply(
          priorityClass('gold', 1_000),
          priorityClass('silver', 100),
          priorityClass('bronze', -5),
          priorityClass('patient', 500, { preemptionPolicy: 'Never' }),
        )
        for (const [act, ms] of steps) {
          act(world)
          world.run(ms, 500)
          for (const { on, detail } of world.last?.waiting ?? []) {
            if (on !== 'scheduling') continue
            assert.match(detail, SENTENCE)
            assert.not.match(detail, /undefined|NaN|\[object|nearest: \S+($|;|\.)/)
          }
        }
      },
    ),
    { numRuns: 24, seed: 11 },
  )
})

mixed.run()
