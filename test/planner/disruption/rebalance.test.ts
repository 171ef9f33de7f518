/** Rebalancing: off by default, at its rate, explained, never below what serves, and it stops. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Action } from '../../../src/model/plan.js'
import { type DeploymentOptions, deployment, image, nodeManifest, World } from '../world.js'
import { budget } from './objects.js'

const images = [image('demo:1')]

function start(nodes: number, isOn = true, movesPerMinute = 60): World {
  const world = new World()
  world.configuration = {
    ...world.configuration,
    rebalancing: { enabled: isOn, movesPerMinute, thresholdPercent: 10 },
  }
  for (let i = 1; i <= nodes; i++) world.addNode(`n${i}`, { images, cpuMilli: 4_000 })
  return world
}

function moves(actions: readonly Action[]) {
  return actions.filter((action) => action.type === 'rebalance')
}

function counts(world: World): number[] {
  return [...world.planned.nodes.values()].map((node) => node.pods.length)
}

const rebalance = suite('rebalancing')

rebalance('after a host joins load comes to it, pod by pod, and then nothing moves', () => {
  const world = start(2)
  for (const name of ['web', 'api']) world.apply(deployment(name, { replicas: 6, cpu: '500m', memory: '500Mi' }))
  world.run(5_000)
  world.addNode('n3', { images, cpuMilli: 4_000 })
  const found: Action[] = []
  let fewest = 12
  for (let i = 0; i < 40; i++) {
    found.push(...moves(world.run(1_000, 500)))
    fewest = Math.min(fewest, world.pods().filter((pod) => serves(world, pod.uid)).length)
  }
  assert.ok(fewest >= 12, `${fewest} served`)
  const spread = counts(world)
  assert.ok(Math.max(...spread) - Math.min(...spread) <= 1, spread.join())
  assert.ok(found.length >= 3 && found.length <= 4, `${found.length} moves`)
  const [first] = found
  assert.match(
    first?.type === 'rebalance' ? first.reason : '',
    /^n\d \(6 pods, \d+ % asked for\) to n3 \(0 pods, 0 % asked for\) brings/,
  )
  assert.equal(moves(world.run(120_000, 5_000)), [])
})

function serves(world: World, uid: string): boolean {
  const pod = world.pods().find((item) => item.uid === uid)
  if (pod?.node == null || (pod.stop !== null && pod.stop.phase !== 'replacing')) return false
  return world.agents.get(pod.node)?.last?.pods.get(uid)?.ready === true
}

rebalance('off, nothing moves', () => {
  const world = start(2, false)
  world.apply(deployment('web', { replicas: 12, cpu: '500m' }))
  world.run(5_000)
  world.addNode('n3', { images, cpuMilli: 4_000 })
  assert.equal(moves(world.run(60_000, 2_000)), [])
})

rebalance('never faster than its rate', () => {
  const world = start(2, true, 2)
  world.apply(deployment('web', { replicas: 12, cpu: '500m' }))
  world.run(5_000)
  world.addNode('n3', { images, cpuMilli: 4_000 })
  const first = moves(world.run(29_000, 1_000)).length
  assert.is(first, 1)
  assert.is(moves(world.run(30_000, 1_000)).length, 1)
})

rebalance('a lifted cordon brings load back, within the budget', () => {
  const world = start(3)
  world.apply(
    deployment('web', { replicas: 9, cpu: '500m' }),
    budget('web', { maxUnavailable: 0 }),
    nodeManifest('n3', { unschedulable: true }),
  )
  world.run(5_000)
  assert.is(counts(world)[2], 0)
  world.apply(nodeManifest('n3', {}))
  world.run(60_000, 1_000)
  assert.ok((counts(world)[2] ?? 0) >= 2, counts(world).join())
})

for (const [name, budgets, isMoved] of [
  ['one down at most', [budget('web', { maxUnavailable: 1 })], true],
  ['none down', [budget('web', { maxUnavailable: 0 })], true],
  ['as many as there are', [budget('web', { minAvailable: 8 })], true],
  ['one more than there are', [budget('web', { minAvailable: 9 })], false],
  ['neither bound', [budget('web', {})], false],
  ['two budgets', [budget('a', { minAvailable: 1 }, 'web'), budget('b', { minAvailable: 1 }, 'web')], false],
  ['a budget over others', [budget('other', { maxUnavailable: 0 })], true],
] as const)
  rebalance(`a move begins only if it can end: ${name}`, () => {
    const world = start(2)
    world.apply(deployment('web', { replicas: 8, cpu: '500m' }), ...budgets)
    world.run(5_000)
    world.addNode('n3', { images, cpuMilli: 4_000 })
    assert.is(moves(world.run(30_000, 1_000)).length > 0, isMoved)
    assert.is((counts(world)[2] ?? 0) > 0, isMoved)
    assert.equal(world.last?.waiting, [])
  })

rebalance('a move that a new budget will never let end is taken back', () => {
  const world = start(2)
  world.apply(deployment('web', { replicas: 8, cpu: '500m' }))
  world.run(5_000)
  world.addNode('n3', { images, cpuMilli: 4_000, readyAfterMs: 5_000 })
  for (let i = 0; i < 20 && !world.pods().some((pod) => pod.stop?.reason === 'rebalance'); i++) world.run(500, 500)
  assert.ok(world.pods().some((pod) => pod.stop?.phase === 'replacing'))
  world.apply(budget('web', { minAvailable: 9 }))
  world.run(20_000, 1_000)
  assert.is(world.pods().length, 8)
  assert.ok(world.pods().every((pod) => pod.stop === null))
  assert.equal(world.last?.waiting, [])
})

/** n1 in zone a has three pods that cannot go; n2 in zone b has nothing but what is asked for here. */
function zoned(maxSkew: number): World {
  const world = start(0)
  const ZONE = 'topology.kubernetes.io/zone'
  world.addNode('n1', { images, cpuMilli: 4_000, labels: { [ZONE]: 'a' } })
  world.addNode('n2', { images, cpuMilli: 4_000, labels: { [ZONE]: 'b' } })
  const labelSelector = { matchLabels: { app: 'web' } }
  const even = { maxSkew, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector }
  world.apply(
    deployment('web', { replicas: 2, cpu: '200m', pod: { topologySpreadConstraints: [even] } }),
    deployment('fixed', { replicas: 3, cpu: '900m', pod: { nodeSelector: { 'kubernetes.io/hostname': 'n1' } } }),
  )
  return world
}

