/** Preemption, spoilt in one way: a real plan that preempts is rewritten to other victims, another node or another word. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import type { PriorityClass } from '../../../src/model/generated/kubernetes.js'
import type { Action } from '../../../src/model/plan.js'
import type { PlannedPod } from '../../../src/model/planned-state.js'
import { makePlan } from '../../../src/planner/make-plan.js'
import { budget, priorityClass } from '../disruption/objects.js'
import { deployment, image, World } from '../world.js'
import { bind, type Case, judge, type Row, stopped, withPods } from './spoil.js'

const GOLD = 'PriorityClass.scheduling.k8s.io//gold'
const HOST = 'kubernetes.io/hostname'

type Preempt = Extract<Action, { type: 'preempt' }>

/** A pod of 500m on a node; two fill one. */
function on(node: string, name: string, priorityClassName = '', cpu = '500m'): DesiredObject {
  const pod = { nodeSelector: { [HOST]: node }, ...(priorityClassName !== '' && { priorityClassName }) }
  return deployment(name, { replicas: 1, cpu, pod })
}

function gold(cpu: string): DesiredObject {
  return deployment('king', { replicas: 1, cpu, pod: { priorityClassName: 'gold' } })
}

/** Two nodes of 1 cpu, and what they hold. */
function worldOf(...held: readonly DesiredObject[]): World {
  const world = new World()
  for (const name of ['n1', 'n2']) world.addNode(name, { images: [image('demo:1')], cpuMilli: 1_000 })
  const classes = [priorityClass('platinum', 2_000), priorityClass('gold', 1_000), priorityClass('silver', 100)]
  world.apply(...classes, ...held)
  world.run(5_000)
  return world
}

/** The first plan in which somebody preempts. */
function preempting(wanted: DesiredObject, ...held: readonly DesiredObject[]): Case {
  const world = worldOf(...held)
  world.apply(wanted)
  for (let passes = 0; passes < 5; passes++) {
    const input = world.input()
    const plan = makePlan(input)
    if (plan.actions.some(({ type }) => type === 'preempt')) return { input, plan }
    world.pass()
  }
  throw new Error('nobody preempts')
}

/** n1 holds a and b, n2 holds silver ones: a pod of 500m preempts on n1. */
function small(...more: readonly DesiredObject[]): Case {
  return preempting(
    gold('500m'),
    on('n1', 'a'),
    on('n1', 'b', 'silver'),
    on('n2', 'c', 'silver'),
    on('n2', 'd', 'silver'),
    ...more,
  )
}

/** One pod on each node that may be preempted, both under budgets that spare so many. */
function budgeted(onFirst: number, onSecond: number): Case {
  return preempting(
    gold('500m'),
    on('n1', 'a'),
    on('n1', 'b', 'gold'),
    on('n2', 'c'),
    on('n2', 'd', 'gold'),
    budget('a', { minAvailable: 1 - onFirst }),
    budget('c', { minAvailable: 1 - onSecond }),
  )
}

function preemptIn({ plan }: Case): Preempt {
  return plan.actions.find((action): action is Preempt => action.type === 'preempt')!
}

function podOf({ input }: Case, name: string): PlannedPod {
  const pods = [...input.planned.nodes.values()].flatMap((node) => node.pods)
  return pods.find(({ workload }) => workload.endsWith(`/${name}`))!
}

/** The same plan, but these are preempted on the node of the first, or on `node`. */
function preempts(good: Case, names: readonly string[], node?: string): Case {
  const victims = names.map((name) => podOf(good, name))
  const target = node ?? victims[0]!.node!
  const action = preemptIn(good)
  const hit = new Set(victims.map(({ uid }) => uid))
  let spoilt: Case = good
  for (const name of ['n1', 'n2'])
    spoilt = withPods(spoilt, name, () =>
      good.input.planned.nodes.get(name)!.pods.map((pod) => (hit.has(pod.uid) ? stopped(pod, 'preemption') : pod)),
    )
  const { plan } = spoilt
  const pending = plan.delta.pending!.map((pod) => (pod.uid === action.pod ? { ...pod, nominatedNode: target } : pod))
  const told = {
    ...action,
    node: target,
    victims: victims.map(({ uid, name, workload }) => ({ pod: uid, name, owner: workload })),
  }
  const actions = plan.actions.map((item) => (item === action ? told : item))
  return { input: good.input, plan: { ...plan, actions, delta: { ...plan.delta, pending } } }
}

/** The plan is judged under another class than it was made under. */
function underClass(good: Case, change: Partial<Pick<PriorityClass, 'value' | 'preemptionPolicy'>>): Case {
  const desired = good.input.desired!
  const object = desired.objects.get(GOLD)!
  const objects = new Map([...desired.objects, [GOLD, { ...object, manifest: { ...object.manifest, ...change } }]])
  return { ...good, input: { ...good.input, desired: { ...desired, objects } } }
}

