/** Good plans, to be spoilt in one way: what the tests of the checker share. */
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import type { Plan } from '../../../src/model/plan.js'
import type { PlannedNode, PlannedPod, PlannedStop } from '../../../src/model/planned-state.js'
import { checkPlan } from '../../../src/planner/check-plan.js'
import { makePlan } from '../../../src/planner/make-plan.js'
import type { PlanInput } from '../../../src/planner/plan-input.js'
import { deployment, image, World } from '../world.js'

export interface Case {
  readonly input: PlanInput
  readonly plan: Plan
}

export const ZONE = 'topology.kubernetes.io/zone'

export function start(...objects: readonly DesiredObject[]): World {
  const world = new World()
  for (const [i, name] of ['n1', 'n2', 'n3'].entries())
    world.addNode(name, { images: [image('demo:1')], cpuMilli: 4_000, labels: { [ZONE]: `z${i}` } })
  world.apply(...objects)
  world.run(5_000)
  return world
}

export function blank(world: World): Case {
  const input = world.input()
  return { input, plan: makePlan(input) }
}

export function withNode({ input, plan }: Case, name: string, change: (node: PlannedNode) => PlannedNode): Case {
  const before = (plan.delta.nodes.get(name) ?? input.planned.nodes.get(name))!
  const nodes = new Map([...plan.delta.nodes, [name, change(before)] as const])
  return { input, plan: { ...plan, delta: { ...plan.delta, nodes } } }
}

export function withPods(
  good: Case,
  name: string,
  change: (pods: readonly PlannedPod[]) => readonly PlannedPod[],
): Case {
  return withNode(good, name, (node) => ({ ...node, pods: change(node.pods) }))
}

export function stopped(pod: PlannedPod, reason: PlannedStop['reason']): PlannedPod {
  return { ...pod, stop: { reason, since: 0, graceMs: 0, phase: 'leaving', networkVersion: 0 } }
}

export function newPod(world: World, node: string, change: Partial<PlannedPod> = {}): PlannedPod {
  const pod = world.pods().find((item) => item.workload.endsWith('/web'))!
  const subnet = world.planned.nodes.get(node)!.subnet
  return { ...pod, uid: 'new', name: 'new', ordinal: 9, node, address: `10.244.${subnet}.250`, stop: null, ...change }
}

/** Binds pods, in this order, and says so. */
export function bind(good: Case, ...pods: readonly PlannedPod[]): Case {
  let { input, plan } = good
  for (const pod of pods) {
    ;({ input, plan } = withPods({ input, plan }, pod.node!, (here) =>
      [...here, pod].sort((left, right) => (left.uid < right.uid ? -1 : 1)),
    ))
    const { uid, name, node, address } = pod
    const action = { type: 'bind-pod', pod: uid, name, node: node!, address } as const
    plan = { ...plan, actions: [...plan.actions, action] }
  }
  return { input, plan }
}

export function bindNew(world: World, node: string, change: Partial<PlannedPod> = {}): Case {
  return bind(blank(world), newPod(world, node, change))
}

/** New pods of web on these nodes, bound in this order. */
export function bindMore(world: World, ...nodes: readonly string[]): Case {
  const pods = nodes.map((node, i) => {
    const { subnet } = world.planned.nodes.get(node)!
    const change = { uid: `new${i}`, name: `new${i}`, ordinal: 20 + i, address: `10.244.${subnet}.${200 + i}` }
    return newPod(world, node, change)
  })
  return bind(blank(world), ...pods)
}

export interface Row {
  readonly name: string
  readonly invariant: string
  /** True where the checker must find nothing of this invariant. */
  readonly isFine?: boolean
  readonly spoil: () => Case
}

/** What breaks one invariant is found in both scopes; where it just holds, it is not. */
export function judge({ spoil, invariant, isFine }: Row): void {
  const { input, plan } = spoil()
  for (const scope of ['touched', 'all'] as const) {
    const notes = checkPlan(input, plan, scope)
    const found = notes.filter((note) => note.invariant === invariant)
    assert.is(found.length > 0, isFine !== true, `${scope}: ${JSON.stringify(notes)}`)
  }
}

export function web(pod: Partial<PodSpec> = {}, replicas = 3): DesiredObject {
  return deployment('web', { replicas, pod, cpu: '100m', maxSurge: 2 })
}
