/** Each invariant is broken on purpose in an otherwise good plan, and the checker must name it. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Assignment } from '../../src/model/assignment.js'
import type { Deployment } from '../../src/model/generated/kubernetes.js'
import type { Plan, PlannedDelta } from '../../src/model/plan.js'
import {
  emptyPlannedState,
  type PlannedNode,
  type PlannedPod,
  type PlannedStop,
} from '../../src/model/planned-state.js'
import { checkPlan } from '../../src/planner/check-plan.js'
import { makePlan } from '../../src/planner/make-plan.js'
import type { PlanInput } from '../../src/planner/plan-input.js'
import { deployment, image, nodeManifest, service, World } from './world.js'

const WEB = 'Deployment.apps/default/web'

/** Three nodes that run web (3 pods, with a Service) and other (2). */
function running(): World {
  const world = new World()
  for (const name of ['n1', 'n2', 'n3'])
    world.addNode(name, { images: [image('demo:1'), image('demo:2')], cpuMilli: 2_000 })
  world.apply(
    deployment('web', { replicas: 3, cpu: '500m', container: { ports: [{ containerPort: 80, hostPort: 8_080 }] } }),
    deployment('other', { replicas: 2 }),
    service('web', { ports: [{ port: 80, targetPort: 80 }] }),
    service('more', { type: 'NodePort' }),
  )
  world.run(4_000)
  return world
}

/** A plan that does nothing yet, to be spoilt. */
function blank(world: World): { readonly input: PlanInput; readonly plan: Plan } {
  const input = world.input()
  return { input, plan: makePlan(input) }
}

function withDelta(plan: Plan, delta: Partial<PlannedDelta>): Plan {
  return { ...plan, delta: { ...plan.delta, ...delta } }
}

/** Replaces the pods of a node by what `change` makes of them, assignment included. */
function withPods(
  { input, plan }: { readonly input: PlanInput; readonly plan: Plan },
  name: string,
  change: (pods: readonly PlannedPod[]) => readonly PlannedPod[],
): Plan {
  const before = (plan.delta.nodes.get(name) ?? input.planned.nodes.get(name))!
  const node: PlannedNode = { ...before, pods: change(before.pods) }
  return withDelta(plan, { nodes: new Map([...plan.delta.nodes, [name, node]]) })
}

function stopped(pod: PlannedPod, stop: Partial<PlannedStop>): PlannedPod {
  return {
    ...pod,
    stop: { reason: 'rollout', since: 0, graceMs: 0, phase: 'stopping', networkVersion: 0, ...stop },
  }
}

function assignmentOf(world: World, name: string, change: Partial<Assignment>): Assignment {
  return { ...world.assignments.get(name)!, ...change }
}

interface Row {
  readonly name: string
  readonly invariant: string
  readonly spoil: (world: World) => { readonly input: PlanInput; readonly plan: Plan }
}

function podOf(world: World, workload: string): PlannedPod {
  return world.pods().find((pod) => pod.workload === workload)!
}

function newPod(world: World, node: string | null, change: Partial<PlannedPod> = {}): PlannedPod {
  return { ...podOf(world, WEB), uid: 'new', name: 'new', ordinal: 9, node, address: '10.244.0.250', ...change }
}

