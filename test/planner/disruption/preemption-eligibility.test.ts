/**
 * Which pod may preempt (again), in whole passes: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/
 * defaultpreemption/default_preemption_test.go (Apache-2.0): TestPodEligibleToPreemptOthers and TestPreempt without its
 * extenders; the others are ours. Pods that are on their way out for another reason differ on purpose: there they count for
 * nothing, here their room is waited for where it is enough.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import type { Action } from '../../../src/model/plan.js'
import { deployment, image, nodeManifest, World } from '../world.js'
import { priorityClass } from './objects.js'

const HOST = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

function on(node: string): Partial<PodSpec> {
  return { nodeSelector: { [HOST]: node } }
}

function classed(name: string, priorityClassName: string, cpu: string, pod: Partial<PodSpec> = {}): DesiredObject {
  return deployment(name, { replicas: 1, cpu, pod: { priorityClassName, ...pod } })
}

/** Nodes of 5 cpu in these zones, whose pods take 20 s to stop. */
function start(...zones: readonly string[]): World {
  const world = new World()
  for (const [i, zone] of zones.entries())
    world.addNode(`n${i + 1}`, {
      images: [image('demo:1')],
      cpuMilli: 5_000,
      stopAfterMs: 20_000,
      labels: { [ZONE]: zone },
    })
  world.apply(
    priorityClass('high', 1_000),
    priorityClass('mid', 100),
    priorityClass('never', 1_000, { preemptionPolicy: 'Never' }),
    priorityClass('always', 1_000, { preemptionPolicy: 'PreemptLowerPriority' }),
  )
  return world
}

/** Victims by owner, and where, of each preemption. */
function preemptions(actions: readonly Action[]): (readonly [node: string, ...victims: string[]])[] {
  return actions.flatMap((action) =>
    action.type === 'preempt'
      ? [[action.node, ...action.victims.map(({ owner }) => owner.replace(/.*\//, '')).sort()] as const]
      : [],
  )
}

const eligibility = suite('preemption: who may')

/** TestPreempt: two small ones on n1, one of its own priority on n2, a middling one on n3. */
function three(): World {
  const world = start('a', 'a', 'a')
  world.apply(
    deployment('p11', { replicas: 1, cpu: '1', pod: on('n1') }),
    deployment('p12', { replicas: 1, cpu: '1', pod: on('n1') }),
    classed('p21', 'high', '3', on('n2')),
    classed('p31', 'mid', '2', on('n3')),
  )
  world.run(4_000)
  return world
}

for (const [name, priorityClassName, expected] of [
  ['basic preemption logic', 'always', [['n1', 'p11', 'p12']]],
  ['no preempting in pod', 'never', []],
  ['PreemptionPolicy is nil', 'high', [['n1', 'p11', 'p12']]],
] as const)
  eligibility(name, () => {
    const world = three()
    world.apply(classed('p', priorityClassName, '5'))
    assert.equal(preemptions(world.run(3_000)), expected)
  })

eligibility('preemption for topology spread constraints', () => {
  const world = start('zone1', 'zone1', 'zone2')
  const labels = { foo: '' }
  const held = (name: string, priorityClassName: string | undefined, node: string): DesiredObject =>
    deployment(name, { replicas: 1, labels, pod: { ...(priorityClassName && { priorityClassName }), ...on(node) } })
  world.apply(
    held('a1', 'high', 'n1'),
    held('a2', 'high', 'n1'),
    held('b1', undefined, 'n2'),
    held('x1', 'high', 'n3'),
    held('x2', 'high', 'n3'),
  )
  world.run(4_000)
  const labelSelector = { matchExpressions: [{ key: 'foo', operator: 'Exists' }] }
  const even = { maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector }
  const topologySpreadConstraints = [
    { ...even, topologyKey: ZONE },
    { ...even, topologyKey: HOST },
  ]
  world.apply(deployment('p', { replicas: 1, labels, pod: { priorityClassName: 'high', topologySpreadConstraints } }))
  assert.equal(preemptions(world.run(3_000)), [['n2', 'b1']])
})

/** Both nodes are full of pods of no class; a high one has preempted on n1. */
function nominated(): World {
  const world = start('a', 'a')
  world.apply(classed('kept', 'mid', '4', on('n2')), deployment('low', { replicas: 1, cpu: '4', pod: on('n1') }))
  world.run(4_000)
  world.apply(classed('p', 'high', '3'))
  assert.equal(preemptions(world.run(1_000)), [['n1', 'low']])
  return world
}

eligibility('preemption victim pod terminating: not again', () => {
  const world = nominated()
  assert.equal(preemptions(world.run(5_000)), [])
})

eligibility('pod with nominated node that is unresolvable since: again', () => {
  const world = nominated()
  world.apply(nodeManifest('n1', { unschedulable: true }))
  assert.equal(preemptions(world.run(5_000)), [['n2', 'kept']])
})

eligibility('pod with nominated node that is gone: again', () => {
  const world = nominated()
  world.agents.get('n1')!.silentSince = world.now
  assert.equal(preemptions(world.run(5_000)), [['n2', 'kept']])
})

for (const [name, cpu, expected] of [
  ['non-victim pods terminating, with room enough: waits, unlike there', '3', []],
  ['non-victim pods terminating, with too little room: preempts', '5', [['n2', 'kept']]],
] as const)
  eligibility(name, () => {
    const world = start('a', 'a')
    world.apply(
      classed('kept', 'mid', '4', on('n2')),
      deployment('low', { replicas: 1, cpu: '3', pod: on('n1') }),
      classed('own', 'high', '1', on('n1')),
    )
    world.run(4_000)
    world.apply(deployment('low', { replicas: 0, cpu: '3', pod: on('n1') }))
    world.run(1_000)
    world.apply(classed('p', 'high', cpu))
    assert.equal(preemptions(world.run(3_000)), expected)
  })

eligibility.run()