rebalance('a pod is not moved whose replacement would come back to the same node', () => {
  const world = zoned(1)
  assert.equal(moves(world.run(60_000, 1_000)), [])
  assert.equal(counts(world), [4, 1])
})

rebalance('one that may go is moved once', () => {
  const world = zoned(2)
  assert.ok(moves(world.run(60_000, 1_000)).length <= 1)
  assert.equal(counts(world), [3, 2])
  assert.equal(moves(world.run(60_000, 1_000)), [])
})

const ZONE = 'topology.kubernetes.io/zone'

/** Nodes n1, n2 … in zones by these letters, where no difference of loads is large enough for a move. */
function inZones(zones: string): World {
  const world = start(0)
  world.configuration = {
    ...world.configuration,
    rebalancing: { enabled: true, movesPerMinute: 60, thresholdPercent: 100 },
  }
  for (const [i, zone] of [...zones].entries()) join(world, i + 1, zone)
  return world
}

function join(world: World, i: number, zone: string): void {
  world.addNode(`n${i}`, { images, cpuMilli: 4_000, labels: { [ZONE]: zone } })
}

function evenly(maxSkew: number, whenUnsatisfiable: string, change: DeploymentOptions['pod'] = {}): DeploymentOptions {
  const labelSelector = { matchLabels: { app: 'web' } }
  return {
    pod: { topologySpreadConstraints: [{ maxSkew, topologyKey: ZONE, whenUnsatisfiable, labelSelector }], ...change },
  }
}

const notInC = {
  key: ZONE,
  operator: 'NotIn',
  values: ['c'],
}

for (const [name, options, after, moved] of [
  ['a soft skew above what is allowed', { replicas: 6, ...evenly(1, 'ScheduleAnyway') }, [2, 2, 2], 2],
  ['a hard one', { replicas: 6, ...evenly(1, 'DoNotSchedule') }, [2, 2, 2], 2],
  ['a skew of just as much as is allowed', { replicas: 4, ...evenly(2, 'ScheduleAnyway') }, [2, 2, 0], 0],
  ['one more than is allowed', { replicas: 6, ...evenly(2, 'ScheduleAnyway') }, [3, 2, 1], 1],
  ['the default for hosts', { replicas: 8 }, [4, 3, 1], 1],
  ['just within the default for hosts', { replicas: 6 }, [3, 3, 0], 0],
  [
    'a zone that is not for it',
    {
      replicas: 6,
      ...evenly(1, 'ScheduleAnyway', {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [notInC] }] },
          },
        },
      }),
    },
    [3, 3, 0],
    0,
  ],
] as const)
  rebalance(`after a zone joins pods that ask for nothing get even: ${name}`, () => {
    const world = inZones('ab')
    world.apply(deployment('web', options))
    world.run(5_000)
    join(world, 3, 'c')
    const found = moves(world.run(60_000, 1_000))
    assert.equal(counts(world).sort().reverse(), [...after].sort().reverse())
    assert.is(found.length, moved)
    if (moved === 0) return
    const [first] = found
    assert.match(
      first?.type === 'rebalance' ? first.reason : '',
      /^deployment\/web gets more even: it has \d in \S+=\w+ and 0 in \S+=\w+, where \d more (is|are) allowed$/,
    )
    assert.is(first?.type === 'rebalance' && first.to, 'n3')
    assert.equal(moves(world.run(120_000, 5_000)), [])
  })