const rows: readonly Row[] = [
  {
    name: 'a plan of another parent',
    invariant: 'parent',
    spoil: (world) => {
      const { input, plan } = blank(world)
      return { input, plan: { ...plan, parent: 'other' } }
    },
  },
  {
    name: 'a generation that is not newer',
    invariant: 'generation',
    spoil: (world) => {
      const { input, plan } = blank(world)
      return { input, plan: { ...plan, generation: input.planned.generation } }
    },
  },
  {
    name: 'a node over its allocatable cpu',
    invariant: 'node-allocatable',
    spoil: (world) => {
      const good = blank(world)
      const many = [1, 2, 3, 4].map((i) =>
        newPod(world, 'n1', { uid: `new${i}`, name: `new${i}`, ordinal: 10 + i, address: `10.244.0.${240 + i}` }),
      )
      return { ...good, plan: withPods(good, 'n1', (pods) => [...pods, ...many]) }
    },
  },
  {
    name: 'two pods with one address',
    invariant: 'unique-address',
    spoil: (world) => {
      const good = blank(world)
      const address = world.planned.nodes.get('n1')!.pods[0]!.address
      return { ...good, plan: withPods(good, 'n1', (pods) => [...pods, newPod(world, 'n1', { address })]) }
    },
  },
  {
    name: 'two pods with one host port',
    invariant: 'unique-host-port',
    spoil: (world) => {
      const good = blank(world)
      return { ...good, plan: withPods(good, 'n1', (pods) => [...pods, newPod(world, 'n1')]) }
    },
  },
  {
    name: 'one pod on two nodes',
    invariant: 'unique-uid',
    spoil: (world) => {
      const good = blank(world)
      const pod = world.planned.nodes.get('n1')!.pods[0]!
      return { ...good, plan: withPods(good, 'n2', (pods) => [...pods, { ...pod, node: 'n2' }]) }
    },
  },
  {
    name: 'two pods in one place of a set',
    invariant: 'unique-identity',
    spoil: (world) => {
      const good = blank(world)
      const { ordinal } = podOf(world, WEB)
      return { ...good, plan: withDelta(good.plan, { pending: [newPod(world, null, { ordinal, address: null })] }) }
    },
  },
  {
    name: 'a pod in the list of a node it is not on',
    invariant: 'pod-node',
    spoil: (world) => {
      const good = blank(world)
      return { ...good, plan: withPods(good, 'n1', (pods) => pods.map((pod) => ({ ...pod, node: 'n2' }))) }
    },
  },
  {
    name: 'a pod of a set that is not there',
    invariant: 'pod-owner',
    spoil: (world) => {
      const good = blank(world)
      const replicaSet = 'ReplicaSet.apps/default/gone'
      return { ...good, plan: withPods(good, 'n1', (pods) => pods.map((pod) => ({ ...pod, replicaSet }))) }
    },
  },
  {
    name: 'a set that goes while its pods stay',
    invariant: 'pod-owner',
    spoil: (world) => {
      const good = blank(world)
      const { replicaSet } = podOf(world, WEB)
      return { ...good, plan: withDelta(good.plan, { replicaSets: new Map([[replicaSet, null]]) }) }
    },
  },
  {
    name: 'more pods than desired and surge',
    invariant: 'surge',
    spoil: (world) => {
      const good = blank(world)
      const pending = [7, 8].map((i) => newPod(world, null, { uid: `p${i}`, name: `p${i}`, ordinal: i, address: null }))
      return { ...good, plan: withDelta(good.plan, { pending }) }
    },
  },
  {
    name: 'fewer serving than the rollout allows',
    invariant: 'unavailable',
    spoil: (world) => {
      const good = blank(world)
      const change = (pods: readonly PlannedPod[]): PlannedPod[] =>
        pods.map((pod) => (pod.workload === WEB ? stopped(pod, { phase: 'leaving', networkVersion: 99 }) : pod))
      return { ...good, plan: withPods(good, 'n1', change) }
    },
  },
  {
    name: 'a pod on a node that nobody knows',
    invariant: 'bound-to-unheard-node',
    spoil: (world) => {
      const good = blank(world)
      const node: PlannedNode = { ...world.planned.nodes.get('n1')!, name: 'n9', pods: [newPod(world, 'n9')] }
      return { ...good, plan: withDelta(good.plan, { nodes: new Map([['n9', node]]) }) }
    },
  },
  {
    name: 'a pod on a silent node',
    invariant: 'bound-to-unheard-node',
    spoil: (world) => {
      world.agents.get('n1')!.silentSince = world.now - 5_000
      const good = blank(world)
      return { ...good, plan: withPods(good, 'n1', (pods) => [...pods, newPod(world, 'n1')]) }
    },
  },
  {
    name: 'a pod on a cordoned node',
    invariant: 'bound-against-taint',
    spoil: (world) => {
      world.apply(nodeManifest('n1', { unschedulable: true }))
      const good = blank(world)
      return { ...good, plan: withPods(good, 'n1', (pods) => [...pods, newPod(world, 'n1')]) }
    },
  },
  {
    name: 'a pod on a tainted node',
    invariant: 'bound-against-taint',
    spoil: (world) => {
      world.apply(nodeManifest('n1', { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] }))
      const good = blank(world)
      return { ...good, plan: withPods(good, 'n1', (pods) => [...pods, newPod(world, 'n1')]) }
    },
  },
  {
    name: 'a pod without an address',
    invariant: 'pod-address',
    spoil: (world) => {
      const good = blank(world)
      return { ...good, plan: withPods(good, 'n1', (pods) => [...pods, newPod(world, 'n1', { address: null })]) }
    },
  },
  {
    name: 'a deletion outside of the inventory',
    invariant: 'prune-outside-inventory',
    spoil: (world) => {
      const good = blank(world)
      return { ...good, plan: withDelta(good.plan, { inventory: new Map([['Deployment.apps/default/x', null]]) }) }
    },
  },
  {
    name: 'a deletion of what is desired',
    invariant: 'prune-desired',
    spoil: (world) => {
      const good = blank(world)
      return { ...good, plan: withDelta(good.plan, { inventory: new Map([[WEB, null]]) }) }
    },
  },
  {
    name: 'the record of a desired workload goes',
    invariant: 'prune-desired',
    spoil: (world) => {
      const good = blank(world)
      return { ...good, plan: withDelta(good.plan, { workloads: new Map([[WEB, null]]) }) }
    },
  },
  {
    name: 'a deletion while something cannot be read',
    invariant: 'prune-while-unreadable',
    spoil: (world) => {
      world.hasUnreadable = true
      world.remove(WEB)
      const good = blank(world)
      return { ...good, plan: withDelta(good.plan, { inventory: new Map([[WEB, null]]) }) }
    },
  },
  {
    name: 'pods pruned while the deletion waits',
    invariant: 'prune-held',
    spoil: (world) => {
      world.hasUnreadable = true
      world.remove(WEB)
      const good = blank(world)
      const change = (pods: readonly PlannedPod[]): PlannedPod[] =>
        pods.map((pod) => (pod.workload === WEB ? stopped(pod, { reason: 'prune', phase: 'leaving' }) : pod))
      return { ...good, plan: withPods(good, 'n1', change) }
    },
  },
  {
    name: 'an assignment with a pod that is not planned',
    invariant: 'assignment',
    spoil: (world) => {
      const good = blank(world)
      const pods = [...world.assignments.get('n1')!.pods, ...world.assignments.get('n2')!.pods]
      return { ...good, plan: { ...good.plan, assignments: [assignmentOf(world, 'n1', { pods })] } }
    },
  },
  {
    name: 'an assignment that lacks a running pod',
    invariant: 'assignment',
    spoil: (world) => {
      const good = blank(world)
      return { ...good, plan: { ...good.plan, assignments: [assignmentOf(world, 'n1', { pods: [] })] } }
    },
  },
  {
    name: 'an assignment of an older generation',
    invariant: 'generation',
    spoil: (world) => {
      const good = blank(world)
      return { ...good, plan: { ...good.plan, assignments: [assignmentOf(world, 'n1', {})] } }
    },
  },
  {
    name: 'a stop order that the agent is not told of',
    invariant: 'assignment',
    spoil: (world) => {
      const good = blank(world)
      const other = (pod: PlannedPod): boolean => pod.workload.endsWith('other')
      const name = world.pods().find(other)!.node!
      const change = (pods: readonly PlannedPod[]): PlannedPod[] =>
        pods.map((pod) => (other(pod) ? stopped(pod, { reason: 'failed' }) : pod))
      return { ...good, plan: withPods(good, name, change) }
    },
  },
  {
    name: 'a pod told to stop while it is in the endpoints',
    invariant: 'acknowledgement',
    spoil: (world) => {
      const good = blank(world)
      const change = (pods: readonly PlannedPod[]): PlannedPod[] =>
        pods.map((pod) => (pod.workload === WEB ? stopped(pod, {}) : pod))
      return { ...good, plan: withPods(good, 'n1', change) }
    },
  },
  {
    name: 'a pod told to stop before all nodes have acknowledged',
    invariant: 'acknowledgement',
    spoil: (world) => {
      for (const agent of world.agents.values()) agent.isAcknowledging = false
      world.apply(deployment('web', { replicas: 2 }))
      world.run(1_000)
      const leaving = world.pods().find((pod) => pod.stop?.phase === 'leaving')!
      const good = blank(world)
      const change = (pods: readonly PlannedPod[]): PlannedPod[] =>
        pods.map((pod) => (pod.uid === leaving.uid ? { ...pod, stop: { ...pod.stop!, phase: 'stopping' } } : pod))
      return { ...good, plan: withPods(good, leaving.node!, change) }
    },
  },
  {
    name: 'a pod that goes and stays in the endpoints',
    invariant: 'endpoint',
    spoil: (world) => {
      const good = blank(world)
      return { ...good, plan: withPods(good, 'n1', (pods) => pods.filter((pod) => pod.workload !== WEB)) }
    },
  },
  {
    name: 'an endpoint that no pod has',
    invariant: 'endpoint',
    spoil: (world) => {
      const good = blank(world)
      const { network } = world.planned
      const table = network.services.get('Service./default/web')!
      const ports = table.ports.map((port) => ({
        ...port,
        endpoints: [{ uid: 'x', node: 'n1', address: '10.0.0.1', port: 80 }],
      }))
      const delta = { ...network, version: network.version + 1, services: new Map([[table.key, { ...table, ports }]]) }
      return { ...good, plan: withDelta(good.plan, { network: { ...delta, routes: new Map() } }) }
    },
  },
  {
    name: 'a network version that does not grow',
    invariant: 'network-version',
    spoil: (world) => {
      const good = blank(world)
      const { network } = world.planned
      const delta = { ...network, services: new Map(), routes: new Map() }
      return { ...good, plan: withDelta(good.plan, { network: delta }) }
    },
  },
  {
    name: 'two Services with one address',
    invariant: 'unique-service-address',
    spoil: (world) => {
      const good = blank(world)
      const { address } = world.planned.services.get('Service./default/web')!
      const more = { ...world.planned.services.get('Service./default/more')!, address }
      return { ...good, plan: withDelta(good.plan, { services: new Map([[more.key, more]]) }) }
    },
  },
  {
    name: 'two Services with one node port',
    invariant: 'unique-node-port',
    spoil: (world) => {
      const good = blank(world)
      const { nodePorts } = world.planned.services.get('Service./default/more')!
      const web = { ...world.planned.services.get('Service./default/web')!, nodePorts }
      return { ...good, plan: withDelta(good.plan, { services: new Map([[web.key, web]]) }) }
    },
  },
  {
    name: 'a pod created while recovering',
    invariant: 'adopting-only',
    spoil: (world) => {
      world.isRecovering = true
      const good = blank(world)
      return { ...good, plan: withDelta(good.plan, { pending: [newPod(world, null, { address: null })] }) }
    },
  },
  {
    name: 'a pod forgotten before desired state is known',
    invariant: 'adopting-only',
    spoil: (world) => {
      world.hasDesired = false
      const good = blank(world)
      return { ...good, plan: withPods(good, 'n1', () => []) }
    },
  },
  {
    name: 'a pod stopped while recovering',
    invariant: 'adopting-only',
    spoil: (world) => {
      world.isRecovering = true
      const good = blank(world)
      return {
        ...good,
        plan: withPods(good, 'n1', (pods) => pods.map((pod) => stopped(pod, { phase: 'leaving' }))),
      }
    },
  },
  {
    name: 'an assignment while recovering',
    invariant: 'adopting-only',
    spoil: (world) => {
      world.isRecovering = true
      const good = blank(world)
      return { ...good, plan: { ...good.plan, assignments: [assignmentOf(world, 'n1', {})] } }
    },
  },
]