function withoutAction(good: Case): Case {
  const actions = good.plan.actions.filter(({ type }) => type !== 'preempt')
  return { ...good, plan: { ...good.plan, actions } }
}

function nominatedElsewhere(good: Case): Case {
  const { plan } = good
  const pending = plan.delta.pending!.map((pod) =>
    pod.nominatedNode === undefined ? pod : { ...pod, nominatedNode: 'n2' },
  )
  return { ...good, plan: { ...plan, delta: { ...plan.delta, pending } } }
}

/** 600m of n1 are being freed for king and 250m are free, which a pod of 250m takes. */
function takeKept(priorityClassName: string): Case {
  const held = [on('n1', 'a'), on('n1', 'b', 'silver', '250m'), on('n2', 'c', 'gold', '1')]
  const world = worldOf(...held)
  world.apply(gold('600m'))
  world.pass()
  const pod = { nodeSelector: { nowhere: 'x' }, ...(priorityClassName !== '' && { priorityClassName }) }
  world.apply(deployment('page', { replicas: 1, cpu: '250m', pod }))
  const input = world.input()
  const plan = makePlan(input)
  const isPage = ({ workload }: PlannedPod): boolean => workload.endsWith('/page')
  assert.ok(plan.delta.pending!.some((item) => item.nominatedNode === 'n1'))
  const page = plan.delta.pending!.find(isPage)!
  const pending = plan.delta.pending!.filter((item) => !isPage(item))
  const { subnet } = input.planned.nodes.get('n1')!
  const good = { input, plan: { ...plan, delta: { ...plan.delta, pending } } }
  return bind(good, { ...page, node: 'n1', address: `10.244.${subnet}.250` })
}

type Item = readonly [name: string, spoil: () => Case, isFine?: 'fine']

const victims: readonly Item[] = [
  ['the plan as it is', () => small(), 'fine'],
  ['the plan, rewritten to what it says', () => preempts(small(), ['a']), 'fine'],
  ['one victim more than is needed', () => preempts(small(), ['a', 'b'])],
  [
    'one victim fewer than is needed',
    () => preempts(preempting(gold('1'), on('n1', 'a'), on('n1', 'b'), on('n2', 'c', 'gold', '1')), ['a']),
  ],
  [
    'as many victims as are needed',
    () => preempts(preempting(gold('1'), on('n1', 'a'), on('n1', 'b'), on('n2', 'c', 'gold', '1')), ['a', 'b']),
    'fine',
  ],
  ['the more important of two', () => preempts(small(), ['b'])],
  ['nobody', () => preempts(small(), [], 'n1')],
  ['pods of another node', () => preempts(small(), ['c'], 'n1')],
  ['a pod of its own priority', () => underClass(small(), { value: 0 })],
  ['a pod of just less than its priority', () => underClass(small(), { value: 1 }), 'fine'],
  ['a pod whose class says Never', () => underClass(small(), { preemptionPolicy: 'Never' })],
  ['a stop for which no action stands', () => withoutAction(small())],
  ['a preemptor that is nominated elsewhere', () => nominatedElsewhere(small())],
]

const budgets: readonly Item[] = [
  ['a pod that its budget spares', () => budgeted(0, 1), 'fine'],
  ['a budget, where another node breaks none', () => preempts(budgeted(0, 1), ['a'])],
  ['a budget, where every node breaks one', () => preempts(budgeted(0, 0), ['a']), 'fine'],
  ['no budget, where no node breaks one', () => preempts(budgeted(1, 1), ['c']), 'fine'],
]

const keptRoom: readonly Item[] = [
  ['a pod of lower priority', () => takeKept('')],
  ['a pod of the same priority that came later', () => takeKept('gold')],
  ['a pod of higher priority', () => takeKept('platinum'), 'fine'],
]

const mutations = suite('checkPlan on preemption')

for (const [invariant, items] of [
  ['preemption', victims],
  ['preemption-budget', budgets],
  ['kept-room', keptRoom],
] as const)
  for (const [name, spoil, fine] of items) {
    const row: Row = { name, invariant, isFine: fine === 'fine', spoil }
    mutations(`${fine === 'fine' ? 'allows' : 'finds'}: ${name} (${invariant})`, () => judge(row))
  }

mutations('the plans that are spoilt preempt where they should', () => {
  assert.is(preemptIn(small()).node, 'n1')
  assert.is(preemptIn(budgeted(0, 1)).node, 'n2')
})

mutations.run()
