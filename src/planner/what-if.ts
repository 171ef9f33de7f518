/**
 * What if hosts were lost, hosts came, or another revision were desired: the planner goes on from the snapshot with agents
 * that do at once what they are told, until nothing is left to do, and the states before and after are compared. How long
 * it takes and what happens on the way is what a preview answers.
 */
import { compareText, sortedMap } from '../base/ordered.js'
import { applyPlan } from '../model/apply-plan.js'
import { defaultClusterConfiguration } from '../model/cluster-configuration.js'
import type { DesiredState } from '../model/desired-state.js'
import type { ObjectKey } from '../model/keys.js'
import type { NodeFacts, ObservedNode, ResourceAmounts } from '../model/observed-state.js'
import { isEmptyPlan } from '../model/plan.js'
import type { PlannedPod, PlannedState } from '../model/planned-state.js'
import { obeyPlan } from './ideal-agents.js'
import { makePlan } from './make-plan.js'
import { createPlanIndex } from './plan-index.js'
import type { PlanInput } from './plan-input.js'

export interface AddedNode {
  readonly name: string
  readonly amounts: ResourceAmounts
  readonly labels: Readonly<Record<string, string>>
}

export interface WhatIfQuestion {
  readonly lose: readonly string[]
  readonly add: readonly AddedNode[]
  /** What is desired instead; null: what is desired now. */
  readonly desired: DesiredState | null
}

export interface PodAtNode {
  readonly pod: string
  readonly owner: ObjectKey
  readonly node: string
}

export interface WhatIfAnswer {
  /** Pods that run where they did not run before. */
  readonly placed: readonly PodAtNode[]
  /** Pods that ran and do not any more, those of lost nodes included. */
  readonly gone: readonly PodAtNode[]
  /** Pods without a node in the end, and why. */
  readonly stranded: readonly { readonly pod: string; readonly owner: ObjectKey; readonly why: string }[]
  readonly preempted: readonly { readonly pod: string; readonly owner: ObjectKey; readonly by: string }[]
  /** By name: how many pods before and after; -1 where the node is not there. */
  readonly nodes: readonly { readonly node: string; readonly before: number; readonly after: number }[]
  /** False: it did not come to rest within the passes that were tried. */
  readonly isSettled: boolean
}

/** Far more than any rollout of a few pods at a time takes. */
const PASSES_MAX = 500
const STEP_MS = 1_000
/** What is due later than this does not count as on its way. */
const AHEAD_MS = 15 * 60_000

/** Answers for a snapshot; the input is not changed. Throws when a lost node is none, or an added one is there already. */
export function answerWhatIf(input: PlanInput, question: WhatIfQuestion): WhatIfAnswer {
  const start = alter(input, question)
  const preempted: WhatIfAnswer['preempted'][number][] = []
  const index = createPlanIndex()
  let { planned, observed, now, generation } = start
  let waiting = new Map<ObjectKey, string>()
  let isSettled = false
  for (let pass = 0; pass < PASSES_MAX && !isSettled; pass++) {
    generation = { ...generation, counter: generation.counter + 1 }
    const plan = makePlan({ ...start, planned, observed, now, generation }, index)
    for (const action of plan.actions)
      if (action.type === 'preempt')
        for (const { name, owner } of action.victims) preempted.push({ pod: name, owner, by: action.name })
    waiting = new Map(
      plan.waiting.flatMap(({ on, key, detail }) => (on === 'scheduling' && key ? [[key, detail]] : [])),
    )
    if (isEmptyPlan(plan)) {
      const isDue = plan.requeueAt !== null && plan.requeueAt <= now + AHEAD_MS
      if (isDue && plan.requeueAt > now) now = plan.requeueAt
      else isSettled = true
      continue
    }
    planned = applyPlan(planned, plan)
    observed = obeyPlan(observed, plan, planned.network.version)
    now += STEP_MS
  }
  return { ...compareStates(input.planned, planned, waiting), preempted, isSettled }
}