const check = suite('checkPlan')
for (const row of rows)
  check(row.name, () => {
    const { input, plan } = row.spoil(running())
    for (const scope of ['touched', 'all'] as const) {
      const notes = checkPlan(input, plan, scope)
      assert.ok(
        notes.some((note) => note.severity === 'fatal' && note.invariant === row.invariant),
        `${scope}: ${JSON.stringify(notes)}`,
      )
    }
  })

check('a good plan has no notes', () => {
  const world = running()
  const { input, plan } = blank(world)
  assert.equal(checkPlan(input, plan, 'all'), [])
  world.planned = emptyPlannedState
  assert.equal(checkPlan(input, plan, 'touched'), [])
})

for (const [what, moreMs, isRefused] of [
  ['available since this moment', 0, true],
  ['to be available in a millisecond', 1, false],
] as const)
  check(`a rollout that stops a pod which is ${what}`, () => {
    const world = running()
    const { input, plan } = blank(world)
    const pod = podOf(world, WEB)
    const readySince = input.observed.nodes.get(pod.node ?? '')?.pods.get(pod.uid)?.readySince ?? 0
    const object = input.desired!.objects.get(WEB)!
    const minReadySeconds = (input.now - readySince + moreMs) / 1_000
    const manifest = { ...object.manifest, spec: { ...(object.manifest as Deployment).spec, minReadySeconds } }
    const objects = new Map([...input.desired!.objects, [WEB, { ...object, manifest }]])
    const changed = { ...input, desired: { ...input.desired!, objects } }
    const spoilt = withPods({ input, plan }, pod.node ?? '', (pods) =>
      pods.map((item) => (item.uid === pod.uid ? stopped(item, { phase: 'leaving', networkVersion: 99 }) : item)),
    )
    const found = checkPlan(changed, spoilt, 'all').some(({ invariant }) => invariant === 'unavailable')
    assert.is(found, isRefused)
  })