rebalance('a zone that returns gets its pods back, within the budget', () => {
  const world = inZones('abc')
  world.apply(deployment('web', { replicas: 6, ...evenly(1, 'ScheduleAnyway') }), budget('web', { maxUnavailable: 0 }))
  world.run(5_000)
  assert.equal(counts(world), [2, 2, 2])
  world.agents.get('n3')!.silentSince = world.now
  world.run(30_000, 1_000)
  assert.equal(counts(world).slice(0, 2), [3, 3])
  world.agents.get('n3')!.silentSince = null
  world.run(60_000, 1_000)
  assert.equal(counts(world), [2, 2, 2])
  assert.equal(world.last?.waiting, [])
})

rebalance('many owners that cannot be mended keep nobody from its turn', () => {
  const world = inZones('ab')
  // Both pods on n1, where their selector holds them, and a rule that looks at all hosts.
  const host = 'kubernetes.io/hostname'
  const stuck = Array.from({ length: 20 }, (_, i) => {
    const labelSelector = { matchLabels: { app: `a${i + 10}` } }
    const rule = { maxSkew: 1, topologyKey: host, whenUnsatisfiable: 'ScheduleAnyway', nodeAffinityPolicy: 'Ignore' }
    const topologySpreadConstraints = [{ ...rule, labelSelector }]
    return deployment(`a${i + 10}`, { replicas: 2, pod: { nodeSelector: { [host]: 'n1' }, topologySpreadConstraints } })
  })
  world.apply(...stuck, deployment('web', { replicas: 6, ...evenly(1, 'ScheduleAnyway') }))
  world.run(5_000)
  join(world, 3, 'c')
  world.run(200_000, 2_000)
  const where = world.pods().filter(({ workload }) => workload.endsWith('/web'))
  assert.is(where.filter(({ node }) => node === 'n3').length, 2)
})

rebalance('a move for the load breaks no spread', () => {
  const world = inZones('aab')
  world.configuration = {
    ...world.configuration,
    rebalancing: { enabled: true, movesPerMinute: 60, thresholdPercent: 10 },
  }
  world.apply(deployment('web', { replicas: 6, cpu: '500m', ...evenly(1, 'ScheduleAnyway') }))
  world.run(60_000, 1_000)
  const [n1 = 0, n2 = 0, n3 = 0] = counts(world)
  assert.is(n1 + n2, n3)
})

const labelSelector = { matchLabels: { tier: 'web' } }
const topologyKey = 'kubernetes.io/hostname'
/** What pods ask of each other, all of one tier. */
const RULES: readonly NonNullable<DeploymentOptions['pod']>[] = [
  {},
  { topologySpreadConstraints: [{ maxSkew: 1, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector }] },
  { topologySpreadConstraints: [{ maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector }] },
  {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
      { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
    ],
  },
  {
    affinity: {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey, labelSelector } },
        ],
      },
    },
  },
  {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey, labelSelector } },
        ],
      },
    },
  },
]

rebalance('it stops, whatever runs', () => {
  const shape = fc.record({
    replicas: fc.integer({ min: 1, max: 8 }),
    cpu: fc.constantFrom('50m', '250m', '700m'),
    memory: fc.constantFrom('10Mi', '300Mi', '1Gi'),
    pod: fc.constantFrom(...RULES),
  })
  fc.assert(
    fc.property(
      fc.array(shape, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(1_000, 2_000, 4_000, 8_000),
      (shapes, cpuMilli) => {
        const world = inZones('aa')
        world.configuration = {
          ...world.configuration,
          rebalancing: { enabled: true, movesPerMinute: 60, thresholdPercent: 10 },
        }
        world.apply(...shapes.map((options, i) => deployment(`d${i}`, { ...options, labels: { tier: 'web' } })))
        world.run(5_000, 1_000)
        world.addNode('n3', { images, cpuMilli, labels: { [ZONE]: 'b' } })
        world.run(60_000, 1_000)
        assert.equal(moves(world.run(60_000, 2_000)), [])
      },
    ),
    { numRuns: 32, seed: 5 },
  )
})

rebalance.run()