/** The snapshot without the lost nodes, whose pods are pending again, and with the added ones. */
function alter(input: PlanInput, { lose, add, desired }: WhatIfQuestion): PlanInput {
  const { planned, observed } = input
  for (const name of lose)
    if (!planned.nodes.has(name) && !observed.nodes.has(name))
      throw new Error(`there is no node ${name}: the nodes are ${[...planned.nodes.keys()].join(', ')}`)
  for (const { name } of add) if (observed.nodes.has(name)) throw new Error(`there is a node ${name} already`)
  const lost = new Set(lose)
  const homeless = [...planned.nodes.values()].filter(({ name }) => lost.has(name)).flatMap(({ pods }) => pods)
  const pending = [...planned.pending, ...homeless.filter((pod) => pod.stop === null).map(withoutNode)].sort(
    (left, right) =>
      left.createdAt - right.createdAt || compareText(left.name, right.name) || compareText(left.uid, right.uid),
  )
  const nodes = [...observed.nodes].filter(([name]) => !lost.has(name))
  const networkVersion = planned.network.version
  const added = add.map((node, i) => [node.name, observedNode(node, i, networkVersion)] as const)
  return {
    ...input,
    desired: desired ?? input.desired,
    planned: {
      ...planned,
      nodes: new Map([...planned.nodes].filter(([name]) => !lost.has(name))),
      pending,
    },
    observed: {
      ...observed,
      nodes: sortedMap([...nodes, ...added]),
      unheard: observed.unheard.filter((name) => !lost.has(name)),
    },
    isRecovering: false,
  }
}

function withoutNode({ nominatedNode: _, ...pod }: PlannedPod): PlannedPod {
  return { ...pod, node: null, address: null, boundAt: null }
}

function observedNode({ name, amounts, labels }: AddedNode, i: number, networkVersion: number): ObservedNode {
  const pods = Math.min(amounts.pods, defaultClusterConfiguration.podsPerNode)
  const facts: NodeFacts = {
    name,
    // Of a range kept for documentation (RFC 5737): no host has it.
    address: `203.0.113.${(i % 254) + 1}`,
    agentVersion: '',
    engineVersion: '',
    kernelVersion: '',
    osImage: '',
    architecture: 'amd64',
    capacity: { ...amounts, pods },
    allocatable: { ...amounts, pods },
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', ...labels },
    images: [],
    bootId: '',
    agentPid: 0,
  }
  return {
    facts,
    silentSince: null,
    connectedAt: null,
    generation: { epoch: 0, counter: 0 },
    networkVersion,
    pods: new Map(),
    resolvedImages: new Map(),
    taints: [],
  }
}

function compareStates(
  before: PlannedState,
  after: PlannedState,
  waiting: ReadonlyMap<ObjectKey, string>,
): Pick<WhatIfAnswer, 'placed' | 'gone' | 'stranded' | 'nodes'> {
  const podsBefore = boundPods(before)
  const podsAfter = boundPods(after)
  const isAt = (pods: ReadonlyMap<string, PlannedPod>, { uid, node }: PlannedPod): boolean =>
    pods.get(uid)?.node === node
  const names = [...new Set([...before.nodes.keys(), ...after.nodes.keys()])].sort(compareText)
  return {
    placed: [...podsAfter.values()].filter((pod) => !isAt(podsBefore, pod)).map(atNode),
    gone: [...podsBefore.values()].filter((pod) => !isAt(podsAfter, pod)).map(atNode),
    stranded: after.pending.map(({ namespace, name, workload }) => ({
      pod: name,
      owner: workload,
      why: waiting.get(`Pod./${namespace}/${name}`) ?? '',
    })),
    nodes: names.map((node) => ({
      node,
      before: before.nodes.get(node)?.pods.length ?? -1,
      after: after.nodes.get(node)?.pods.length ?? -1,
    })),
  }
}

/** By uid, in order of owner and name. */
function boundPods({ nodes }: PlannedState): Map<string, PlannedPod> {
  const pods = [...nodes.values()].flatMap((node) => node.pods)
  pods.sort((left, right) => compareText(left.workload, right.workload) || compareText(left.name, right.name))
  return new Map(pods.map((pod) => [pod.uid, pod]))
}

function atNode({ name, workload, node }: PlannedPod): PodAtNode {
  return { pod: name, owner: workload, node: node ?? '' }
}