for (const [what, reasons, isRefused] of [
  ['stops two of three', ['rollout', 'rollout'], true],
  ['stops one and takes one by priority', ['rollout', 'preemption'], false],
  ['takes two by priority', ['preemption', 'preemption'], false],
] as const)
  check(`a plan that ${what}, where one may be missing`, () => {
    const world = running()
    const object = world.input().desired!.objects.get(WEB)!
    const strategy = { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }
    const manifest = { ...object.manifest, spec: { ...(object.manifest as Deployment).spec, strategy } }
    const { input, plan } = blank(world)
    const objects = new Map([...input.desired!.objects, [WEB, { ...object, manifest }]])
    const pods = world.pods().filter((pod) => pod.workload === WEB)
    const spoilt = reasons.reduce((spoiling, reason, i) => {
      const { uid, node } = pods[i]!
      return withPods({ input, plan: spoiling }, node ?? '', (those) =>
        those.map((pod) => (pod.uid === uid ? stopped(pod, { reason, phase: 'leaving', networkVersion: 99 }) : pod)),
      )
    }, plan)
    const notes = checkPlan({ ...input, desired: { ...input.desired!, objects } }, spoilt, 'all')
    assert.is(
      notes.some(({ invariant }) => invariant === 'unavailable'),
      isRefused,
    )
  })

check.run()
